// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.testkit.contract.BackendContract;
import io.millrace.testkit.contract.BackendPair;

/** The contract suite on level-triggered epoll. */
class EpollContractTest extends BackendContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("epoll");
    }
}
