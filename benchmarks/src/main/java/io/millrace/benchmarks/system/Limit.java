// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.system;

import io.millrace.benchmarks.statistics.Interval;
import java.util.Locale;

/**
 * What a figure is held to.
 *
 * @param most whether the figure is to be at most that, and not at least
 */
record Limit(double value, boolean most) {
    static Limit most(double value) {
        return new Limit(value, true);
    }

    static Limit least(double value) {
        return new Limit(value, false);
    }

    /** What an interval says of it. */
    String verdict(Interval figure) {
        boolean holds = most ? figure.high() <= value : figure.low() >= value;
        boolean missed = most ? figure.low() > value : figure.high() < value;
        String word;
        if (holds) {
            word = "holds";
        } else if (missed) {
            word = "missed";
        } else {
            word = verdict(figure.median()) + " by the median, not by the interval";
        }
        return this + ": " + word;
    }

    /** What a single figure says of it. */
    String verdict(double figure) {
        return (most ? figure <= value : figure >= value) ? "holds" : "missed";
    }

    @Override
    public String toString() {
        return (most ? "at most " : "at least ") + String.format(Locale.ROOT, "%.2f", value);
    }
}
