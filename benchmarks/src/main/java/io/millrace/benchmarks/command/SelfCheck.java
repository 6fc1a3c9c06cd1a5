// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.Interruption;
import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.millrace.SlowerKind;
import io.millrace.benchmarks.paired.Disturber;
import io.millrace.benchmarks.paired.PairedRun;
import io.millrace.benchmarks.report.Measurement;
import io.millrace.benchmarks.report.Verdict;
import io.millrace.benchmarks.server.ServerKinds;
import io.millrace.benchmarks.statistics.Comparison;
import io.millrace.benchmarks.statistics.Comparison.Order;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The bench on trial: in every chart one server is under two names, and under a third with a tenth
 * of useless work. The first two must not be told apart, the third must be told from the first.
 */
final class SelfCheck {
    private static final double USUAL_MINUTES = 20;
    private static final double SECONDS_PER_MINUTE = 60;
    private static final double MOST_ALARMS = 0.05;
    private static final double LEAST_FOUND = 0.95;
    private static final int CONNECTIONS = 64;
    private static final int BYTES = 64;

    /** Longer than other charts need: meanwhile it is found how much work adds a tenth. */
    private static final int WARMUPS = 12;

    private static final long WARMUP_MILLIS = 600;

    private final BenchOptions options;
    private final PrintStream output;
    private final PrintStream errors;
    private final List<String> backends;
    private int figures;
    private int alarms;
    private int charts;
    private int found;
    private int failures;

    SelfCheck(BenchOptions options, PrintStream output, PrintStream errors) throws UsageException {
        this.options = options;
        this.output = output;
        this.errors = errors;
        backends = Planner.backends(options);
    }

    /** Returns whether the bench can tell. */
    boolean run() throws IOException {
        Interruption interruption = new Interruption(() -> {}, this::sum);
        double seconds =
                SECONDS_PER_MINUTE * (options.minutes() > 0 ? options.minutes() : USUAL_MINUTES);
        long begun = System.nanoTime();
        Process disturber = options.disturb() ? disturb() : null;
        try {
            Measuring measuring =
                    new Measuring(options, OutputStream.nullOutputStream(), interruption::hasBegun);
            do {
                if (!measure(chart(backends.get(charts % backends.size())), measuring)) {
                    return false;
                }
            } while ((System.nanoTime() - begun) / 1e9 < seconds);
        } finally {
            if (disturber != null) {
                disturber.destroyForcibly();
            }
        }
        interruption.disarm();
        sum();
        return passes();
    }

    /** The chart of one backend. */
    private Chart chart(String backend) {
        Suite.Entry entry = Suite.echo(CONNECTIONS, BYTES);
        List<Piece> pieces = new ArrayList<>();
        for (String subject :
                List.of(backend, backend + ServerKinds.AGAIN, backend + SlowerKind.SUFFIX)) {
            pieces.add(new Piece(entry.chapter(), entry.topic(), entry.parameters(), subject));
        }
        return new Chart(
                pieces, entry.timing().warmedBy(WARMUPS, WARMUP_MILLIS).with(options.jmh()));
    }

    private static Process disturb() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx16m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Disturber.class.getName())
                .start();
    }

    /** Returns false if this process is about to end. */
    private boolean measure(Chart chart, Measuring measuring) throws IOException {
        PairedRun run = measuring.measure(chart, what -> errors.println("    " + what));
        if (run.isStopped()) {
            return false;
        }
        charts++;
        String backend = chart.subjects().get(0);
        run.failures().forEach((subject, why) -> output.println(subject + " failed: " + why));
        if (!run.failures().isEmpty()) {
            failures++;
            return true;
        }
        Map<String, List<Measurement>> scores = Scores.of(chart, run.rounds());
        int number = scores.getOrDefault(backend, List.of()).size();
        for (int i = 0; i < number; i++) {
            List<Measurement> bars = new ArrayList<>();
            for (List<Measurement> subject : scores.values()) {
                bars.add(subject.get(i));
            }
            judge(backend, bars, i == 0);
        }
        return true;
    }

    /** A figure of all three; that by which the handicap must be found is the first. */
    private void judge(String backend, List<Measurement> bars, boolean first) {
        Verdict verdict = Verdict.of(bars.get(0).figure(), bars, backend);
        Comparison again = verdict.compare(backend + ServerKinds.AGAIN, backend);
        Comparison slower = verdict.compare(backend + SlowerKind.SUFFIX, backend);
        if (verdict.unranked() != null || again == null || slower == null) {
            return;
        }
        figures++;
        boolean alarm = again.order() != Order.NOT_TOLD_APART;
        alarms += alarm ? 1 : 0;
        if (first) {
            boolean detected = slower.order() == Order.GREATER;
            found += detected ? 1 : 0;
            output.printf(
                    Locale.ROOT,
                    "%s, %s: again %s%s; slower %s%s%n",
                    backend,
                    bars.get(0).figure().title(),
                    Soundness.words(again.ratio()),
                    alarm ? " TOLD APART" : "",
                    Soundness.words(slower.ratio()),
                    detected ? "" : " NOT TOLD APART");
        } else if (alarm) {
            output.printf(
                    Locale.ROOT,
                    "%s, %s: again %s TOLD APART%n",
                    backend,
                    bars.get(0).figure().title(),
                    Soundness.words(again.ratio()));
        }
    }

    private void sum() {
        output.printf(
                Locale.ROOT,
                "told apart from itself: %d of %d figures, of which at most 5 %% may be%n"
                        + "handicap found: in %d of %d charts, of which at least 95 %% must be%n",
                alarms,
                figures,
                found,
                charts);
        output.println(passes() ? "the bench can tell" : "the bench cannot tell");
        output.flush();
    }

    private boolean passes() {
        return failures == 0 && alarms <= MOST_ALARMS * figures && found >= LEAST_FOUND * charts;
    }
}
