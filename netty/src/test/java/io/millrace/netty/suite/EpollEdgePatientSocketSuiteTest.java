// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Netty's tests that wait, on epoll, edge-triggered. */
@EnabledIfSystemProperty(
        named = "millrace.netty.all",
        matches = "true",
        disabledReason = "one backend waits by default; run with -Dmillrace.netty.all=true")
class EpollEdgePatientSocketSuiteTest extends PatientSocketSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("epoll-et");
    }
}
