// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.PipeContract;

/** Pipes on the nio backend. */
class NioPipeContractTest extends PipeContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("nio");
    }
}
