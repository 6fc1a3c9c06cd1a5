// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

/** Netty's own tests of Unix-domain sockets, on edge-triggered epoll. */
class EpollEdgeDomainSuiteTest extends DomainSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("epoll-et");
    }
}
