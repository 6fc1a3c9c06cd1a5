// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.UnixContract;

/** Unix-domain sockets on the nio backend. */
class NioUnixContractTest extends UnixContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("nio");
    }
}
