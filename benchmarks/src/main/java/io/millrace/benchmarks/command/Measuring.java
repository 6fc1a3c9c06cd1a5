// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.paired.PairedRun;
import io.millrace.benchmarks.paired.WorkerCommand;
import io.millrace.benchmarks.paired.WorkerRequest;
import io.millrace.benchmarks.report.Measurement;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Measures charts, one after the other, each for as long as there is time for it. */
final class Measuring {
    private static final String PACKAGE = "io.millrace.benchmarks.";

    /** However wide the intervals still are. */
    private static final int MOST_SERIES = 60;

    /** Plans are never quite kept. */
    static final double RESERVE = 0.95;

    private final BenchOptions options;
    private final OutputStream log;
    private final BooleanSupplier cancelled;

    Measuring(BenchOptions options, OutputStream log, BooleanSupplier cancelled) {
        this.options = options;
        this.log = log;
        this.cancelled = cancelled;
    }

    /** The chart with the rounds that its share of the time allows; null if those are none. */
    @Nullable Chart fit(Chart chart, Progress progress) {
        if (!options.hasLimit()) {
            return chart;
        }
        double left = options.limitSeconds() * RESERVE - progress.elapsedSeconds();
        return chart.within(
                left * chart.seconds() / progress.secondsLeft(), left, options.leastSeries());
    }

    /** All series of a chart, and more of them if the intervals are to be narrower. */
    PairedRun measure(Chart chart, Consumer<String> progress) throws IOException {
        String method = PACKAGE + chart.topic().method();
        PairedRun run =
                new PairedRun(
                        chart.subjects(),
                        WorkerCommand.of(method, options.jmh()),
                        subject -> request(chart, method, subject),
                        log,
                        cancelled);
        int series = 0;
        while (series < chart.timing().series() || isTooWide(chart, run, series)) {
            series++;
            progress.accept("series " + series);
            run.series(
                    chart.timing().rounds(),
                    what -> progress.accept(what.isEmpty() ? Progress.decided(chart, run) : what));
            if (run.isStopped() || run.rounds().isEmpty()) {
                break;
            }
        }
        return run;
    }

    private boolean isTooWide(Chart chart, PairedRun run, int series) {
        double until = options.until();
        if (until == 0 || series >= MOST_SERIES) {
            return false;
        }
        List<Measurement> bars = Scores.deciding(chart, run.rounds());
        return bars.size() > 1 && Progress.verdict(bars).widest() > until;
    }

    private WorkerRequest request(Chart chart, String method, String subject) {
        Timing timing = chart.timing();
        Map<String, String> parameters = new LinkedHashMap<>(chart.parameters());
        parameters.put(chart.topic().subjects().parameter(), subject);
        return new WorkerRequest(
                method,
                parameters,
                timing.warmups(),
                timing.warmupMillis(),
                timing.turns(),
                timing.turnMillis(),
                chart.topic().latencies(),
                options.jmhArguments());
    }
}
