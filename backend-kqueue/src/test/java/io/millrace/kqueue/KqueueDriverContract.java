// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.testkit.contract.BackendUnderTest;
import io.millrace.testkit.contract.DriverLifecycleContract;
import io.millrace.testkit.contract.DriverReceiveContract;
import io.millrace.testkit.contract.DriverWaitContract;
import org.junit.jupiter.api.Nested;

/** The driver contract on one of the kqueue backends. */
abstract class KqueueDriverContract {
    private final String backend;

    KqueueDriverContract(String backend) {
        this.backend = backend;
    }

    /** See {@link DriverLifecycleContract}. */
    @Nested
    class Lifecycle extends DriverLifecycleContract {
        @Override
        protected BackendUnderTest backend() {
            return BackendUnderTest.named(backend);
        }
    }

    /** See {@link DriverReceiveContract}. */
    @Nested
    class Receive extends DriverReceiveContract {
        @Override
        protected BackendUnderTest backend() {
            return BackendUnderTest.named(backend);
        }
    }

    /** See {@link DriverWaitContract}. */
    @Nested
    class Wait extends DriverWaitContract {
        @Override
        protected BackendUnderTest backend() {
            return BackendUnderTest.named(backend);
        }
    }
}
