// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.report.Fact;
import io.millrace.benchmarks.report.Facts;
import io.millrace.benchmarks.report.MachineFacts;
import io.millrace.benchmarks.report.Report;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.ServerKinds;
import io.millrace.benchmarks.timer.TimerKind;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What to know of a run beside its figures: options, plan, machine and peers. */
final class RunFacts {
    /** Of the block about this run. */
    static final String TITLE = "Run";

    private final OffsetDateTime begun = OffsetDateTime.now(ZoneId.systemDefault());
    private final long startNanos = System.nanoTime();
    private final List<Facts> constant = new ArrayList<>(MachineFacts.all());
    private final BenchOptions options;
    private final Plan plan;

    RunFacts(BenchOptions options, Plan plan, List<Facts> resumed) {
        this.options = options;
        this.plan = plan;
        constant.addAll(resumed);
        constant.add(new Facts("Peers, as their documentation recommends", peers()));
    }

    Report addTo(Report report, String state) {
        Report complete = report.withFacts(new Facts(TITLE, run(state)));
        for (Facts facts : constant) {
            complete = complete.withFacts(facts);
        }
        return complete;
    }

    private List<Fact> run(String state) {
        List<Fact> facts = new ArrayList<>();
        facts.add(new Fact("begun", begun.format(DateTimeFormatter.RFC_1123_DATE_TIME)));
        facts.add(new Fact("state", state));
        facts.add(
                new Fact(
                        "took",
                        Progress.time((System.nanoTime() - startNanos) / 1e9)
                                + " min, planned "
                                + Progress.time(plan.seconds())));
        facts.add(new Fact("set", options.set()));
        facts.add(new Fact("options", options.toString()));
        facts.add(new Fact("each virtual machine", timings()));
        facts.add(
                new Fact(
                        "client",
                        "one thread of the same process with a selector, neither Millrace nor a"
                                + " peer; the same for all, over the loopback interface"));
        return facts;
    }

    private String timings() {
        return plan.charts().stream()
                .map(chart -> words(chart.timing()))
                .distinct()
                .reduce((one, other) -> one + "; or " + other)
                .orElse("none");
    }

    private static String words(Timing timing) {
        return String.format(
                Locale.ROOT,
                "%d warm-up iterations of %s, then turns of %s, there and back in every round",
                timing.warmups(),
                length(timing.warmupMillis()),
                length(timing.turnMillis()));
    }

    private static String length(long millis) {
        return millis == 0 ? "one shot" : millis + " ms";
    }

    private static List<Fact> peers() {
        List<Fact> facts = new ArrayList<>();
        for (ServerKind peer : ServerKinds.peers()) {
            String refusal = peer.refusal();
            facts.add(
                    new Fact(
                            peer.name(),
                            refusal == null
                                    ? peer.description()
                                    : peer.description() + "; cannot run here: " + refusal));
        }
        facts.add(new Fact(TimerKind.NETTY_WHEEL, "HashedWheelTimer, 512 ticks of 10 ms"));
        facts.add(
                new Fact(
                        TimerKind.JDK_SCHEDULER,
                        "ScheduledThreadPoolExecutor, one thread, removes on cancel"));
        return facts;
    }
}
