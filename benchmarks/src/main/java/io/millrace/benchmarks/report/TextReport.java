// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import io.millrace.benchmarks.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The figures as a table for a terminal. */
public final class TextReport {
    private final StringBuilder text = new StringBuilder();

    private TextReport() {}

    /** How far to rely on it, every figure with its subjects, and which is best for what. */
    public static String of(Report report) {
        TextReport table = new TextReport();
        table.appendTop(report.status());
        table.text.append(of(report.sections()));
        table.appendAnswers(report.answers());
        return table.text.toString();
    }

    /** Every figure with its subjects, one on a line: groups that are told apart are numbered. */
    public static String of(List<Section> sections) {
        TextReport table = new TextReport();
        for (Section section : sections) {
            section.figures().forEach((figure, bars) -> table.append(section, figure, bars));
        }
        return table.text.toString();
    }

    private void appendTop(@Nullable Status status) {
        if (status != null) {
            text.append(status.headline()).append('\n');
            status.remarks().forEach(remark -> text.append("  ").append(remark).append('\n'));
            text.append('\n');
        }
    }

    private void appendAnswers(List<Answer> answers) {
        if (answers.isEmpty()) {
            return;
        }
        text.append("\nWhich to use for …\n");
        for (Answer answer : answers) {
            text.append("  ").append(answer.use()).append(": ").append(answer.known());
            text.append(answer.open().isEmpty() ? "" : "; not known: " + answer.open());
            text.append('\n');
        }
    }

    private void append(Section section, Figure figure, List<Measurement> bars) {
        if (text.length() > 0) {
            text.append('\n');
        }
        text.append(figure.title())
                .append(": ")
                .append(figure.unit())
                .append(", ")
                .append(figure.direction().words())
                .append('\n');
        Verdict verdict = section.verdict(figure);
        if (verdict.baseline() != null) {
            text.append("  ")
                    .append(verdict.words())
                    .append("; ratios to ")
                    .append(verdict.baseline())
                    .append(", ")
                    .append(verdict.rounds())
                    .append('\n');
        }
        List<List<String>> groups = verdict.groups();
        List<Measurement> left = new ArrayList<>(bars);
        for (List<String> group : groups) {
            for (String subject : group) {
                boolean first = subject.equals(group.get(0)) && groups.size() > 1;
                String number = first ? Integer.toString(groups.indexOf(group) + 1) : "";
                for (Measurement bar : bars) {
                    if (bar.subject().equals(subject) && left.remove(bar)) {
                        append(number, bar, verdict);
                    }
                }
            }
        }
        left.forEach(bar -> append("", bar, verdict));
    }

    private void append(String number, Measurement bar, Verdict verdict) {
        Double score = bar.score();
        if (score == null) {
            text.append(String.format(Locale.ROOT, "     %-18s %s\n", bar.subject(), bar.note()));
            return;
        }
        Interval ratio = verdict.ratio(bar.subject());
        String compared = bar.subject().equals(verdict.baseline()) ? "1" : "";
        String line =
                String.format(
                        Locale.ROOT,
                        "  %2s %-18s %12s  %s",
                        number,
                        bar.subject(),
                        Numbers.score(score),
                        ratio == null ? compared : Numbers.ratio(ratio));
        text.append(line.stripTrailing()).append('\n');
    }
}
