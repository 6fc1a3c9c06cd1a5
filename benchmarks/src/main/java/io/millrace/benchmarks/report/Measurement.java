// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One bar of a chart, or why there is none.
 *
 * @param figure the chart
 * @param subject what was measured: a backend or a peer, by its name
 * @param score the bar, or null where there is no number to show
 * @param low the lower end of the spread, or null if the spread is unknown
 * @param high the upper end
 * @param samples what the score is made of, in the order of measuring; may be empty
 * @param note why there is no score, or what to know about it
 */
public record Measurement(
        Figure figure,
        String subject,
        @Nullable Double score,
        @Nullable Double low,
        @Nullable Double high,
        List<Double> samples,
        @Nullable String note) {
    public Measurement {
        samples = List.copyOf(samples);
    }

    /** A score whose spread is that of its samples. */
    public static Measurement of(
            Figure figure, String subject, double score, List<Double> samples) {
        boolean spread = samples.size() > 1;
        return new Measurement(
                figure,
                subject,
                score,
                spread ? Collections.min(samples) : null,
                spread ? Collections.max(samples) : null,
                samples,
                null);
    }

    /** No score; the note begins with "failed: " or "not run: " and says why. */
    public static Measurement without(Figure figure, String subject, String note) {
        return new Measurement(figure, subject, null, null, null, List.of(), note);
    }
}
