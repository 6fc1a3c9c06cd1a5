// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.UnixContract;

/** Unix-domain sockets on the select backend. */
class SelectUnixContractTest extends UnixContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("select");
    }
}
