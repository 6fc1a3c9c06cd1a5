// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.testkit.contract.BackendContract;
import io.millrace.testkit.contract.BackendPair;

/** The contract suite on NIO. */
class NioContractTest extends BackendContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("nio");
    }
}
