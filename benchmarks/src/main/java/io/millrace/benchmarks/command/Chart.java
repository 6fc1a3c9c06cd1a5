// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import java.util.List;
import java.util.Map;

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

    double seconds() {
        return timing.seconds(pieces.size(), topic().overheadSeconds());
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
