// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.server.ServerKinds;
import io.millrace.benchmarks.statistics.Comparison;
import io.millrace.benchmarks.statistics.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What the bench chooses to run, and how long that takes. */
class PlanTest {
    /** The most that one machine has: kqueue is never where io_uring and epoll are. */
    private static final int MOST_BACKENDS = 6;

    @Test
    void theQuickSetOfAMachineWithEveryBackendFitsIntoItsTime() throws Exception {
        assertFits(MOST_BACKENDS, 0, BenchOptions.parse());
    }

    @Test
    void soDoesTheSetWithPeers() throws Exception {
        assertFits(MOST_BACKENDS, ServerKinds.peers().size(), BenchOptions.parse("--peers"));
    }

    /** With rounds enough to tell all of them apart. */
    private static void assertFits(int backends, int peers, BenchOptions options)
            throws UsageException {
        List<Chart> charts = plan("--backends", "nio").charts();
        ToDoubleFunction<Chart> planned =
                chart ->
                        chart.timing()
                                .seconds(
                                        subjects(chart, backends, peers),
                                        chart.topic().overheadSeconds());
        double all = charts.stream().mapToDouble(planned).sum();
        for (Chart chart : charts) {
            int subjects = subjects(chart, backends, peers);
            double overhead = chart.topic().overheadSeconds();
            double share = options.limitSeconds() * 0.95 * planned.applyAsDouble(chart) / all;
            Timing timing = chart.timing().within(share, subjects, overhead);
            assertNotNull(timing, chart.title());
            assertTrue(timing.seconds(subjects, overhead) <= share, chart.title());
            int rounds = timing.rounds() * timing.series();
            assertTrue(
                    rounds >= Interval.fewest(Comparison.shared(subjects)),
                    rounds + " rounds of " + chart.title());
        }
    }

    private static int subjects(Chart chart, int backends, int peers) {
        return backends + (chart.topic().subjects() == Subjects.FILES ? Math.min(1, peers) : peers);
    }

    @Test
    void moreTimeIsUsedForMoreSeries() {
        Timing timing = new Timing(5, 350, 6, 150, 2);

        Timing quick = timing.within(70, 6, 1.3);
        Timing longer = timing.within(700, 6, 1.3);

        assertEquals(2, quick.series());
        assertTrue(longer.series() > 5, longer.toString());
        assertTrue(longer.rounds() >= quick.rounds(), longer.toString());
        assertNull(timing.within(5, 6, 1.3));
    }

    /** What was the time for all of it gave each chart rounds that told nothing. */
    @Test
    void whereTimeIsShortFewerChartsAreMeasuredButAllOfThoseTell() throws Exception {
        Plan all = plan("--full", "--backends", "nio", "--filter", "server=(nio|netty-|java-nio)");

        Plan half = all.fitting(all.seconds() / 4, 2);

        assertTrue(half.seconds() <= all.seconds() / 4, () -> "it takes " + half.seconds());
        assertTrue(half.charts().stream().allMatch(Chart::canTell), half::toString);
        assertTrue(half.charts().stream().allMatch(chart -> chart.timing().series() > 1));
        assertTrue(half.charts().size() < all.charts().size(), "all fit");
        assertEquals(
                all.pieces().size() + all.refusals().size(),
                half.pieces().size() + half.refusals().size(),
                "what there is no time for is named");
        assertTrue(half.charts().get(0).isHeadline());
        long headlines = all.charts().stream().filter(Chart::isHeadline).count();
        assertEquals(headlines, half.charts().stream().filter(Chart::isHeadline).count());
        assertEquals(all, all.fitting(0, 2));
    }

    /** Three rounds in two series are one too few for three subjects. */
    @Test
    void everyChartOfTheFullSetHasRoundsEnoughToTell() throws Exception {
        List<Chart> few = new ArrayList<>(plan("--full").charts());
        few.removeIf(Chart::canTell);

        assertEquals(List.of(), few.stream().map(Chart::title).toList());
    }

    @Test
    void whatIsNotInTheQuickSetIsMeasuredInTurnsOfTheSections() throws Exception {
        List<Chart> ordered = plan("--full", "--backends", "nio").inOrder();

        List<Chart> others = new ArrayList<>(ordered);
        others.removeIf(Chart::isHeadline);
        Set<String> sections =
                others.stream().map(Chart::chapter).collect(Collectors.toCollection(TreeSet::new));
        Set<String> begun =
                others.subList(0, sections.size()).stream()
                        .map(Chart::chapter)
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(sections, begun);
        assertEquals(ordered.size(), plan("--full", "--backends", "nio").charts().size());
    }

    @Test
    void aPlanThatFitsIsMeasuredWhole() throws Exception {
        Plan all = plan("--full", "--backends", "nio", "--filter", "server=nio$");

        Plan fitting = all.fitting(all.seconds() * 1.2, 2);

        assertEquals(all.charts().size(), fitting.charts().size());
        assertEquals(all.refusals(), fitting.refusals());
    }

    @Test
    void theQuickSetHasEveryBackendThatWorksHere() throws Exception {
        Set<String> usable =
                ServerKinds.backends().stream()
                        .filter(kind -> kind.refusal() == null)
                        .map(kind -> kind.name())
                        .collect(Collectors.toCollection(TreeSet::new));

        Set<String> twice = new TreeSet<>(usable);
        twice.add("nio-again");
        assertEquals(twice, subjects(plan(), "Echo.roundTrip"));
        assertEquals(
                usable,
                subjects(plan("--full"), "WakeUp.sleepingLoop").stream()
                        .filter(usable::contains)
                        .collect(Collectors.toCollection(TreeSet::new)));
        assertEquals(3, subjects(plan("--full"), "Timers.insert").size());
    }

    @Test
    void theFullSetAndThatOfTlsHaveEveryBenchmarkThereIs() throws Exception {
        Set<String> there = new TreeSet<>();
        var format = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
        BenchmarkList.defaultList()
                .getAll(format, List.of())
                .forEach(
                        benchmark ->
                                there.add(
                                        benchmark
                                                .getUsername()
                                                .replace("io.millrace.benchmarks.", "")));

        Set<String> planned = new TreeSet<>();
        plan("--full").pieces().forEach(piece -> planned.add(piece.topic().method()));
        plan("--tls").pieces().forEach(piece -> planned.add(piece.topic().method()));
        assertEquals(there, planned);
    }

    @Test
    void peersComeAfterBackends() throws Exception {
        List<String> servers =
                plan("--full", "--backends", "nio", "--filter", "Stream").pieces().stream()
                        .map(Piece::subject)
                        .toList();

        assertEquals("nio", servers.get(0));
        assertTrue(servers.containsAll(List.of("netty-nio", "java-nio", "java-nio2")));
        Plan timers = plan("--full", "--backends", "nio", "--filter", "fire timers=1000000 ");
        assertEquals(
                List.of("nio", "netty-wheel", "jdk-scheduler"),
                timers.pieces().stream().map(Piece::subject).toList());
    }

    @Test
    void theFilterSeesParametersAndSubject() throws Exception {
        Plan plan = plan("--filter", "^Echo.roundTrip connections=1 .*server=nio$");

        assertEquals(
                List.of("Echo.roundTrip connections=1 bytes=64 inFlight=1 server=nio"),
                plan.pieces().stream().map(Piece::id).toList());
    }

    @Test
    void parametersOfJmhReplaceThoseOfTheSet() throws Exception {
        Plan plan =
                plan(
                        "--backends=nio",
                        "--filter=Echo.r.*bytes=64 ",
                        "--jmh",
                        "-p",
                        "connections=2,3");

        assertEquals(
                List.of("2 64 1", "3 64 1"),
                plan.pieces().stream()
                        .map(piece -> String.join(" ", piece.parameters().values()))
                        .toList());
    }

    @Test
    void timesOfJmhReplaceThoseOfThePlan() throws Exception {
        double usual = plan("--backends=nio", "--filter=File").seconds();
        double shorter =
                plan("--backends=nio", "--filter=File", "--jmh", "-wi", "0", "-i", "1", "-r", "1")
                        .seconds();

        assertTrue(shorter < usual && shorter > 1, shorter + " < " + usual);
    }

    @Test
    void saysWhatABackendCannotServe() throws Exception {
        assumeTrue(
                ServerKinds.backends().stream()
                        .anyMatch(kind -> kind.name().equals("select") && kind.refusal() == null),
                "select cannot run here");
        Plan plan = plan("--backends=select", "--filter=Idle");

        assertTrue(plan.pieces().isEmpty());
        String reason = plan.refusals().values().iterator().next();
        assertTrue(reason.startsWith("can serve no more than "), reason);
    }

    @Test
    void refusesBackendsThatAreNotThere() {
        UsageException unknown =
                assertThrows(UsageException.class, () -> plan("--backends", "nio,epol"));
        assertTrue(unknown.getMessage().startsWith("no backend is called epol; there are "));
        for (var kind : ServerKinds.backends()) {
            if (kind.refusal() != null) {
                UsageException unusable =
                        assertThrows(UsageException.class, () -> plan("--backends", kind.name()));
                assertEquals(
                        kind.name() + " cannot run here: " + kind.refusal(), unusable.getMessage());
            }
        }
    }

    @Test
    void refusesAFilterThatMatchesNothing() {
        assertThrows(UsageException.class, () -> plan("--filter", "nonsense"));
    }

    @Test
    void picturesAreOfTheQuickSetOnly() throws Exception {
        Plan full = plan("--full", "--backends", "nio");
        long pictures =
                full.pieces().stream()
                        .filter(piece -> piece.subject().equals("nio"))
                        .filter(piece -> Suite.isHeadline(piece.figure()))
                        .count();

        assertEquals(plan("--backends", "nio").pieces().size(), pictures);
        assertFalse(pictures == 0);
    }

    private static Set<String> subjects(Plan plan, String method) {
        return plan.pieces().stream()
                .filter(piece -> piece.topic().method().equals(method))
                .map(Piece::subject)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Plan plan(String... arguments) throws UsageException {
        return Plan.of(BenchOptions.parse(arguments));
    }
}
