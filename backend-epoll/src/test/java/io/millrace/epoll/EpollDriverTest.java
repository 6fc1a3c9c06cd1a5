// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.testkit.contract.BackendUnderTest;
import io.millrace.testkit.contract.DriverLifecycleContract;
import io.millrace.testkit.contract.DriverReceiveContract;
import io.millrace.testkit.contract.DriverWaitContract;
import org.junit.jupiter.api.Nested;

/** The driver contract on level-triggered epoll. */
class EpollDriverTest {
    private static BackendUnderTest epoll() {
        return BackendUnderTest.named("epoll");
    }

    @Nested
    class Lifecycle extends DriverLifecycleContract {
        @Override
        protected BackendUnderTest backend() {
            return epoll();
        }
    }

    @Nested
    class Receive extends DriverReceiveContract {
        @Override
        protected BackendUnderTest backend() {
            return epoll();
        }
    }

    @Nested
    class Wait extends DriverWaitContract {
        @Override
        protected BackendUnderTest backend() {
            return epoll();
        }
    }
}
