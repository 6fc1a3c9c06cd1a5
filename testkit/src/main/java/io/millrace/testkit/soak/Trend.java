// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.soak;

import java.util.Arrays;

/**
 * A line through values that were taken at equal distances: the slope of Theil and Sen, which is
 * the median of the slopes between all pairs and so hardly minds outliers, with the interval of 95
 * per cent that belongs to it (by Kendall's statistic, as Sen described).
 *
 * @param median of the values
 * @param change over the whole time, by the slope
 * @param least the lower end of its interval
 * @param most the upper end
 */
record Trend(double median, double change, double least, double most) {
    private static final double NORMAL_95 = 1.96;

    static Trend of(double[] values) {
        int count = values.length;
        if (count < 3) {
            throw new IllegalArgumentException("a trend takes 3 values or more: " + count);
        }
        double[] slopes = new double[count * (count - 1) / 2];
        int next = 0;
        for (int i = 0; i < count; i++) {
            for (int j = i + 1; j < count; j++) {
                slopes[next++] = (values[j] - values[i]) / (j - i);
            }
        }
        Arrays.sort(slopes);
        double variance = count * (count - 1.0) * (2.0 * count + 5) / 18;
        double width = NORMAL_95 * Math.sqrt(variance);
        int low = (int) Math.max(0, Math.floor((slopes.length - width) / 2));
        int high = (int) Math.min(slopes.length - 1, Math.ceil((slopes.length + width) / 2));
        int steps = count - 1;
        return new Trend(
                median(values), median(slopes) * steps, slopes[low] * steps, slopes[high] * steps);
    }

    /** Whether the whole interval lies on that side of nothing. */
    boolean isSure(int direction) {
        return direction > 0 ? least > 0 : most < 0;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
