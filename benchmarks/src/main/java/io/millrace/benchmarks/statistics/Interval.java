// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.statistics;

import java.util.List;
import org.apache.commons.math3.distribution.BinomialDistribution;

/**
 * A median, and an interval that has the true one in it.
 *
 * @param low its lower end; minus infinity if the figures are too few to name one
 * @param median the middle figure, or halfway between the two in the middle
 * @param high its upper end; infinity if the figures are too few to name one
 */
public record Interval(double low, double median, double high) {
    /** The doubt that is left where a single interval is asked for. */
    public static final double USUAL_DOUBT = 0.05;

    private static final double HALF = 0.5;

    /** The middle of these figures. */
    public static double median(List<Double> figures) {
        List<Double> sorted = figures.stream().sorted().toList();
        int size = sorted.size();
        if (size == 0) {
            throw new IllegalArgumentException("no figures");
        }
        return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
    }

    /**
     * The narrowest interval between two of the figures, as far from the least as from the
     * greatest, that misses the true median with a probability of at most {@code doubt}, however
     * the figures are distributed. Where even all of them together do not promise that, it has no
     * ends.
     */
    public static Interval of(List<Double> figures, double doubt) {
        List<Double> sorted = figures.stream().sorted().toList();
        double median = median(sorted);
        int dropped = dropped(sorted.size(), doubt);
        if (dropped < 0) {
            return new Interval(Double.NEGATIVE_INFINITY, median, Double.POSITIVE_INFINITY);
        }
        return new Interval(sorted.get(dropped), median, sorted.get(sorted.size() - 1 - dropped));
    }

    /**
     * How many figures may be left out at either end, or -1 if there are too few for any interval.
     * The true median is below the one that then is smallest only if at most so many of all figures
     * are below the true median; and each of them is or is not, like a tossed coin.
     */
    static int dropped(int size, double doubt) {
        BinomialDistribution below = new BinomialDistribution(null, size, HALF);
        int dropped = -1;
        while (2 * (dropped + 1) < size && 2 * below.cumulativeProbability(dropped + 1) <= doubt) {
            dropped++;
        }
        return dropped;
    }

    /** The fewest figures that have an interval with no more than this doubt. */
    public static int fewest(double doubt) {
        int size = 1;
        while (dropped(size, doubt) < 0) {
            size++;
        }
        return size;
    }

    /** Whether it has ends. */
    public boolean isKnown() {
        return Double.isFinite(low) && Double.isFinite(high);
    }

    /** Half of its width as a part of the median; infinity if it has no ends. */
    public double halfWidth() {
        return isKnown() ? (high - low) / 2 / Math.abs(median) : Double.POSITIVE_INFINITY;
    }
}
