// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.testkit.contract.BackendUnderTest;
import io.millrace.testkit.contract.DriverLifecycleContract;
import io.millrace.testkit.contract.DriverReceiveContract;
import io.millrace.testkit.contract.DriverWaitContract;
import org.junit.jupiter.api.Nested;

/** The driver of rings keeps the contract of drivers. */
class IoUringDriverContractTest {
    private static final BackendUnderTest IO_URING = BackendUnderTest.named("io_uring");

    @Nested
    class Lifecycle extends DriverLifecycleContract {
        @Override
        protected BackendUnderTest backend() {
            return IO_URING;
        }
    }

    @Nested
    class Receive extends DriverReceiveContract {
        @Override
        protected BackendUnderTest backend() {
            return IO_URING;
        }
    }

    @Nested
    class Wait extends DriverWaitContract {
        @Override
        protected BackendUnderTest backend() {
            return IO_URING;
        }
    }
}
