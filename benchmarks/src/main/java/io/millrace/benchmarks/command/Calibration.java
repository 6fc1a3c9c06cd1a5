// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.Interruption;
import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.paired.PairedRun;
import io.millrace.benchmarks.process.ProcessRounds;
import io.millrace.benchmarks.report.Measurement;
import io.millrace.benchmarks.server.ServerKinds;
import io.millrace.benchmarks.statistics.Comparison;
import io.millrace.benchmarks.statistics.Interval;
import io.millrace.benchmarks.statistics.Rounds;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The same ratios from two sides: echo as JMH measures it in rounds, and as the comparison of
 * processes does, of the same servers. Where their intervals have nothing in common, one of them is
 * wrong.
 */
final class Calibration {
    private static final List<String> SERVERS =
            List.of(
                    "c-epoll",
                    "c-liburing",
                    "c-libuv",
                    "epoll",
                    "io_uring",
                    "nio",
                    "netty-epoll",
                    "netty-io_uring");

    private static final int BYTES = 64;
    private static final int[] CONNECTIONS = {64, 512};
    private static final int REPETITIONS = 20;
    private static final double SECONDS = 0.3;

    private final BenchOptions options;
    private final PrintStream output;
    private final PrintStream errors;

    Calibration(BenchOptions options, PrintStream output, PrintStream errors) {
        this.options = options;
        this.output = output;
        this.errors = errors;
    }

    /** Returns whether all that was compared agrees. */
    boolean run() throws IOException, UsageException {
        List<String> servers = new ArrayList<>();
        for (String server : SERVERS) {
            try {
                servers.add(ServerKinds.usable(server).name());
            } catch (IllegalArgumentException e) {
                output.println("left out: " + e.getMessage());
            }
        }
        Interruption interruption = new Interruption(() -> {}, () -> errors.println("interrupted"));
        Map<String, Map<String, Rounds>> paired = paired(servers, interruption);
        if (interruption.hasBegun()) {
            return false;
        }
        Map<String, Map<String, Rounds>> processes =
                ProcessRounds.measure(
                        servers,
                        List.copyOf(paired.keySet()),
                        options.jmh().getMeasurementIterations().orElse(REPETITIONS),
                        SECONDS,
                        errors::println);
        interruption.disarm();
        boolean agree = true;
        for (Map.Entry<String, Map<String, Rounds>> shape : paired.entrySet()) {
            agree &=
                    compare(
                            shape.getKey(),
                            shape.getValue(),
                            processes.getOrDefault(shape.getKey(), Map.of()));
        }
        return agree;
    }

    private Map<String, Map<String, Rounds>> paired(List<String> servers, Interruption interruption)
            throws IOException {
        Measuring measuring =
                new Measuring(options, OutputStream.nullOutputStream(), interruption::hasBegun);
        Map<String, Map<String, Rounds>> paired = new LinkedHashMap<>();
        for (int connections : CONNECTIONS) {
            Suite.Entry entry = Suite.echo(connections, BYTES);
            List<Piece> pieces = new ArrayList<>();
            for (String server : servers) {
                pieces.add(new Piece(entry.chapter(), entry.topic(), entry.parameters(), server));
            }
            Chart chart = new Chart(pieces, entry.timing().with(options.jmh()));
            PairedRun run = measuring.measure(chart, errors::println);
            run.failures().forEach((server, why) -> output.println(server + " failed: " + why));
            Map<String, Rounds> costs = new LinkedHashMap<>();
            for (Measurement bar : Scores.deciding(chart, run.rounds())) {
                Rounds rounds = bar.rounds();
                if (rounds != null) {
                    costs.put(bar.subject(), rounds);
                }
            }
            paired.put(connections + "/" + BYTES + "/1", costs);
        }
        return paired;
    }

    private boolean compare(
            String shape, Map<String, Rounds> paired, Map<String, Rounds> processes) {
        output.printf(
                "%n%s: CPU time of a request, ratios to the first%n%-16s %8s %-20s %8s %-20s%n",
                shape, "", "JMH µs", "ratio", "proc. µs", "ratio");
        String baseline = null;
        boolean agree = true;
        for (String server : paired.keySet()) {
            Rounds one = paired.get(server);
            Rounds other = processes.get(server);
            if (one == null || other == null) {
                continue;
            }
            baseline = baseline == null ? server : baseline;
            Interval left = ratio(paired, server, baseline);
            Interval right = ratio(processes, server, baseline);
            boolean overlap =
                    left == null
                            || right == null
                            || (left.low() <= right.high() && right.low() <= left.high());
            agree &= overlap;
            output.printf(
                    Locale.ROOT,
                    "%-16s %8.2f %-20s %8.2f %-20s %s%n",
                    server,
                    Interval.median(one.all()),
                    left == null ? "1" : Soundness.words(left),
                    Interval.median(other.all()),
                    right == null ? "1" : Soundness.words(right),
                    overlap ? "" : "DISAGREE");
        }
        return agree;
    }

    private static @Nullable Interval ratio(
            Map<String, Rounds> costs, String server, String baseline) {
        Rounds own = costs.get(server);
        Rounds base = costs.get(baseline);
        if (own == null || base == null || server.equals(baseline)) {
            return null;
        }
        return Comparison.of(own, base, Comparison.shared(costs.size())).ratio();
    }
}
