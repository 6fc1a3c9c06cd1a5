// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

/** Netty's own tests of stream sockets, on java.nio. */
class NioSocketSuiteTest extends SocketSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("nio");
    }
}
