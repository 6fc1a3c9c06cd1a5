// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.paired;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The line that says why, out of all that JMH prints. */
class FailureReasonTest {
    @Test
    void ourOwnChecksSpeakFirst() {
        String output =
                """
                Iteration   1: benchmark failed: java.io.IOException: wrong bytes after 64 B
                Error: something else
                """;

        assertEquals("IOException: wrong bytes after 64 B", FailureReason.in(output, "?"));
    }

    @Test
    void elseTheExceptionOfTheIteration() {
        String output =
                """
                Iteration   1: <failure>

                java.lang.IllegalArgumentException: select can serve no more than 462 clients
                \tat io.millrace.Somewhere.here(Somewhere.java:1)
                """;

        assertEquals(
                "IllegalArgumentException: select can serve no more than 462 clients",
                FailureReason.in(output, "?"));
    }

    @Test
    void elseHowTheProcessEndedAndWhatTheVirtualMachineSaid() {
        assertEquals("it ended", FailureReason.in("# JMH version: 1.37\n", "it ended"));
        assertEquals(
                "it ended: Unrecognized VM option 'NoSuchOption'",
                FailureReason.in(
                        "Unrecognized VM option 'NoSuchOption'\nError: Could not\n", "it ended"));
    }

    @Test
    void elseTheFirstLineOfTheException() {
        assertEquals("no lock", FailureReason.in("", "no lock\nat all"));
        assertTrue(FailureReason.in("", "x".repeat(1000)).length() < 400);
    }
}
