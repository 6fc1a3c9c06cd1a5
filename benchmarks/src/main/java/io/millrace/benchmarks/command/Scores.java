// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.LatencyProfiler;
import io.millrace.benchmarks.report.Direction;
import io.millrace.benchmarks.report.Figure;
import io.millrace.benchmarks.report.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** What JMH measured, as the report shows it: the samples of a score are its iterations. */
final class Scores {
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double MEDIAN = 50;
    private static final double TAIL = 99;

    /** The suffix of what JMH's profiler of garbage collection calls it. */
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Piece piece;
    private final RunResult result;

    private Scores(Piece piece, RunResult result) {
        this.piece = piece;
        this.result = result;
    }

    /** The primary score first. */
    static List<Measurement> of(Piece piece, RunResult result) {
        return new Scores(piece, result).all();
    }

    private List<Measurement> all() {
        List<Measurement> all = new ArrayList<>();
        all.add(primary());
        Result<?> latency = result.getSecondaryResults().get(LatencyProfiler.LABEL);
        if (latency != null) {
            String quantity = piece.topic().quantity() + ": latency";
            for (double percentile : new double[] {MEDIAN, TAIL}) {
                all.add(
                        percentile(
                                latency(quantity, percentile),
                                latency,
                                percentile,
                                iteration ->
                                        iteration
                                                .getSecondaryResults()
                                                .get(LatencyProfiler.LABEL)));
            }
        }
        if (result.getParams().getMode() == Mode.SampleTime) {
            String quantity = piece.topic().quantity().replaceAll(", mean$", "");
            all.add(
                    percentile(
                            latency(quantity, TAIL),
                            result.getPrimaryResult(),
                            TAIL,
                            IterationResult::getPrimaryResult));
        }
        result.getSecondaryResults()
                .forEach(
                        (name, value) -> {
                            if (name.endsWith(ALLOCATED)) {
                                all.add(allocated(value));
                            }
                        });
        return all;
    }

    private Measurement primary() {
        Topic topic = piece.topic();
        Result<?> primary = result.getPrimaryResult();
        boolean known = primary.getScoreUnit().equals(topic.jmhUnit());
        double factor = known ? factor() : 1;
        Figure figure =
                known
                        ? piece.figure()
                        : piece.figure(topic.quantity(), primary.getScoreUnit(), topic.direction());
        return Measurement.of(
                figure,
                piece.subject(),
                primary.getScore() * factor,
                samples(iteration -> iteration.getPrimaryResult().getScore() * factor));
    }

    /** From JMH's unit to ours. */
    private double factor() {
        return piece.topic().subjects() == Subjects.TIMERS
                ? NANOS_PER_MILLI / piece.number("timers")
                : 1;
    }

    private Figure latency(String quantity, double percentile) {
        String which = percentile == MEDIAN ? ", median" : ", 99th percentile";
        return piece.figure(quantity + which, "µs", Direction.LOWER_IS_BETTER);
    }

    private Measurement percentile(
            Figure figure,
            Result<?> total,
            double percentile,
            java.util.function.Function<IterationResult, @Nullable Result<?>> part) {
        return Measurement.of(
                figure,
                piece.subject(),
                total.getStatistics().getPercentile(percentile),
                samples(
                        iteration -> {
                            Result<?> of = part.apply(iteration);
                            return of == null
                                    ? Double.NaN
                                    : of.getStatistics().getPercentile(percentile);
                        }));
    }

    private Measurement allocated(Result<?> value) {
        Figure figure =
                piece.figure(
                        piece.topic().quantity() + ": allocated",
                        "B per operation",
                        Direction.LOWER_IS_BETTER);
        return Measurement.of(figure, piece.subject(), value.getScore(), List.of());
    }

    private List<Double> samples(ToDoubleFunction<IterationResult> score) {
        List<Double> samples = new ArrayList<>();
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                double sample = score.applyAsDouble(iteration);
                if (Double.isFinite(sample)) {
                    samples.add(sample);
                }
            }
        }
        return samples;
    }
}
