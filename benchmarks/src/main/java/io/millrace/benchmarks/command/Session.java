// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.report.Measurement;
import io.millrace.benchmarks.report.Report;
import io.millrace.benchmarks.report.ReportDirectory;
import io.millrace.benchmarks.report.Section;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;

/**
 * What one call of the bench has found out so far. Its report is written after every piece, so
 * there is one whatever happens. Any thread.
 */
final class Session {
    /** The source of our sections; those of others in the same report stay. */
    static final String SOURCE = "jmh";

    private static final String PREFERRED_BASELINE = "nio";

    private final Plan plan;
    private final ReportDirectory directory;
    private final RunFacts facts;
    private final Map<Piece, List<Measurement>> measured = new LinkedHashMap<>();

    /** In JMH's format, one for each result. */
    private final List<String> results = new ArrayList<>();

    private int done;
    private int failures;
    private boolean closed;

    Session(BenchOptions options, Plan plan) {
        this.plan = plan;
        directory = new ReportDirectory(options.output());
        facts = new RunFacts(options, plan);
    }

    synchronized void add(Piece piece, RunResult result) throws IOException {
        if (!closed) {
            done++;
            results.add(json(result));
            measured.put(piece, Scores.of(piece, result));
            write("so far " + progress());
        }
    }

    synchronized void addFailure(Piece piece, String reason) throws IOException {
        if (!closed) {
            done++;
            failures++;
            measured.put(piece, List.of(without(piece, "failed: " + reason)));
            write("so far " + progress());
        }
    }

    synchronized void leaveOut(Piece piece, String reason) {
        measured.put(piece, List.of(without(piece, "not run: " + reason)));
    }

    synchronized int failures() {
        return failures;
    }

    synchronized String progress() {
        return done + " of " + plan.pieces().size() + " runs";
    }

    /** Writes the report as it is at the end; what comes after it is not taken any more. */
    synchronized void close(String state) throws IOException {
        if (!closed) {
            write(state);
            closed = true;
        }
    }

    /** Begins with an empty report, so that nothing old is taken for new. */
    synchronized void open() throws IOException {
        write("begun");
    }

    synchronized List<Section> sections() {
        Map<String, List<Measurement>> chapters = new LinkedHashMap<>();
        measured.forEach((piece, scores) -> chapter(chapters, piece).addAll(scores));
        plan.refusals()
                .forEach(
                        (piece, reason) ->
                                chapter(chapters, piece).add(without(piece, "not run: " + reason)));
        List<Section> sections = new ArrayList<>();
        chapters.forEach(
                (chapter, scores) ->
                        sections.add(
                                new Section(
                                        SOURCE,
                                        chapter,
                                        Suite.text(chapter),
                                        baseline(scores),
                                        scores)));
        return sections;
    }

    private static List<Measurement> chapter(Map<String, List<Measurement>> chapters, Piece piece) {
        return chapters.computeIfAbsent(piece.chapter(), title -> new ArrayList<>());
    }

    /** Our portable backend, else the last of what is compared. */
    private static @Nullable String baseline(List<Measurement> scores) {
        Set<String> subjects = new LinkedHashSet<>();
        String last = null;
        for (Measurement score : scores) {
            if (score.score() != null && subjects.add(score.subject())) {
                last = score.subject();
            }
        }
        if (subjects.size() < 2) {
            return null;
        }
        return subjects.contains(PREFERRED_BASELINE) ? PREFERRED_BASELINE : last;
    }

    private static Measurement without(Piece piece, String note) {
        return Measurement.without(piece.figure(), piece.subject(), note);
    }

    private void write(String state) throws IOException {
        String all = results.stream().collect(Collectors.joining(",\n", "[\n", "\n]\n"));
        directory.replace(ReportDirectory.JMH_RESULTS, all);
        Report report = directory.read().replacing(SOURCE, sections());
        directory.write(facts.addTo(report, state));
    }

    /** JMH writes an array; this is what is between its brackets. */
    private static String json(RunResult result) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (PrintStream output = new PrintStream(json, false, StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, output)
                    .writeOut(List.of(result));
        }
        String array = json.toString(StandardCharsets.UTF_8).strip();
        return array.substring(1, array.length() - 1).strip();
    }

    ReportDirectory directory() {
        return directory;
    }
}
