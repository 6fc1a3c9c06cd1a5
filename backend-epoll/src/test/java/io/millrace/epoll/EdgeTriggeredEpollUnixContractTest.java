// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.UnixContract;

/** Unix-domain sockets on the edge-triggered epoll backend. */
class EdgeTriggeredEpollUnixContractTest extends UnixContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("epoll-et");
    }
}
