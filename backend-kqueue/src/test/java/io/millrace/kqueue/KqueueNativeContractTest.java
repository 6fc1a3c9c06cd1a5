// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.testkit.contract.BackendContract;
import io.millrace.testkit.contract.BackendPair;

/** The contract suite on the system's kqueue, or on the library that was asked for. */
class KqueueNativeContractTest extends BackendContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("kqueue");
    }
}
