// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

/** Netty's own tests of datagram sockets, on io_uring. */
class IoUringDatagramSuiteTest extends DatagramSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("io_uring");
    }
}
