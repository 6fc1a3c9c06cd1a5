// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.testkit.contract.BackendDriverContract;
import io.millrace.testkit.contract.BackendUnderTest;

/** The driver contract on the system's kqueue, or on the library that was asked for. */
class KqueueNativeDriverTest extends BackendDriverContract {
    @Override
    protected BackendUnderTest backend() {
        return BackendUnderTest.named("kqueue");
    }
}
