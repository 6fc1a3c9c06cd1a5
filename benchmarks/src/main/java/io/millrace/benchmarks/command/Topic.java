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
 * @param direction which scores are good
 * @param operation one of those whose CPU time is told, or empty if none is
 * @param latencies whether its load also measures the latency of every operation
 * @param overheadSeconds what a virtual machine takes beside its iterations: to start, to connect
 */
record Topic(
        String method,
        Subjects subjects,
        String quantity,
        String unit,
        Direction direction,
        String operation,
        boolean latencies,
        double overheadSeconds) {
    private static final double START_SECONDS = 1.3;

    /** A rate on servers; JMH counts operations per second. */
    static Topic rate(String method, String quantity, String unit, String operation) {
        return new Topic(
                method,
                Subjects.SERVERS,
                quantity,
                unit,
                Direction.HIGHER_IS_BETTER,
                operation,
                false,
                START_SECONDS);
    }

    /** A rate on servers that speak TLS. */
    static Topic tls(String method, String quantity, String unit, String operation) {
        return new Topic(
                method,
                Subjects.TLS,
                quantity,
                unit,
                Direction.HIGHER_IS_BETTER,
                operation,
                false,
                START_SECONDS);
    }

    /** Tasks that a loop is handed. */
    static Topic tasks(String method, String quantity) {
        return new Topic(
                method,
                Subjects.LOOPS,
                quantity,
                "tasks/s",
                Direction.HIGHER_IS_BETTER,
                "task",
                false,
                START_SECONDS);
    }

    /** How long something takes a loop. */
    static Topic loop(String method, String quantity, String unit) {
        return new Topic(
                method,
                Subjects.LOOPS,
                quantity,
                unit,
                Direction.LOWER_IS_BETTER,
                "",
                false,
                START_SECONDS);
    }

    /** Operations on a file per second. */
    static Topic files(String method, String quantity) {
        return new Topic(
                method,
                Subjects.FILES,
                quantity,
                "blocks/s",
                Direction.HIGHER_IS_BETTER,
                "block",
                false,
                START_SECONDS);
    }

    /** Timers by the million: one shot, in milliseconds for all of them. */
    static Topic timers(String method, String quantity) {
        return new Topic(
                "Timers." + method,
                Subjects.TIMERS,
                quantity,
                "ns per timer",
                Direction.LOWER_IS_BETTER,
                "timer",
                false,
                START_SECONDS);
    }

    Topic withLatencies() {
        return new Topic(
                method, subjects, quantity, unit, direction, operation, true, overheadSeconds);
    }

    Topic withSetup(double seconds) {
        return new Topic(
                method,
                subjects,
                quantity,
                unit,
                direction,
                operation,
                latencies,
                overheadSeconds + seconds);
    }
}
