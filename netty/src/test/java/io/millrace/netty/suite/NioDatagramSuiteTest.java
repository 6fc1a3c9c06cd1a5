// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

/** Netty's own tests of datagram sockets, on nio. */
class NioDatagramSuiteTest extends DatagramSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("nio");
    }
}
