// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.UnixContract;

/** Unix-domain sockets on the io_uring backend. */
class IoUringUnixContractTest extends UnixContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("io_uring");
    }
}
