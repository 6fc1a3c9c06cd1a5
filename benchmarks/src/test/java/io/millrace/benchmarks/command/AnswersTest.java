// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.benchmarks.report.Answer;
import io.millrace.benchmarks.report.Direction;
import io.millrace.benchmarks.report.Figure;
import io.millrace.benchmarks.report.Measurement;
import io.millrace.benchmarks.report.Section;
import io.millrace.benchmarks.statistics.Rounds;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The list of what to use says no more than the charts. */
class AnswersTest {
    private static final String MANY = "64 connections, 64 B, 1 in flight";
    private static final Figure COST =
            new Figure("Messages echoed: CPU time", MANY, "µs", Direction.LOWER_IS_BETTER);
    private static final Figure RATE =
            new Figure("Messages echoed", MANY, "messages/s", Direction.HIGHER_IS_BETTER);
    private static final Figure MEDIAN =
            new Figure("Messages echoed: latency, median", MANY, "µs", Direction.LOWER_IS_BETTER);

    @Test
    void whatSpeaksForTheFirstChoiceIsSaidByUse() {
        List<Answer> answers =
                answers(
                        bar(COST, "io_uring", 9),
                        bar(COST, "epoll", 10),
                        bar(RATE, "io_uring", 100),
                        bar(RATE, "epoll", 100),
                        bar(MEDIAN, "io_uring", 11),
                        bar(MEDIAN, "epoll", 10));

        Answer last = answers.get(answers.size() - 1);
        assertEquals("io_uring before epoll, as without a wish", last.use());
        assertEquals(
                "for it, many connections: CPU time 0.90 (0.90–0.90); against it, many"
                        + " connections: latency, median 1.10 (1.10–1.10)",
                last.known());
        assertEquals("many connections: rate", last.open());
    }

    @Test
    void whereOneOfThemIsMissingNothingIsSaidOfTheChoice() {
        List<Answer> answers = answers(bar(COST, "nio", 9), bar(COST, "epoll", 10));

        assertTrue(answers.stream().noneMatch(answer -> answer.use().contains("wish")));
        Answer many = answers.get(1);
        assertEquals("CPU time: best nio, then epoll", many.known());
        assertEquals("nothing: not measured", answers.get(0).known());
    }

    /** A row of many, each too near to the next one, has no groups; but who is behind is known. */
    @Test
    void whereNoGroupsAreToldTheUnbeatenAre() {
        List<Answer> answers =
                answers(
                        bar(COST, "io_uring", 10),
                        bar(COST, "epoll", 10.15),
                        bar(COST, "nio", 10.3),
                        bar(COST, "poll", 10.45));

        Answer many = answers.get(1);
        assertEquals("CPU time: nobody is told to be better than io_uring / epoll", many.known());
        assertEquals("CPU time: any other order", many.open());
    }

    private static List<Answer> answers(Measurement... bars) {
        return Answers.of(
                List.of(new Section(Findings.SOURCE, "Echo", "", "epoll", List.of(bars))));
    }

    private static Measurement bar(Figure figure, String subject, double value) {
        List<Double> series = Collections.nCopies(10, value);
        return Measurement.paired(figure, subject, new Rounds(List.of(series, series)), null, null);
    }
}
