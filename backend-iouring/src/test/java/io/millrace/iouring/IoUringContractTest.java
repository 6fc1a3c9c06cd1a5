// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.testkit.contract.BackendContract;
import io.millrace.testkit.contract.BackendPair;

/** The contract suite on rings. */
class IoUringContractTest extends BackendContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("io_uring");
    }
}
