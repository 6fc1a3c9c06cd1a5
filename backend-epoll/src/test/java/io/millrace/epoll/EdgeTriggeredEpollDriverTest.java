// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.testkit.contract.BackendUnderTest;
import io.millrace.testkit.contract.DriverLifecycleContract;
import io.millrace.testkit.contract.DriverReceiveContract;
import io.millrace.testkit.contract.DriverWaitContract;
import org.junit.jupiter.api.Nested;

/** The driver contract on edge-triggered epoll. */
class EdgeTriggeredEpollDriverTest {
    private static BackendUnderTest edge() {
        return BackendUnderTest.named("epoll-et");
    }

    @Nested
    class Lifecycle extends DriverLifecycleContract {
        @Override
        protected BackendUnderTest backend() {
            return edge();
        }
    }

    @Nested
    class Receive extends DriverReceiveContract {
        @Override
        protected BackendUnderTest backend() {
            return edge();
        }
    }

    @Nested
    class Wait extends DriverWaitContract {
        @Override
        protected BackendUnderTest backend() {
            return edge();
        }
    }
}
