// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Netty's tests that send much, on java.nio. */
@EnabledIfSystemProperty(
        named = "millrace.netty.all",
        matches = "true",
        disabledReason = "two backends send as much by default; run with -Dmillrace.netty.all=true")
class NioLargeSocketSuiteTest extends LargeSocketSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("nio");
    }
}
