// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.UnixContract;

/** Unix-domain sockets on the epoll backend. */
class EpollUnixContractTest extends UnixContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("epoll");
    }
}
