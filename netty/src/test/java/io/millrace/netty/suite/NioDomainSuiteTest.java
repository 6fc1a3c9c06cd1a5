// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

/** Netty's own tests of Unix-domain sockets, on nio. */
class NioDomainSuiteTest extends DomainSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("nio");
    }
}
