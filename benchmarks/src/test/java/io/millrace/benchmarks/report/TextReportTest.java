// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The table on the terminal. */
class TextReportTest {
    private static final Figure RATE =
            new Figure("Tasks", "one thread", "tasks/s", Direction.HIGHER_IS_BETTER);
    private static final Figure TIME = new Figure("Turn", "", "ns", Direction.LOWER_IS_BETTER);

    @Test
    void hasALineForEverySubjectOfEveryFigure() {
        Section section =
                new Section(
                        "jmh",
                        "Loop",
                        "",
                        "nio",
                        List.of(
                                Measurement.of(RATE, "epoll", 2_500_000, List.of(2e6, 3e6)),
                                Measurement.of(TIME, "epoll", 250, List.of(249.0, 251.0)),
                                Measurement.of(RATE, "nio", 1_000_000, List.of(1e6)),
                                Measurement.of(TIME, "nio", 1000, List.of()),
                                Measurement.without(TIME, "select", "failed: it did")));

        assertEquals(
                """
                Tasks, one thread: tasks/s, higher is better
                  epoll                 2,500,000    ±20 %  2.50× nio
                  nio                   1,000,000

                Turn: ns, lower is better
                  epoll                       250   ±0.4 %  4.00× nio
                  nio                       1,000
                  select             failed: it did
                """,
                TextReport.of(List.of(section)));
    }

    @Test
    void numbersHaveThreeDigitsThatCount() {
        assertEquals("1,234,568", Numbers.score(1_234_567.8));
        assertEquals("12.3", Numbers.score(12.345));
        assertEquals("0.0123", Numbers.score(0.012345));
        assertEquals("< 0.001", Numbers.score(0.00001));
        assertEquals("0", Numbers.score(0));
    }
}
