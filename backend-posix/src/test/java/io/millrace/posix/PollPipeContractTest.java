// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.PipeContract;

/** Pipes on the poll backend. */
class PollPipeContractTest extends PipeContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("poll");
    }
}
