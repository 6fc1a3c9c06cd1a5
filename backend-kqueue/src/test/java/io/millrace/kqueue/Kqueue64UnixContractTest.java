// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.UnixContract;

/** Unix-domain sockets with 64-byte records. */
class Kqueue64UnixContractTest extends UnixContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("kqueue-like-freebsd");
    }

    /** What is tested is the records; the double below them need not be loaded. */
    @Override
    protected int connections() {
        return 200;
    }
}
