// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.paired.PairedRun;
import io.millrace.benchmarks.report.Measurement;
import io.millrace.benchmarks.report.Report;
import io.millrace.benchmarks.report.ReportDirectory;
import io.millrace.benchmarks.report.Section;
import io.millrace.benchmarks.report.Status;
import io.millrace.benchmarks.server.ServerKinds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one call of the bench has found out so far. Its report is written after every chart, so
 * there is one whatever happens. Any thread.
 */
final class Findings {
    /** The source of our sections; those of others in the same report stay. */
    static final String SOURCE = "jmh";

    private static final String PREFERRED_BASELINE = "nio";

    private final Plan plan;
    private final ReportDirectory directory;
    private final RunFacts facts;
    private final Map<Piece, List<Measurement>> measured;

    /** Figures of an earlier run that asked for more, by chapter. */
    private final Map<String, List<Measurement>> besidePlan;

    /** In JMH's format, one for each result but the first, which has all earlier ones. */
    private final List<String> results = new ArrayList<>();

    private final Soundness soundness = new Soundness();
    private int done;
    private int leftOut;
    private int failures;
    private boolean frozen;
    private boolean closed;

    Findings(BenchOptions options, Plan plan) throws IOException {
        this.plan = plan;
        directory = new ReportDirectory(options.output());
        EarlierRun earlier = options.resume() ? EarlierRun.in(directory) : EarlierRun.NONE;
        measured = earlier.of(plan.pieces());
        besidePlan = earlier.beside(plan);
        plan.without(measured.keySet()).pieces().forEach(measured::remove);
        done = measured.size();
        results.add(earlier.results());
        facts = new RunFacts(options, plan, earlier.facts());
    }

    /** What has not been measured by an earlier run. */
    synchronized Plan remaining() {
        return plan.without(measured.keySet());
    }

    /** Takes what a chart has given. */
    synchronized void add(Chart chart, PairedRun run) throws IOException {
        if (frozen) {
            return;
        }
        done += chart.pieces().size();
        failures += run.failures().size();
        run.results().forEach(result -> results.add(JmhResults.elements(result)));
        Scores.of(chart, run.rounds())
                .forEach((subject, scores) -> measured.put(chart.piece(subject), scores));
        run.failures()
                .forEach(
                        (subject, reason) -> {
                            Piece piece = chart.piece(subject);
                            measured.put(piece, List.of(without(piece, "failed: " + reason)));
                        });
        soundness.add(run);
        write("So far " + progress());
    }

    synchronized void leaveOut(Chart chart, String reason) {
        leftOut += chart.pieces().size();
        for (Piece piece : chart.pieces()) {
            measured.put(piece, List.of(without(piece, "not run: " + reason)));
        }
    }

    /** Whether all that the top of the page claims is well. */
    synchronized boolean isSound() {
        return status("").sound();
    }

    private Status status(String state) {
        return soundness.status(state, failures, sections());
    }

    synchronized String progress() {
        return done
                + " of "
                + plan.pieces().size()
                + " subjects measured"
                + (leftOut == 0 ? "" : ", " + leftOut + " left out for want of time");
    }

    /** Takes nothing any more. */
    synchronized void freeze() {
        frozen = true;
    }

    /** Writes the report as it is at the end, once. */
    synchronized void close(String state) throws IOException {
        if (!closed) {
            freeze();
            write(state);
            closed = true;
        }
    }

    /** Begins with what is resumed or an empty report, so that nothing old is taken for new. */
    synchronized void open() throws IOException {
        write("Begun");
    }

    synchronized List<Section> sections() {
        Map<String, List<Measurement>> chapters = new LinkedHashMap<>();
        besidePlan.forEach((chapter, scores) -> chapters.put(chapter, new ArrayList<>(scores)));
        for (Piece piece : plan.pieces()) {
            List<Measurement> scores = measured.get(piece);
            if (scores != null) {
                chapter(chapters, piece).addAll(scores);
            }
        }
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

    private static @Nullable String baseline(List<Measurement> scores) {
        Set<String> subjects = new LinkedHashSet<>();
        for (Measurement score : scores) {
            if (score.score() != null) {
                subjects.add(score.subject());
            }
        }
        return subjects.size() < 2 ? null : baseline(subjects);
    }

    /** Our portable backend, else the last of what is compared. */
    static String baseline(Collection<String> subjects) {
        String last = PREFERRED_BASELINE;
        for (String subject : subjects) {
            if (subject.equals(PREFERRED_BASELINE)) {
                return subject;
            }
            last = subject.endsWith(ServerKinds.AGAIN) ? last : subject;
        }
        return last;
    }

    private static Measurement without(Piece piece, String note) {
        return Measurement.without(piece.figure(), piece.subject(), note);
    }

    private void write(String state) throws IOException {
        directory.replace(ReportDirectory.JMH_RESULTS, JmhResults.array(results));
        List<Section> sections = sections();
        Report report =
                directory
                        .read()
                        .replacing(SOURCE, sections)
                        .withStatus(status(state), Answers.of(sections));
        directory.write(facts.addTo(report, state));
    }

    Report report() throws IOException {
        return directory.read();
    }

    ReportDirectory directory() {
        return directory;
    }
}
