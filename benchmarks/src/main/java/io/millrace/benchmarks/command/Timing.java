// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.statistics.Comparison;
import io.millrace.benchmarks.statistics.Interval;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How long the subjects of a chart warm up and are measured. Every series has new virtual machines;
 * in every round each subject has two turns.
 *
 * @param warmups iterations that do not count
 * @param warmupMillis how long one of them takes; 0 for a single shot
 * @param rounds of a series
 * @param turnMillis how long a turn takes; 0 for a single shot
 * @param series how often all begins anew
 * @param shotSeconds about what a single shot takes, with all that precedes it
 */
record Timing(
        int warmups,
        long warmupMillis,
        int rounds,
        long turnMillis,
        int series,
        double shotSeconds) {
    private static final double MILLIS_PER_SECOND = 1000;
    private static final int TURNS_OF_A_ROUND = 2;

    /** What an iteration of warm-up waits for the compilers, or a little more. */
    private static final double PAUSE_SECONDS = 0.2;

    /** What a turn takes beside its iteration. */
    private static final double TURN_SECONDS = 0.025;

    /** More rounds make better use of warm virtual machines than more of those. */
    private static final int MOST_ROUNDS = 12;

    /** So that what was planned for so many rounds is enough for them. */
    private static final double ROUNDING = 1e-6;

    /** With less there is nothing to show. */
    private static final int FEWEST_ROUNDS = 3;

    Timing(int warmups, long warmupMillis, int rounds, long turnMillis, int series) {
        this(warmups, warmupMillis, rounds, turnMillis, series, 0);
    }

    /** The same, but for what was asked for. */
    Timing with(Options asked) {
        return new Timing(
                asked.getWarmupIterations().orElse(warmups),
                millis(asked.getWarmupTime().orElse(TimeValue.milliseconds(warmupMillis))),
                asked.getMeasurementIterations().orElse(rounds),
                millis(asked.getMeasurementTime().orElse(TimeValue.milliseconds(turnMillis))),
                Math.max(1, asked.getForkCount().orElse(series)),
                shotSeconds);
    }

    /** The same with another warm-up. */
    Timing warmedBy(int iterations, long millis) {
        return new Timing(iterations, millis, rounds, turnMillis, series, shotSeconds);
    }

    /** The same with other numbers of rounds and series. */
    Timing with(int otherRounds, int otherSeries) {
        return new Timing(warmups, warmupMillis, otherRounds, turnMillis, otherSeries, shotSeconds);
    }

    /** The same with the fewest rounds that tell all subjects apart. */
    Timing least(int subjects, int leastSeries) {
        int fewest = Interval.fewest(Comparison.shared(subjects));
        int each = (fewest + leastSeries - 1) / leastSeries;
        return with(Math.max(FEWEST_ROUNDS, each), leastSeries);
    }

    /**
     * The same with as many rounds as fit into {@code seconds}, if possible in two series or more;
     * null if there is no time for any.
     *
     * @param subjects how many take turns
     * @param overheadSeconds of each in each series
     */
    @Nullable Timing within(double seconds, int subjects, double overheadSeconds) {
        int fewest = Interval.fewest(Comparison.shared(subjects));
        Timing fitting = null;
        for (int number = 1; number <= Math.max(2, series * MOST_ROUNDS); number++) {
            double left = seconds / number / subjects - warmUpSeconds() - overheadSeconds;
            int fit = (int) Math.min(MOST_ROUNDS * 2.0, left / roundSeconds() + ROUNDING);
            boolean enough = fit * number >= fewest;
            if (fit < FEWEST_ROUNDS || (fitting != null && !enough)) {
                break;
            }
            fitting = with(fit, number);
            if (number > 1 && fit <= MOST_ROUNDS) {
                break;
            }
        }
        return fitting;
    }

    /** What all subjects together take, each with its own overhead in every series. */
    double seconds(int subjects, double overheadSeconds) {
        return subjects * series * (overheadSeconds + warmUpSeconds() + rounds * roundSeconds());
    }

    private double warmUpSeconds() {
        return warmups * (length(warmupMillis) + PAUSE_SECONDS);
    }

    private double roundSeconds() {
        return TURNS_OF_A_ROUND * (length(turnMillis) + TURN_SECONDS);
    }

    /** The iterations of JMH that are measured in a series. */
    int turns() {
        return TURNS_OF_A_ROUND * rounds;
    }

    private double length(long millis) {
        return millis == 0 ? shotSeconds : millis / MILLIS_PER_SECOND;
    }

    private static long millis(TimeValue time) {
        return time.convertTo(TimeUnit.MILLISECONDS);
    }
}
