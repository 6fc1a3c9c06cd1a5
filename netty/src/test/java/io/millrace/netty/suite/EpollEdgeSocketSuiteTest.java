// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

/** Netty's own tests of stream sockets, on epoll, edge-triggered. */
class EpollEdgeSocketSuiteTest extends SocketSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("epoll-et");
    }
}
