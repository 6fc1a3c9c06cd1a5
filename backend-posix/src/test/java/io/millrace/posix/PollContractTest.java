// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.testkit.contract.BackendContract;
import io.millrace.testkit.contract.BackendPair;

/** The contract suite on poll. */
class PollContractTest extends BackendContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("poll");
    }
}
