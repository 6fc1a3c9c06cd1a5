// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Netty's long tests of Unix-domain sockets, on io_uring. */
@EnabledIfSystemProperty(
        named = "millrace.netty.all",
        matches = "true",
        disabledReason = "takes long; run with -Dmillrace.netty.all=true")
class IoUringLongDomainSuiteTest extends LongDomainSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("io_uring");
    }
}
