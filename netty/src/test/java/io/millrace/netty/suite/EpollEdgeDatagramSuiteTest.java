// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

/** Netty's own tests of datagram sockets, on epoll, edge-triggered. */
class EpollEdgeDatagramSuiteTest extends DatagramSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("epoll-et");
    }
}
