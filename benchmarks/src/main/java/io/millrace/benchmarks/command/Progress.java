// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.paired.PairedRun;
import io.millrace.benchmarks.report.Measurement;
import io.millrace.benchmarks.report.Verdict;
import io.millrace.benchmarks.statistics.Comparison;
import io.millrace.benchmarks.statistics.Comparison.Order;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Says how far a run is, how long it will still take, as planned but at the pace so far and no
 * longer than it may, and what the rounds have yet to decide.
 */
final class Progress {
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int SECONDS_PER_MINUTE = 60;
    private static final int PERCENT = 100;

    /** Before that, the pace is that of the plan. */
    private static final double SETTLED_SECONDS = 20;

    private final PrintStream output;
    private final int charts;
    private final double limitSeconds;
    private final long startNanos = System.nanoTime();
    private double plannedLeft;
    private double plannedDone;
    private double current;
    private int number;

    /**
     * At the begin of a run.
     *
     * @param limitSeconds how long it may take; 0 for as long as it takes
     */
    Progress(PrintStream output, Plan plan, double limitSeconds) {
        this.output = output;
        this.limitSeconds = limitSeconds;
        charts = plan.charts().size();
        plannedLeft = plan.seconds();
    }

    double elapsedSeconds() {
        return (System.nanoTime() - startNanos) / (double) NANOS_PER_SECOND;
    }

    /** How much longer everything takes than planned. */
    private double pace() {
        return plannedDone < SETTLED_SECONDS ? 1 : elapsedSeconds() / plannedDone;
    }

    /** What everything would take that is not measured yet, even if there is no time for it. */
    double secondsLeft() {
        return plannedLeft * pace();
    }

    private double secondsUntilEnd() {
        double unlimited = secondsLeft();
        double left =
                limitSeconds == 0
                        ? unlimited
                        : Math.min(unlimited, limitSeconds - elapsedSeconds());
        return Math.max(0, left);
    }

    /**
     * A chart begins.
     *
     * @param planned seconds, as at first planned
     */
    void begin(Chart chart, double planned) {
        number++;
        plannedLeft += chart.seconds() - planned;
        current = chart.seconds();
        say(
                String.format(
                        Locale.ROOT,
                        "%s: %d subjects, %d series of %d rounds",
                        chart.title(),
                        chart.pieces().size(),
                        chart.timing().series(),
                        chart.timing().rounds()));
    }

    /** A series has more rounds, or the chart more series. */
    void update(String what) {
        output.println("    " + what);
    }

    void end(String outcome) {
        plannedLeft -= current;
        plannedDone += current;
        update(outcome);
    }

    /** A chart is not begun at all. */
    void skip(Chart chart) {
        number++;
        plannedLeft -= chart.seconds();
        say(chart.title() + ": left out");
    }

    private void say(String what) {
        output.printf(
                Locale.ROOT,
                "[%d/%d] %s left: %s%n",
                number,
                charts,
                time(secondsUntilEnd()),
                what);
        output.flush();
    }

    /** What the rounds so far have decided, and what comes next. */
    static String decided(Chart chart, PairedRun run) {
        List<Measurement> bars = Scores.deciding(chart, run.rounds());
        if (bars.size() < 2) {
            return "";
        }
        Verdict verdict = verdict(bars);
        String told = verdict.told() + " of " + verdict.pairs() + " pairs told apart";
        double widest = verdict.widest();
        String width =
                Double.isFinite(widest)
                        ? String.format(Locale.ROOT, ", intervals to ±%.1f %%", PERCENT * widest)
                        : ", too few rounds for intervals yet";
        String next = deciding(verdict, bars);
        return verdict.rounds() + ": " + told + width + (next == null ? "" : "; deciding " + next);
    }

    /** Of what decides. */
    static Verdict verdict(List<Measurement> bars) {
        return Verdict.of(
                bars.get(0).figure(),
                bars,
                Findings.baseline(bars.stream().map(Measurement::subject).toList()));
    }

    /** The pair that is nearest to being told apart. */
    private static @Nullable String deciding(Verdict verdict, List<Measurement> bars) {
        String nearest = null;
        double farthest = 0;
        for (int i = 0; i < bars.size(); i++) {
            for (Measurement other : bars.subList(i + 1, bars.size())) {
                Comparison pair = verdict.compare(bars.get(i).subject(), other.subject());
                if (pair == null || pair.order() != Order.NOT_TOLD_APART) {
                    continue;
                }
                double distance = Math.abs(Math.log(pair.ratio().median()));
                if (distance >= farthest) {
                    farthest = distance;
                    nearest =
                            bars.get(i).subject()
                                    + " against "
                                    + other.subject()
                                    + ": "
                                    + Soundness.words(pair.ratio());
                }
            }
        }
        return nearest;
    }

    /** Minutes and seconds. */
    static String time(double seconds) {
        long whole = Math.round(seconds);
        return String.format(
                Locale.ROOT, "%d:%02d", whole / SECONDS_PER_MINUTE, whole % SECONDS_PER_MINUTE);
    }
}
