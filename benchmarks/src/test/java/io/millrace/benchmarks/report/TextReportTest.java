// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.benchmarks.statistics.Rounds;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table on the terminal. */
class TextReportTest {
    private static final Figure COST =
            new Figure("Echo: CPU time", "64 B", "µs", Direction.LOWER_IS_BETTER);
    private static final Figure RATE =
            new Figure("Tasks", "one thread", "tasks/s", Direction.HIGHER_IS_BETTER);

    @Test
    void groupsThatAreToldApartAreNumberedAndTheBestComesFirst() {
        Section section =
                new Section(
                        "jmh",
                        "Echo",
                        "",
                        "nio",
                        List.of(
                                cost("nio", 2),
                                cost("poll", 2.02),
                                cost("epoll", 1.5),
                                Measurement.without(COST, "select", "failed: it did")));

        assertEquals(
                """
                Echo: CPU time, 64 B: µs, lower is better
                  2 of 3 pairs told apart; ratios to nio, 20 rounds in 2 series
                   1 epoll                       1.5  0.75 (0.75–0.75)
                   2 nio                           2  1
                     poll                       2.02  1.01 (1.01–1.01)
                     select             failed: it did
                """,
                TextReport.of(List.of(section)));
    }

    @Test
    void whereTheLoadWasTheLimitThereIsNoOrder() {
        Section section =
                new Section(
                        "jmh",
                        "Loop",
                        "",
                        "nio",
                        List.of(rate("nio", 1_000_000), rate("epoll", 2_500_000)));

        assertEquals(
                """
                Tasks, one thread: tasks/s, higher is better
                  not ranked: the load was busy; ratios to nio, 20 rounds in 2 series
                     nio                   1,000,000  1
                     epoll                 2,500,000  2.50 (2.50–2.50)
                """,
                TextReport.of(List.of(section)));
    }

    @Test
    void fewRoundsHaveNoIntervalAndNoOrder() {
        Section section =
                new Section(
                        "jmh",
                        "Echo",
                        "",
                        "nio",
                        List.of(
                                few("nio", 1.0, 1.0),
                                few("epoll", 0.5, 0.5),
                                Measurement.without(COST, "poll", "not run: why")));

        assertEquals(
                """
                Echo: CPU time, 64 B: µs, lower is better
                  not told apart: of 6 rounds that it takes there are 2; ratios to nio, 2 rounds
                     nio                           1  1
                     epoll                       0.5  0.50 (?)
                     poll               not run: why
                """,
                TextReport.of(List.of(section)));
    }

    @Test
    void theTopSaysHowFarToRelyOnItAndTheEndWhatToUse() {
        Report report =
                Report.EMPTY.withStatus(
                        new Status(true, false, "Complete: all", List.of("load average: 0.00")),
                        List.of(new Answer("files", "best epoll", "the rest")));

        assertEquals(
                """
                Complete: all
                  load average: 0.00


                Which to use for …
                  files: best epoll; not known: the rest
                """,
                TextReport.of(report));
    }

    @Test
    void numbersHaveThreeDigitsThatCount() {
        assertEquals("1,234,568", Numbers.score(1_234_567.8));
        assertEquals("12.3", Numbers.score(12.345));
        assertEquals("0.0123", Numbers.score(0.012345));
        assertEquals("< 0.001", Numbers.score(0.00001));
        assertEquals("0", Numbers.score(0));
    }

    private static Measurement cost(String subject, double value) {
        return Measurement.paired(COST, subject, rounds(value), null, null);
    }

    private static Measurement rate(String subject, double value) {
        return Measurement.paired(RATE, subject, rounds(value), "the load was busy", null);
    }

    private static Measurement few(String subject, double... values) {
        List<Double> rounds = new ArrayList<>();
        for (double value : values) {
            rounds.add(value);
        }
        return Measurement.paired(COST, subject, new Rounds(List.of(rounds)), null, null);
    }

    private static Rounds rounds(double value) {
        List<Double> series = java.util.Collections.nCopies(10, value);
        return new Rounds(List.of(series, series));
    }
}
