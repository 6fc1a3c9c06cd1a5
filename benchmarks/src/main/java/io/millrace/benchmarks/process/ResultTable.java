// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.statistics.Comparison;
import io.millrace.benchmarks.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** Shows results as a table for each shape. */
final class ResultTable {
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double KIBIBYTES_PER_MEBIBYTE = 1024;
    private static final String GAP = "  ";

    private static final List<String> HEADINGS =
            List.of(
                    "server",
                    "CPU µs/request",
                    "ratio",
                    "requests/s",
                    "ratio",
                    "heap B/request",
                    "p50 µs",
                    "p99 µs",
                    "p99.9 µs",
                    "CPUs server+load",
                    "RSS MiB",
                    "disturbed");

    private final Results results;

    private ResultTable(Results results) {
        this.results = results;
    }

    static String of(Results results) {
        return new ResultTable(results).text();
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (Shape shape : results.shapes()) {
            List<String> servers = results.measured(shape);
            if (!servers.isEmpty()) {
                text.append(shape.words()).append(" (").append(shape).append(")\n");
                text.append(table(shape, servers)).append('\n');
            }
        }
        for (Candidate candidate : results.candidates()) {
            String refusal = candidate.refusal();
            if (refusal != null) {
                text.append(line("not run", candidate.name(), refusal));
            }
            for (Shape shape : results.shapes()) {
                if (refusal == null && !candidate.serves(shape)) {
                    String most = "it serves at most " + candidate.mostConnections();
                    text.append(line("not run with " + shape, candidate.name(), most));
                }
            }
        }
        results.failures().forEach((server, reason) -> text.append(line("out", server, reason)));
        return text.toString();
    }

    private static String line(String what, String server, String reason) {
        return what + ": " + server + ": " + reason + "\n";
    }

    private String table(Shape shape, List<String> servers) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (String server : servers) {
            rows.add(row(shape, server, servers.get(0)));
        }
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int width = width(rows, column);
                String padding = " ".repeat(width - row.get(column).length());
                line.append(column == 0 ? "" : GAP);
                line.append(column == 0 ? row.get(column) + padding : padding + row.get(column));
            }
            table.append(line.toString().stripTrailing()).append('\n');
        }
        return table.toString();
    }

    private static int width(List<List<String>> rows, int column) {
        return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private List<String> row(Shape shape, String server, String baseline) {
        List<Sample> samples = results.of(server, shape);
        ToDoubleFunction<Sample> cpu = sample -> sample.window().cpuMicrosPerRequest();
        ToDoubleFunction<Sample> rate = sample -> sample.window().requestsPerSecond();
        long disturbed = samples.stream().filter(each -> each.window().disturbed()).count();
        long resident = samples.stream().mapToLong(Sample::residentKibibytes).max().orElse(0);
        return List.of(
                server,
                number("%.2f", median(shape, server, cpu)),
                ratio(shape, results.ratios(server, baseline, shape, cpu)),
                number("%,.0f", median(shape, server, rate)),
                ratio(shape, results.ratios(server, baseline, shape, rate)),
                allocation(shape, server),
                micros(shape, server, sample -> sample.window().p50Nanos()),
                micros(shape, server, sample -> sample.window().p99Nanos()),
                micros(shape, server, sample -> sample.window().p999Nanos()),
                number(
                                "%.2f",
                                median(
                                        shape,
                                        server,
                                        sample -> sample.window().usage().serverCpus()))
                        + number(
                                "+%.2f",
                                median(
                                        shape,
                                        server,
                                        sample -> sample.window().usage().loadCpus())),
                number("%.0f", resident / KIBIBYTES_PER_MEBIBYTE),
                disturbed + "/" + samples.size());
    }

    /** Of the heap only: what a native server, or a buffer outside of it, takes is not known. */
    private String allocation(Shape shape, String server) {
        double bytes = median(shape, server, sample -> sample.window().allocatedBytesPerRequest());
        return Double.isNaN(bytes) ? "-" : number("%,.0f", bytes);
    }

    private double median(Shape shape, String server, ToDoubleFunction<Sample> figure) {
        return Interval.median(List.copyOf(results.figures(server, shape, figure).values()));
    }

    private String micros(Shape shape, String server, ToDoubleFunction<Sample> nanos) {
        return number("%,.0f", median(shape, server, nanos) / NANOS_PER_MICRO);
    }

    /** The baseline has no repetition in common if it was interrupted before its first. */
    private String ratio(Shape shape, List<Double> ratios) {
        if (ratios.isEmpty()) {
            return "-";
        }
        Interval ratio = Interval.of(ratios, Comparison.shared(results.measured(shape).size()));
        if (ratio.low() == ratio.high()) {
            return number("%.2f", ratio.median());
        }
        return ratio.isKnown()
                ? String.format(
                        Locale.ROOT, "%.2f (%.2f-%.2f)", ratio.median(), ratio.low(), ratio.high())
                : number("%.2f (?)", ratio.median());
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
