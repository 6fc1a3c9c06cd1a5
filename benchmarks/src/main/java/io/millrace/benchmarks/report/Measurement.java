// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import io.millrace.benchmarks.statistics.Interval;
import io.millrace.benchmarks.statistics.Rounds;
import org.jspecify.annotations.Nullable;

/**
 * One line of a chart, or why there is none.
 *
 * @param figure the chart
 * @param subject what was measured: a backend or a peer, by its name
 * @param score the median, or null where there is no number to show
 * @param low the lower end of the median's own interval, or null if there is none
 * @param high the upper end
 * @param rounds what the score is made of, which is what ratios are taken of; null without a score
 * @param unranked why the chart has no order though there are figures, or null
 * @param note why there is no score, or what to know about it
 */
public record Measurement(
        Figure figure,
        String subject,
        @Nullable Double score,
        @Nullable Double low,
        @Nullable Double high,
        @Nullable Rounds rounds,
        @Nullable String unranked,
        @Nullable String note) {
    /** Why rates are not ranked that were the load's. */
    public static final String LOAD_WAS_BUSY =
            "the load kept its CPU busy, so this is its rate, not the servers'";

    /** A score of rounds that others have had too. */
    public static Measurement paired(
            Figure figure,
            String subject,
            Rounds rounds,
            @Nullable String unranked,
            @Nullable String note) {
        Interval score = Interval.of(rounds.all(), Interval.USUAL_DOUBT);
        return new Measurement(
                figure,
                subject,
                score.median(),
                score.isKnown() ? score.low() : null,
                score.isKnown() ? score.high() : null,
                rounds,
                unranked,
                note);
    }

    /** No score; the note begins with "failed: " or "not run: " and says why. */
    public static Measurement without(Figure figure, String subject, String note) {
        return new Measurement(figure, subject, null, null, null, null, null, note);
    }
}
