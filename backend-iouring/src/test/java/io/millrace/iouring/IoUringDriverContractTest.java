// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.testkit.contract.BackendDriverContract;
import io.millrace.testkit.contract.BackendUnderTest;

/** The driver of rings keeps the contract of drivers. */
class IoUringDriverContractTest extends BackendDriverContract {
    @Override
    protected BackendUnderTest backend() {
        return BackendUnderTest.named("io_uring");
    }
}
