// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.report.Facts;
import io.millrace.benchmarks.report.Measurement;
import io.millrace.benchmarks.report.Report;
import io.millrace.benchmarks.report.ReportDirectory;
import io.millrace.benchmarks.report.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a report directory holds of a run that was interrupted, or in which something failed: the
 * figures that need not be measured again, and how they were measured.
 */
final class EarlierRun {
    /** For a run that begins anew. */
    static final EarlierRun NONE = new EarlierRun(Report.EMPTY, "");

    private final Report report;
    private final String results;

    private EarlierRun(Report report, String results) {
        this.report = report;
        this.results = results;
    }

    /** Of nothing, if the directory is empty. */
    static EarlierRun in(ReportDirectory directory) throws IOException {
        Path file = directory.file(ReportDirectory.JMH_RESULTS);
        String results = Files.exists(file) ? elements(file) : "";
        return new EarlierRun(directory.read(), results);
    }

    private static String elements(Path file) throws IOException {
        String array = Files.readString(file).strip();
        if (!array.startsWith("[") || !array.endsWith("]") || array.length() < 2) {
            throw new IOException(
                    file + " is not a whole list of results; remove it and resume again");
        }
        return JmhResults.elements(array);
    }

    /** The figures of those pieces that have some. */
    Map<Piece, List<Measurement>> of(List<Piece> pieces) {
        Map<Piece, List<Measurement>> measured = new LinkedHashMap<>();
        for (Piece piece : pieces) {
            List<Measurement> scores = of(piece);
            if (!scores.isEmpty()) {
                measured.put(piece, scores);
            }
        }
        return measured;
    }

    private List<Measurement> of(Piece piece) {
        List<Measurement> scores = new ArrayList<>();
        for (Section section : sections()) {
            scores.addAll(section.measurements());
        }
        scores.removeIf(score -> score.score() == null || !piece.isSourceOf(score));
        return scores;
    }

    /** What a plan does not ask for, by the titles of its sections. */
    Map<String, List<Measurement>> beside(Plan plan) {
        Map<String, List<Measurement>> chapters = new LinkedHashMap<>();
        for (Section section : sections()) {
            List<Measurement> scores = new ArrayList<>(section.measurements());
            scores.removeIf(
                    score ->
                            plan.pieces().stream().anyMatch(piece -> piece.isSourceOf(score))
                                    || plan.refusals().keySet().stream()
                                            .anyMatch(piece -> piece.isSourceOf(score)));
            if (!scores.isEmpty()) {
                chapters.put(section.title(), scores);
            }
        }
        return chapters;
    }

    private List<Section> sections() {
        return report.sections().stream()
                .filter(section -> section.source().equals(Findings.SOURCE))
                .toList();
    }

    /** When and with what options it ran, under titles that no other run has. */
    List<Facts> facts() {
        List<Facts> facts = new ArrayList<>();
        for (Facts run : report.facts()) {
            if (run.title().equals(RunFacts.TITLE)) {
                String begun = run.facts().isEmpty() ? "" : run.facts().get(0).value();
                facts.add(new Facts("Resumed: run of " + begun, run.facts()));
            } else if (run.title().startsWith("Resumed: ")) {
                facts.add(run);
            }
        }
        return facts;
    }

    /** What JMH said, in its format, without the brackets around it; may be empty. */
    String results() {
        return results;
    }
}
