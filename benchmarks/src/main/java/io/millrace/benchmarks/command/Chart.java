// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.statistics.Comparison;
import io.millrace.benchmarks.statistics.Interval;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One benchmark with one set of parameters on all its subjects: what is measured in the same
 * rounds.
 *
 * @param pieces at least one, alike but for their subjects
 * @param timing how long
 */
record Chart(List<Piece> pieces, Timing timing) {
    Chart {
        pieces = List.copyOf(pieces);
    }

    /** What all of its pieces have in common. */
    private Piece any() {
        return pieces.get(0);
    }

    /** The title of its section. */
    String chapter() {
        return any().chapter();
    }

    Topic topic() {
        return any().topic();
    }

    Map<String, String> parameters() {
        return any().parameters();
    }

    String title() {
        return any().figure().title();
    }

    List<String> subjects() {
        return pieces.stream().map(Piece::subject).toList();
    }

    /** Whether the quick set has it too. */
    boolean isHeadline() {
        return Suite.isHeadline(any().figure());
    }

    double seconds() {
        return timing.seconds(pieces.size(), topic().overheadSeconds());
    }

    /** Whether it has rounds enough for intervals of all pairs together. */
    boolean canTell() {
        int rounds = timing.series() * timing.rounds();
        return rounds >= Interval.fewest(Comparison.shared(pieces.size()));
    }

    /**
     * With the rounds that fit into its share of the time, but no fewer than it takes to tell its
     * subjects apart; null if there is no time for those either. A few charts that tell are worth
     * more than many that do not.
     *
     * @param share seconds, as large a part of those left as this chart is of what is to be done
     * @param left seconds for this chart and all that are to come
     * @param leastSeries how many series it has to have
     */
    @Nullable Chart within(double share, double left, int leastSeries) {
        double overhead = topic().overheadSeconds();
        double least = timing.least(pieces.size(), leastSeries).seconds(pieces.size(), overhead);
        if (least > left) {
            return null;
        }
        // The last chart's share is all that is left, or a rounding error more.
        double seconds = Math.max(Math.min(share, left), least);
        Timing fitting = timing.within(seconds, pieces.size(), overhead);
        return fitting == null ? null : with(fitting);
    }

    Chart with(Timing other) {
        return new Chart(pieces, other);
    }

    /** The line of a subject. */
    Piece piece(String subject) {
        return pieces.stream()
                .filter(piece -> piece.subject().equals(subject))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(subject));
    }
}
