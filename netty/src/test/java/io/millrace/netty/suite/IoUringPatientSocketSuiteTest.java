// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.suite;

/** Netty's tests that wait, on io_uring. */
class IoUringPatientSocketSuiteTest extends PatientSocketSuite {
    @Override
    SuiteTransport suite() {
        return SuiteTransport.of("io_uring");
    }
}
