// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How long a run warms up and measures.
 *
 * @param warmups iterations that do not count
 * @param warmupMillis how long one of them takes; 0 for a single shot
 * @param iterations iterations that count
 * @param iterationMillis how long one of them takes
 * @param forks virtual machines that do all of this, one after the other
 */
record Timing(int warmups, long warmupMillis, int iterations, long iterationMillis, int forks) {
    private static final double MILLIS_PER_SECOND = 1000;

    /** What an iteration of warm-up waits for the compilers, or a little more. */
    private static final long PAUSE_MILLIS = 250;

    Timing(int warmups, long warmupMillis, int iterations, long iterationMillis) {
        this(warmups, warmupMillis, iterations, iterationMillis, 1);
    }

    /** The same, but for what was asked for. */
    Timing with(Options asked) {
        return new Timing(
                asked.getWarmupIterations().orElse(warmups),
                millis(asked.getWarmupTime().orElse(TimeValue.milliseconds(warmupMillis))),
                asked.getMeasurementIterations().orElse(iterations),
                millis(asked.getMeasurementTime().orElse(TimeValue.milliseconds(iterationMillis))),
                Math.max(1, asked.getForkCount().orElse(forks)));
    }

    /** What all forks together take, each with its own overhead. */
    double seconds(double overheadSeconds) {
        double millis =
                warmups * (double) (warmupMillis + PAUSE_MILLIS)
                        + iterations * (double) iterationMillis;
        return forks * (overheadSeconds + millis / MILLIS_PER_SECOND);
    }

    /** Tells JMH. */
    void apply(ChainedOptionsBuilder options) {
        options.warmupIterations(warmups).measurementIterations(iterations).forks(forks);
        if (warmupMillis > 0) {
            options.warmupTime(TimeValue.milliseconds(warmupMillis));
        }
        if (iterationMillis > 0) {
            options.measurementTime(TimeValue.milliseconds(iterationMillis));
        }
    }

    private static long millis(TimeValue time) {
        return time.convertTo(TimeUnit.MILLISECONDS);
    }
}
