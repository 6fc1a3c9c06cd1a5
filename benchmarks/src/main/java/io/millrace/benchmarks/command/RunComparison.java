// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.report.Figure;
import io.millrace.benchmarks.report.Report;
import io.millrace.benchmarks.report.ReportDirectory;
import io.millrace.benchmarks.report.Section;
import io.millrace.benchmarks.report.Verdict;
import io.millrace.benchmarks.statistics.Comparison;
import io.millrace.benchmarks.statistics.Comparison.Order;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Two runs side by side, pair by pair: what one of them has told apart, the other must not have
 * told the other way round. That one of them leaves it open is no contradiction.
 */
final class RunComparison {
    private final Map<Figure, Verdict> first;
    private final Map<Figure, Verdict> second;
    private final PrintStream output;
    private int charts;
    private int unranked;
    private int same;
    private int once;
    private int open;
    private int contradictions;

    RunComparison(List<Path> directories, PrintStream output) throws IOException, UsageException {
        first = verdicts(directories.get(0));
        second = verdicts(directories.get(1));
        this.output = output;
    }

    private static Map<Figure, Verdict> verdicts(Path directory)
            throws IOException, UsageException {
        ReportDirectory reports = new ReportDirectory(directory);
        if (!reports.exists()) {
            throw new UsageException("--compare: there is no report in " + directory);
        }
        Report report = reports.read();
        Map<Figure, Verdict> verdicts = new LinkedHashMap<>();
        for (Section section : report.sections()) {
            section.figures()
                    .forEach(
                            (figure, bars) -> {
                                if (bars.stream().anyMatch(bar -> bar.rounds() != null)) {
                                    verdicts.put(figure, section.verdict(figure));
                                }
                            });
        }
        return verdicts;
    }

    /** Returns whether no verdict of one contradicts the other's. */
    boolean run() {
        first.forEach(
                (figure, one) -> {
                    Verdict other = second.get(figure);
                    if (other != null) {
                        compare(figure, one, other);
                    }
                });
        output.printf(
                Locale.ROOT,
                "charts in both: %d, of which not ranked in one of them: %d; in one only: %d%n"
                        + "pairs told apart by both, in the same order: %d%n"
                        + "pairs told apart by one of them only: %d%n"
                        + "pairs told apart by neither: %d%n"
                        + "pairs told apart by both, in opposite orders: %d%n",
                charts,
                unranked,
                first.size() + second.size() - 2 * charts,
                same,
                once,
                open,
                contradictions);
        return contradictions == 0;
    }

    private void compare(Figure figure, Verdict one, Verdict other) {
        charts++;
        if (one.unranked() != null || other.unranked() != null) {
            unranked++;
            return;
        }
        List<String> subjects = one.subjects();
        for (int i = 0; i < subjects.size(); i++) {
            for (String subject : subjects.subList(i + 1, subjects.size())) {
                Comparison before = one.compare(subjects.get(i), subject);
                Comparison after = other.compare(subjects.get(i), subject);
                if (before != null && after != null && isContradiction(before, after)) {
                    output.printf(
                            "%s: %s beside %s: %s, and in the other run %s%n",
                            figure.title(),
                            subjects.get(i),
                            subject,
                            Soundness.words(before.ratio()),
                            Soundness.words(after.ratio()));
                }
            }
        }
    }

    private boolean isContradiction(Comparison before, Comparison after) {
        boolean firstTells = before.order() != Order.NOT_TOLD_APART;
        boolean secondTells = after.order() != Order.NOT_TOLD_APART;
        if (!firstTells && !secondTells) {
            open++;
        } else if (firstTells != secondTells) {
            once++;
        } else if (before.order() == after.order()) {
            same++;
        } else {
            contradictions++;
            return true;
        }
        return false;
    }
}
