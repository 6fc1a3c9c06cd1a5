// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import org.junit.jupiter.api.Nested;

/** The contract of drivers for one backend: subclass it, name the backend, and run it. */
public abstract class BackendDriverContract {
    /** The backend to test; a new one for each call if it is simulated. */
    protected abstract BackendUnderTest backend();

    @Nested
    class Lifecycle extends DriverLifecycleContract {}

    @Nested
    class Receive extends DriverReceiveContract {}

    @Nested
    class Wait extends DriverWaitContract {}
}
