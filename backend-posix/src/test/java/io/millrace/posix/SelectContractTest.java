// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.testkit.contract.BackendContract;
import io.millrace.testkit.contract.BackendPair;

/** The contract suite on select. */
class SelectContractTest extends BackendContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("select");
    }

    /** Below FD_SETSIZE, with what else the process has open. */
    @Override
    protected int connections() {
        return 800;
    }
}
