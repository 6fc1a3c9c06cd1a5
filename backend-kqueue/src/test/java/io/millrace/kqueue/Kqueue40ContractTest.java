// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.testkit.contract.BackendContract;
import io.millrace.testkit.contract.BackendPair;

/** The contract suite with 40-byte records. */
class Kqueue40ContractTest extends BackendContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("kqueue-like-netbsd");
    }

    /** What is tested is the records; the double below them need not be loaded. */
    @Override
    protected int connections() {
        return 200;
    }
}
