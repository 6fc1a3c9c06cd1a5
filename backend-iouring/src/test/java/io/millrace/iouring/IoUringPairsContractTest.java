// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.testkit.contract.BackendContract;
import io.millrace.testkit.contract.BackendPair;
import org.junit.jupiter.api.Nested;

/** The contract suite with rings at one end and each other backend at the other. */
class IoUringPairsContractTest {

    @Nested
    class ToEpoll extends BackendContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.of("io_uring", "epoll");
        }
    }

    @Nested
    class FromEpoll extends BackendContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.of("epoll", "io_uring");
        }
    }

    @Nested
    class ToEdgeTriggeredEpoll extends BackendContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.of("io_uring", "epoll-et");
        }
    }

    @Nested
    class FromEdgeTriggeredEpoll extends BackendContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.of("epoll-et", "io_uring");
        }
    }

    @Nested
    class ToPoll extends BackendContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.of("io_uring", "poll");
        }
    }

    @Nested
    class FromPoll extends BackendContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.of("poll", "io_uring");
        }
    }

    @Nested
    class ToSelect extends BackendContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.of("io_uring", "select");
        }
    }

    @Nested
    class FromSelect extends BackendContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.of("select", "io_uring");
        }
    }

    @Nested
    class ToNio extends BackendContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.of("io_uring", "nio");
        }
    }

    @Nested
    class FromNio extends BackendContract {
        @Override
        protected BackendPair backends() {
            return BackendPair.of("nio", "io_uring");
        }
    }
}
