// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.report.Direction;

/**
 * A benchmark method, and how to tell a person of it.
 *
 * @param method as JMH knows it: {@code Class.method}
 * @param subjects what it compares
 * @param quantity of its primary score
 * @param unit of that score
 * @param jmhUnit what JMH calls that unit; should it use another one, that is shown
 * @param direction which scores are good
 * @param latencies whether its load also measures the latency of every operation
 * @param overheadSeconds what a run takes beside its iterations: a new virtual machine, connections
 */
record Topic(
        String method,
        Subjects subjects,
        String quantity,
        String unit,
        String jmhUnit,
        Direction direction,
        boolean latencies,
        double overheadSeconds) {
    private static final double FORK_SECONDS = 1.8;

    /** A rate on servers; JMH counts operations per second. */
    static Topic rate(String method, String quantity, String unit) {
        return new Topic(
                method,
                Subjects.SERVERS,
                quantity,
                unit,
                "ops/s",
                Direction.HIGHER_IS_BETTER,
                false,
                FORK_SECONDS);
    }

    /** Something of a loop by itself. */
    static Topic loop(
            String method, String quantity, String unit, String jmhUnit, Direction direction) {
        return new Topic(
                method, Subjects.LOOPS, quantity, unit, jmhUnit, direction, false, FORK_SECONDS);
    }

    /** Operations on a file per second. */
    static Topic files(String method, String quantity) {
        return new Topic(
                method,
                Subjects.FILES,
                quantity,
                "blocks/s",
                "ops/s",
                Direction.HIGHER_IS_BETTER,
                false,
                FORK_SECONDS);
    }

    /** Timers by the million: one shot, in milliseconds for all of them. */
    static Topic timers(String method, String quantity) {
        return new Topic(
                "Timers." + method,
                Subjects.TIMERS,
                quantity,
                "ns per timer",
                "ms/op",
                Direction.LOWER_IS_BETTER,
                false,
                FORK_SECONDS);
    }

    Topic withLatencies() {
        return new Topic(
                method, subjects, quantity, unit, jmhUnit, direction, true, overheadSeconds);
    }

    Topic withSetup(double seconds) {
        return new Topic(
                method,
                subjects,
                quantity,
                unit,
                jmhUnit,
                direction,
                latencies,
                overheadSeconds + seconds);
    }
}
