// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.testkit.contract.BackendPair;
import io.millrace.testkit.contract.PipeContract;

/** Pipes with 64-byte records. */
class Kqueue64PipeContractTest extends PipeContract {
    @Override
    protected BackendPair backends() {
        return BackendPair.of("kqueue-like-freebsd");
    }
}
