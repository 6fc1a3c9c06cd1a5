// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

/**
 * How a benchmark fails when it has measured already. JMH would keep what earlier iterations gave,
 * and print a number; so the measured process ends instead, which JMH takes as a failure of the
 * whole benchmark, and goes on with the next.
 */
final class Failure {
    /**
     * The system property under which a process ends. It is only set for processes that measure
     * nothing else: forks of JMH, and workers of the bench.
     */
    static final String HALT = "millrace.benchmarks.halt";

    private Failure() {}

    /** The exception to throw, if the process goes on. */
    @SuppressWarnings("SystemOut") // JMH shows what a failed process has said.
    static <E extends Exception> E of(E exception) {
        if (Boolean.getBoolean(HALT)) {
            System.err.println("benchmark failed: " + exception);
            Runtime.getRuntime().halt(1);
        }
        return exception;
    }
}
