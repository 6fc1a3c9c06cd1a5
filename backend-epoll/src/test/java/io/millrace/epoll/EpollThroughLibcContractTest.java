// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.posix.LibcSystemCalls;
import io.millrace.posix.SystemCalls;
import io.millrace.testkit.contract.BackendContract;
import io.millrace.testkit.contract.BackendPair;

/** The contract suite where the kernel cannot be entered without libc. */
class EpollThroughLibcContractTest extends BackendContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of(new ThroughLibc());
    }

    private static final class ThroughLibc extends EpollEngine {
        @Override
        public String name() {
            return "epoll";
        }

        @Override
        public int rank() {
            return 0;
        }

        @Override
        boolean edgeTriggered() {
            return false;
        }

        @Override
        protected SystemCalls systemCalls() {
            return LibcSystemCalls.throughLibc();
        }

        @Override
        EpollCalls epollCalls() {
            return new LibcEpollCalls();
        }
    }
}
