// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import io.millrace.benchmarks.statistics.Interval;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers as a person reads them: three digits that count, and thousands set apart. */
final class Numbers {
    private static final MathContext THREE_DIGITS = new MathContext(3);
    private static final double LEAST_SHOWN = 1e-3;
    private static final int PERCENT = 100;

    private Numbers() {}

    static String score(double value) {
        if (Math.abs(value) < LEAST_SHOWN) {
            return value == 0 ? "0" : "< 0.001";
        }
        if (Math.abs(value) >= PERCENT) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return new BigDecimal(value).round(THREE_DIGITS).toPlainString();
    }

    /** A ratio with its interval. */
    static String ratio(Interval ratio) {
        return ratio.isKnown()
                ? plain(ratio.median())
                        + " ("
                        + plain(ratio.low())
                        + "–"
                        + plain(ratio.high())
                        + ")"
                : plain(ratio.median()) + " (?)";
    }

    private static String plain(double ratio) {
        return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%.0f", ratio);
    }

    static String range(@Nullable Double low, @Nullable Double high) {
        return low == null || high == null ? "" : score(low) + " – " + score(high);
    }
}
