// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import java.util.List;

/** What can be said of a few figures whose distribution nobody knows. */
final class Statistics {
    /** Of the interval together: the chance that the true median is outside of it. */
    private static final double MOST_DOUBT = 0.05;

    /**
     * Where figures lie.
     *
     * @param low the lower end of the interval
     * @param median the middle one, or halfway between the two in the middle
     * @param high the upper end
     */
    record Spread(double low, double median, double high) {}

    private Statistics() {}

    static double median(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        int size = sorted.size();
        if (size == 0) {
            throw new IllegalArgumentException("no figures");
        }
        return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }

    /**
     * The median with an interval that has the true one in it with a probability of 95 % or more.
     * Less than six figures cannot promise that: for them it is the smallest and the largest.
     */
    static Spread spread(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        int dropped = dropped(sorted.size());
        return new Spread(
                sorted.get(dropped), median(sorted), sorted.get(sorted.size() - 1 - dropped));
    }

    /**
     * How many figures may be left out at either end. The true median is below the one that then is
     * smallest only if at most so many of all figures are below the true median; and each of them
     * is or is not, like a tossed coin.
     */
    static int dropped(int size) {
        double sequences = Math.pow(2, size);
        double combinations = 1;
        double unlucky = combinations;
        int dropped = 0;
        while (2 * dropped + 2 < size) {
            combinations = combinations * (size - dropped) / (dropped + 1);
            unlucky += combinations;
            if (2 * unlucky / sequences > MOST_DOUBT) {
                break;
            }
            dropped++;
        }
        return dropped;
    }
}
