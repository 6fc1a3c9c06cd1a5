// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.PipeContract;

/** Pipes on the io_uring backend. */
class IoUringPipeContractTest extends PipeContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("io_uring");
    }
}
