// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.UnixContract;

/** Unix-domain sockets on the poll backend. */
class PollUnixContractTest extends UnixContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("poll");
    }
}
