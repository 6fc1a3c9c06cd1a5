// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.CpuProfiler;
import io.millrace.benchmarks.LatencyProfiler;
import io.millrace.benchmarks.cpu.Usage;
import io.millrace.benchmarks.paired.Turn;
import io.millrace.benchmarks.report.Direction;
import io.millrace.benchmarks.report.Figure;
import io.millrace.benchmarks.report.Measurement;
import io.millrace.benchmarks.statistics.Interval;
import io.millrace.benchmarks.statistics.Rounds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the turns of a chart gave, as the report shows it. */
final class Scores {
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;

    /** A loop that has less to do waits for those that hand over tasks. */
    private static final double LOOP_IS_BUSY = 0.9;

    private static final String LOOP_HAD_TIME =
            "the loop was not busy all the time, so this is the rate of those that hand over";

    /** The suffix of what JMH's profiler of garbage collection calls it. */
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private final Chart chart;
    private final Map<String, List<List<Turn>>> rounds;

    private Scores(Chart chart, Map<String, List<List<Turn>>> rounds) {
        this.chart = chart;
        this.rounds = rounds;
    }

    /**
     * Of every subject that has rounds: what decides first, which is the CPU time of an operation
     * where there is one.
     */
    static Map<String, List<Measurement>> of(Chart chart, Map<String, List<List<Turn>>> rounds) {
        Scores scores = new Scores(chart, rounds);
        Map<String, List<Measurement>> all = new LinkedHashMap<>();
        rounds.keySet().forEach(subject -> all.put(subject, scores.all(subject)));
        return all;
    }

    /** What decides, while a chart is measured. */
    static List<Measurement> deciding(Chart chart, Map<String, List<List<Turn>>> rounds) {
        List<Measurement> bars = new ArrayList<>();
        of(chart, rounds)
                .forEach(
                        (subject, scores) -> {
                            if (!scores.isEmpty()) {
                                bars.add(scores.get(0));
                            }
                        });
        return bars;
    }

    private List<Measurement> all(String subject) {
        Topic topic = chart.topic();
        List<Measurement> all = new ArrayList<>();
        if (!topic.operation().isEmpty()) {
            boolean load =
                    topic.subjects() == Subjects.TIMERS || topic.subjects() == Subjects.FILES;
            add(
                    all,
                    subject,
                    ": CPU time",
                    (topic.subjects() == Subjects.TIMERS ? "ns per " : "µs per ")
                            + topic.operation(),
                    load ? CpuProfiler.ALL : CpuProfiler.SERVER,
                    topic.subjects() == Subjects.TIMERS ? timerFactor() : 1 / NANOS_PER_MICRO,
                    null);
        }
        addPrimary(all, subject);
        if (topic.latencies()) {
            addLatency(all, subject, ": latency, median", LatencyProfiler.LABEL + Turn.MEDIAN);
            addLatency(
                    all, subject, ": latency, 99th percentile", LatencyProfiler.LABEL + Turn.TAIL);
        }
        addLatency(all, subject, ", 99th percentile", Turn.PRIMARY + Turn.TAIL);
        for (String name : names(subject)) {
            if (name.endsWith(ALLOCATED)) {
                add(all, subject, ": allocated", "B per operation", name, 1, null);
            }
        }
        return all;
    }

    private void addPrimary(List<Measurement> all, String subject) {
        Rounds values = values(subject, Turn.PRIMARY, primaryFactor());
        if (values != null) {
            all.add(
                    Measurement.paired(
                            chart.piece(subject).figure(), subject, values, unranked(), null));
        }
    }

    private void addLatency(List<Measurement> all, String subject, String what, String name) {
        add(all, subject, what, "µs", name, 1, loadWasBusy() ? Measurement.LOAD_WAS_BUSY : null);
    }

    /** A figure that is the better the smaller it is. */
    private void add(
            List<Measurement> all,
            String subject,
            String what,
            String unit,
            String name,
            double factor,
            @Nullable String unranked) {
        Rounds values = values(subject, name, factor);
        if (values != null) {
            String quantity = chart.topic().quantity().replaceAll(", mean$", "") + what;
            Figure figure = chart.piece(subject).figure(quantity, unit, Direction.LOWER_IS_BETTER);
            all.add(Measurement.paired(figure, subject, values, unranked, null));
        }
    }

    /** Null if one of the turns did not give it. */
    private @Nullable Rounds values(String subject, String name, double factor) {
        List<List<Double>> series = new ArrayList<>();
        int number = 0;
        for (List<Turn> turns : rounds.getOrDefault(subject, List.of())) {
            List<Double> values = new ArrayList<>();
            for (Turn turn : turns) {
                Double value = turn.values().get(name);
                if (value == null || !(value > 0)) {
                    return null;
                }
                values.add(value * factor);
                number++;
            }
            series.add(values);
        }
        return number == 0 ? null : new Rounds(series);
    }

    private Iterable<String> names(String subject) {
        return rounds.getOrDefault(subject, List.of()).stream()
                .flatMap(List::stream)
                .flatMap(turn -> turn.values().keySet().stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** From JMH's unit to ours. */
    private double primaryFactor() {
        return chart.topic().subjects() == Subjects.TIMERS ? NANOS_PER_MILLI * timerFactor() : 1;
    }

    private double timerFactor() {
        return 1.0 / chart.pieces().get(0).number("timers");
    }

    private @Nullable String unranked() {
        if (loadWasBusy()) {
            return Measurement.LOAD_WAS_BUSY;
        }
        boolean tasks =
                chart.topic().subjects() == Subjects.LOOPS && !chart.topic().operation().isEmpty();
        return tasks && hasShare(CpuProfiler.SERVER_SHARE, 0, LOOP_IS_BUSY) ? LOOP_HAD_TIME : null;
    }

    private boolean loadWasBusy() {
        return chart.topic().subjects() == Subjects.SERVERS
                && hasShare(CpuProfiler.LOAD_SHARE, Usage.LOAD_IS_BUSY, Double.MAX_VALUE);
    }

    /** Whether the usual share of a CPU lies within these for one of the subjects. */
    private boolean hasShare(String name, double least, double most) {
        for (String subject : rounds.keySet()) {
            Rounds shares = values(subject, name, 1);
            if (shares != null) {
                double usual = Interval.median(shares.all());
                if (usual >= least && usual < most) {
                    return true;
                }
            }
        }
        return false;
    }
}
