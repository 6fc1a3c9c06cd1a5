// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import io.millrace.benchmarks.statistics.Interval;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** Where ratios lie on a line from left to right: twice is as far from 1 as half. */
final class RatioAxis {
    private static final double[] MARKS = {
        0.01, 0.02, 0.05, 0.1, 0.2, 0.33, 0.5, 0.67, 0.8, 0.9, 0.95, 1, 1.05, 1.1, 1.25, 1.5, 2, 3,
        5, 10, 20, 50, 100
    };

    private static final double PERCENT = 100;

    /** Closer marks could not be read. */
    private static final double LEAST_APART = 15;

    /** So that equal subjects do not look apart. */
    private static final double LEAST_SPAN = 1.1;

    private static final double MARGIN = 1.02;

    private final double low;
    private final double high;

    /** So long that 1 and all of these are on it, except for ends that nobody knows. */
    RatioAxis(List<Interval> ratios) {
        double least = 1 / LEAST_SPAN;
        double greatest = LEAST_SPAN;
        for (Interval ratio : ratios) {
            least = Math.min(least, ratio.isKnown() ? ratio.low() : ratio.median());
            greatest = Math.max(greatest, ratio.isKnown() ? ratio.high() : ratio.median());
        }
        low = Math.log(Math.max(least, MARKS[0]) / MARGIN);
        high = Math.log(Math.min(greatest, MARKS[MARKS.length - 1]) * MARGIN);
    }

    /** From the left, in percent. */
    double place(double ratio) {
        double place = ratio <= 0 ? 0 : (Math.log(ratio) - low) / (high - low);
        return PERCENT * Math.max(0, Math.min(1, place));
    }

    /** As a stylesheet has it. */
    String css(double ratio) {
        return String.format(Locale.ROOT, "%.2f%%", place(ratio));
    }

    /** Lines at the marks, as a background in a stylesheet: once for all rows of a chart. */
    String grid() {
        StringJoiner lines = new StringJoiner(",");
        for (Map<String, Object> mark : marks()) {
            String colour = Boolean.TRUE.equals(mark.get("one")) ? "var(--soft)" : "var(--line)";
            String stripe = "linear-gradient(" + colour + "," + colour + ") ";
            lines.add(stripe + mark.get("place") + " 0/1.5px 100% no-repeat");
        }
        return lines.toString();
    }

    /** Labels with their places; 1 is always there. */
    List<Map<String, Object>> marks() {
        List<Double> chosen = new ArrayList<>();
        chosen.add(1.0);
        for (double mark : MARKS) {
            double logarithm = Math.log(mark);
            boolean isFree =
                    chosen.stream()
                            .allMatch(other -> Math.abs(place(other) - place(mark)) >= LEAST_APART);
            if (logarithm >= low && logarithm <= high && isFree) {
                chosen.add(mark);
            }
        }
        List<Map<String, Object>> marks = new ArrayList<>();
        for (double mark : chosen) {
            Map<String, Object> context = new LinkedHashMap<>();
            context.put("place", css(mark));
            context.put("label", String.format(Locale.ROOT, "%s", mark).replaceAll("\\.0$", ""));
            context.put("one", mark == 1);
            marks.add(context);
        }
        return marks;
    }
}
