// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.cpu.Usage;
import io.millrace.benchmarks.report.Direction;
import io.millrace.benchmarks.report.Figure;
import io.millrace.benchmarks.report.Measurement;
import io.millrace.benchmarks.report.Section;
import io.millrace.benchmarks.statistics.Rounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Puts results into the terms of the report. */
final class ReportSection {
    private static final String RATE = "Requests answered";
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double KIBIBYTES_PER_MEBIBYTE = 1024;

    private final Results results;
    private final List<Measurement> measurements = new ArrayList<>();

    private ReportSection(Results results) {
        this.results = results;
    }

    static Section of(Results results) {
        return new ReportSection(results).section();
    }

    /** Whose section it is. */
    static String source(Results results) {
        Protocol protocol = results.protocol();
        return "processes" + (protocol == Protocol.ECHO ? "" : "-" + protocol.label());
    }

    private Section section() {
        for (Shape shape : results.shapes()) {
            add(
                    shape,
                    "CPU time per request",
                    "µs",
                    Direction.LOWER_IS_BETTER,
                    sample -> sample.window().cpuMicrosPerRequest());
            add(
                    shape,
                    RATE,
                    "requests/s",
                    Direction.HIGHER_IS_BETTER,
                    sample -> sample.window().requestsPerSecond());
            add(
                    shape,
                    "Latency, 99th percentile",
                    "µs",
                    Direction.LOWER_IS_BETTER,
                    sample -> sample.window().p99Nanos() / NANOS_PER_MICRO);
            add(
                    shape,
                    "Allocated on the heap per request",
                    "B",
                    Direction.LOWER_IS_BETTER,
                    sample -> sample.window().allocatedBytesPerRequest());
            add(
                    shape,
                    "Resident memory",
                    "MiB",
                    Direction.LOWER_IS_BETTER,
                    sample -> sample.residentKibibytes() / KIBIBYTES_PER_MEBIBYTE);
        }
        return new Section(
                source(results),
                results.protocol().title() + " servers as processes",
                "Each server is a process on one CPU, loaded from another by the same client, which"
                        + " compares every byte. A score is the median of the repetitions, in each"
                        + " of which every server had its turn there and back.",
                baseline(),
                measurements);
    }

    private @Nullable String baseline() {
        return results.shapes().stream()
                .flatMap(shape -> results.measured(shape).stream())
                .findFirst()
                .orElse(null);
    }

    private void add(
            Shape shape,
            String quantity,
            String unit,
            Direction direction,
            ToDoubleFunction<Sample> score) {
        Figure figure = new Figure(quantity, shape.words(), unit, direction);
        Map<String, String> failures = results.failures();
        for (Candidate candidate : results.candidates()) {
            String name = candidate.name();
            List<Double> samples = List.copyOf(results.figures(name, shape, score).values());
            if (samples.stream().anyMatch(value -> value.isNaN())) {
                String note = "not known of programs that are no virtual machines of this jar";
                measurements.add(Measurement.without(figure, name, note));
            } else if (!samples.isEmpty()) {
                measurements.add(measurement(figure, name, shape, samples));
            } else if (failures.containsKey(name)) {
                String note = "failed: " + failures.get(name);
                measurements.add(Measurement.without(figure, name, note));
            } else {
                String note = "not run: " + reason(candidate, shape);
                measurements.add(Measurement.without(figure, name, note));
            }
        }
    }

    /** Every server that did not fail has had all repetitions, which are one series. */
    private Measurement measurement(Figure figure, String name, Shape shape, List<Double> samples) {
        List<Sample> runs = results.of(name, shape);
        long disturbed = runs.stream().filter(run -> run.window().disturbed()).count();
        return Measurement.paired(
                figure,
                name,
                new Rounds(List.of(samples)),
                unranked(figure, shape),
                disturbed == 0 ? null : disturbed + " of " + runs.size() + " runs disturbed");
    }

    /** A rate says nothing of servers that were waiting for the load. */
    private @Nullable String unranked(Figure figure, Shape shape) {
        if (!figure.quantity().equals(RATE)) {
            return null;
        }
        boolean busy =
                results.samples().stream()
                        .filter(sample -> sample.shape().equals(shape))
                        .anyMatch(
                                sample -> sample.window().usage().loadCpus() >= Usage.LOAD_IS_BUSY);
        return busy ? Measurement.LOAD_WAS_BUSY : null;
    }

    private static String reason(Candidate candidate, Shape shape) {
        String refusal = candidate.refusal();
        if (refusal != null) {
            return refusal;
        }
        return candidate.serves(shape)
                ? "interrupted before"
                : "it serves at most " + candidate.mostConnections() + " connections";
    }
}
