// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.testkit.contract.BackendDriverContract;
import io.millrace.testkit.contract.BackendUnderTest;

/** The driver contract with 32-byte records. */
class Kqueue32DriverTest extends BackendDriverContract {
    @Override
    protected BackendUnderTest backend() {
        return BackendUnderTest.named("kqueue-like-macos");
    }
}
