// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.PipeContract;

/** Pipes on the epoll backend. */
class EpollPipeContractTest extends PipeContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("epoll");
    }
}
