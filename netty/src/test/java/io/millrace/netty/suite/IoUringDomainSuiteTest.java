// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

/** Netty's own tests of Unix-domain sockets, on io_uring. */
class IoUringDomainSuiteTest extends DomainSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("io_uring");
    }
}
