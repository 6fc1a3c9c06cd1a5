// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.testkit.contract.BackendDriverContract;
import io.millrace.testkit.contract.BackendUnderTest;

/** The nio driver keeps the contract of drivers. */
class NioDriverContractTest extends BackendDriverContract {
    @Override
    protected BackendUnderTest backend() {
        return BackendUnderTest.named("nio");
    }
}
