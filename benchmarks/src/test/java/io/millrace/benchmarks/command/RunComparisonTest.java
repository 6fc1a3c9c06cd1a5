// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.report.Direction;
import io.millrace.benchmarks.report.Figure;
import io.millrace.benchmarks.report.Measurement;
import io.millrace.benchmarks.report.Report;
import io.millrace.benchmarks.report.ReportDirectory;
import io.millrace.benchmarks.report.Section;
import io.millrace.benchmarks.statistics.Rounds;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two runs contradict each other only where both have told a pair apart. */
class RunComparisonTest {
    private static final Figure ECHO = figure("Echo");
    private static final Figure CHURN = figure("Churn");

    @TempDir private Path directory;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();

    @Test
    void theSameOrderIsNoContradiction() throws Exception {
        write("one", bar(ECHO, "nio", 10), bar(ECHO, "epoll", 8));
        write("two", bar(ECHO, "nio", 20), bar(ECHO, "epoll", 17));

        assertTrue(compare());

        assertLine("charts in both: 1, of which not ranked in one of them: 0; in one only: 0");
        assertLine("pairs told apart by both, in the same order: 1");
    }

    @Test
    void whatOneOfThemLeavesOpenIsNoContradiction() throws Exception {
        write("one", bar(ECHO, "nio", 10), bar(ECHO, "epoll", 8), bar(ECHO, "poll", 10));
        write("two", bar(ECHO, "nio", 10), bar(ECHO, "epoll", 10.1), bar(ECHO, "poll", 10));

        assertTrue(compare());

        assertLine("pairs told apart by one of them only: 2");
        assertLine("pairs told apart by neither: 1");
    }

    @Test
    void oppositeOrdersAreListedWithBothRatios() throws Exception {
        write("one", bar(ECHO, "nio", 10), bar(ECHO, "epoll", 8));
        write("two", bar(ECHO, "epoll", 12), bar(ECHO, "nio", 10));

        assertFalse(compare());

        assertLine(
                "Echo: nio beside epoll: 1.25 (1.25–1.25), and in the other run 0.83 (0.83–0.83)");
        assertLine("pairs told apart by both, in opposite orders: 1");
    }

    /** Figures of the load, of one run only, or of nobody claim nothing. */
    @Test
    void whatHasNoOrderIsCountedAndNotCompared() throws Exception {
        write(
                "one",
                bar(ECHO, "nio", 10),
                bar(ECHO, "epoll", 8),
                bar(CHURN, "nio", 1),
                bar(CHURN, "epoll", 2),
                Measurement.without(figure("Accept"), "nio", "failed: so it is"));
        write("two", unranked("nio", 10), unranked("epoll", 12));

        assertTrue(compare());

        assertLine("charts in both: 1, of which not ranked in one of them: 1; in one only: 1");
        assertLine("pairs told apart by neither: 0");
    }

    @Test
    void theStatusSaysWhetherTheyAgreeAndRefusesWhatIsNoReport() throws Exception {
        write("one", bar(ECHO, "nio", 10), bar(ECHO, "epoll", 8));
        write("two", bar(ECHO, "nio", 8), bar(ECHO, "epoll", 10));
        String one = directory.resolve("one").toString();
        String two = directory.resolve("two").toString();

        assertEquals(0, bench().run("--compare", one, one));
        assertEquals(1, bench().run("--compare", one, two));
        assertEquals(2, bench().run("--compare", one, directory.resolve("none").toString()));
        assertThrows(UsageException.class, () -> BenchOptions.parse("--compare", one));
    }

    private Bench bench() {
        return new Bench(print(), new PrintStream(new ByteArrayOutputStream(), true));
    }

    private boolean compare() throws Exception {
        List<Path> both = List.of(directory.resolve("one"), directory.resolve("two"));
        return new RunComparison(both, print()).run();
    }

    private PrintStream print() {
        return new PrintStream(output, true, StandardCharsets.UTF_8);
    }

    private void assertLine(String line) {
        String said = output.toString(StandardCharsets.UTF_8);
        assertTrue(said.lines().anyMatch(line::equals), said);
    }

    private void write(String name, Measurement... bars) throws Exception {
        List<Measurement> all = new ArrayList<>(Arrays.asList(bars));
        Section section = new Section(Findings.SOURCE, "Title", "Text.", "nio", all);
        new ReportDirectory(directory.resolve(name))
                .write(Report.EMPTY.replacing(Findings.SOURCE, List.of(section)));
    }

    private static Figure figure(String quantity) {
        return new Figure(quantity, "", "µs", Direction.LOWER_IS_BETTER);
    }

    private static Measurement bar(Figure figure, String subject, double value) {
        return Measurement.paired(figure, subject, rounds(value), null, null);
    }

    private static Measurement unranked(String subject, double value) {
        return Measurement.paired(ECHO, subject, rounds(value), "the load was busy", null);
    }

    private static Rounds rounds(double value) {
        List<Double> series = Collections.nCopies(10, value);
        return new Rounds(List.of(series, series));
    }
}
