// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** The figures as a table for a terminal. */
public final class TextReport {
    private TextReport() {}

    /** Every figure with its subjects, one on a line. */
    public static String of(List<Section> sections) {
        StringBuilder text = new StringBuilder();
        for (Section section : sections) {
            section.figures().forEach((figure, bars) -> append(text, section, figure, bars));
        }
        return text.toString();
    }

    /** A score with its spread. */
    public static String score(Measurement measurement) {
        Double score = measurement.score();
        return score == null
                ? String.valueOf(measurement.note())
                : (Numbers.score(score) + " " + Numbers.spread(measurement)).strip();
    }

    private static void append(
            StringBuilder text, Section section, Figure figure, List<Measurement> bars) {
        if (text.length() > 0) {
            text.append('\n');
        }
        text.append(figure.title())
                .append(": ")
                .append(figure.unit())
                .append(", ")
                .append(figure.direction().words())
                .append('\n');
        for (Measurement bar : bars) {
            append(text, section, bar);
        }
    }

    private static void append(StringBuilder text, Section section, Measurement bar) {
        Double score = bar.score();
        if (score == null) {
            text.append(String.format(Locale.ROOT, "  %-18s %s\n", bar.subject(), bar.note()));
            return;
        }
        Double ratio = section.ratio(bar);
        String comparison = ratio == null ? "" : Numbers.ratio(ratio) + " " + section.baseline();
        String line =
                String.format(
                        Locale.ROOT,
                        "  %-18s %12s %8s  %s",
                        bar.subject(),
                        Numbers.score(score),
                        Numbers.spread(bar),
                        comparison);
        text.append(line.stripTrailing()).append('\n');
    }
}
