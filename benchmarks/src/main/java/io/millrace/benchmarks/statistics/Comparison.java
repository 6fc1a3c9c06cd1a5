// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.statistics;

import java.util.List;

/**
 * One subject beside another, by the ratios of their figures of the same round. What slows down a
 * whole round does not touch its ratio.
 *
 * <p>They are told apart if three things hold: the interval of the ratio lies beyond the least
 * difference of interest; the rounds of every series by themselves lie on the same side, since two
 * processes of the very same program differ by a little for as long as they live; and that least
 * difference is larger where there is but one series, of which this cannot be seen.
 *
 * @param ratio the first's figures over the second's
 * @param order which of them has the greater figures
 */
public record Comparison(Interval ratio, Order order) {
    /** The least difference that is told, where several series agree on it. */
    public static final double LEAST = 0.02;

    /** The same for a single series. */
    public static final double LEAST_OF_ONE_SERIES = 0.05;

    /** What is known of two subjects. */
    public enum Order {
        LESS,
        NOT_TOLD_APART,
        GREATER
    }

    /**
     * Compares.
     *
     * @param doubt the most that may be left; if several are compared, see {@link #shared}
     */
    public static Comparison of(Rounds first, Rounds second, double doubt) {
        Rounds ratios = first.over(second);
        Interval ratio = Interval.of(ratios.all(), doubt);
        double least = ratios.series().size() > 1 ? LEAST : LEAST_OF_ONE_SERIES;
        Order order = Order.NOT_TOLD_APART;
        if (ratio.low() > 1 + least && everySeries(ratios, 1)) {
            order = Order.GREATER;
        } else if (ratio.high() < 1 / (1 + least) && everySeries(ratios, -1)) {
            order = Order.LESS;
        }
        return new Comparison(ratio, order);
    }

    /** The doubt of one of several intervals, so that all together leave no more than usual. */
    public static double shared(int subjects) {
        int pairs = Math.max(1, subjects * (subjects - 1) / 2);
        return Interval.USUAL_DOUBT / pairs;
    }

    private static boolean everySeries(Rounds ratios, int side) {
        for (List<Double> series : ratios.series()) {
            if (!series.isEmpty() && (Interval.median(series) - 1) * side <= 0) {
                return false;
            }
        }
        return true;
    }
}
