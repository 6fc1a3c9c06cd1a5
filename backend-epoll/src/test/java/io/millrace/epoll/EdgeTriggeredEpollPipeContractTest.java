// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.PipeContract;

/** Pipes on the edge-triggered epoll backend. */
class EdgeTriggeredEpollPipeContractTest extends PipeContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("epoll-et");
    }
}
