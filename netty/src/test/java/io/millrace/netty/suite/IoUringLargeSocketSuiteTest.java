// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

/** Netty's tests that send much, on io_uring. */
class IoUringLargeSocketSuiteTest extends LargeSocketSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("io_uring");
    }
}
