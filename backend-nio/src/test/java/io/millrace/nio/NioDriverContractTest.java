// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.testkit.contract.BackendUnderTest;
import io.millrace.testkit.contract.DriverLifecycleContract;
import io.millrace.testkit.contract.DriverReceiveContract;
import io.millrace.testkit.contract.DriverWaitContract;
import org.junit.jupiter.api.Nested;

/** The nio driver keeps the contract of drivers. */
class NioDriverContractTest {
    private static final BackendUnderTest NIO = BackendUnderTest.named("nio");

    @Nested
    class Lifecycle extends DriverLifecycleContract {
        @Override
        protected BackendUnderTest backend() {
            return NIO;
        }
    }

    @Nested
    class Receive extends DriverReceiveContract {
        @Override
        protected BackendUnderTest backend() {
            return NIO;
        }
    }

    @Nested
    class Wait extends DriverWaitContract {
        @Override
        protected BackendUnderTest backend() {
            return NIO;
        }
    }
}
