// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.benchmarks.process.Statistics.Spread;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Medians, and intervals that promise what a few figures can promise. */
class StatisticsTest {
    @Test
    void theMedianIsTheMiddleOneOrHalfwayBetweenTwo() {
        assertEquals(2, Statistics.median(List.of(9.0, 1.0, 2.0)));
        assertEquals(3, Statistics.median(List.of(9.0, 1.0, 2.0, 4.0)));
        assertThrows(IllegalArgumentException.class, () -> Statistics.median(List.of()));
    }

    @Test
    void aFewFiguresHaveOnlyTheirEnds() {
        assertEquals(new Spread(5, 5, 5), Statistics.spread(List.of(5.0)));
        assertEquals(new Spread(1, 2, 3), Statistics.spread(List.of(3.0, 1.0, 2.0)));
    }

    @Test
    void moreFiguresNarrowTheIntervalAsTheTablesOfTheSignTestSay() {
        List<Integer> sizes = List.of(5, 6, 8, 9, 11, 12, 15, 20, 25);
        assertEquals(
                List.of(0, 0, 0, 1, 1, 2, 3, 5, 7),
                sizes.stream().map(Statistics::dropped).toList());
    }

    @Test
    void outliersFallOutsideOfTheInterval() {
        List<Double> figures =
                DoubleStream.concat(
                                IntStream.rangeClosed(1, 8).asDoubleStream(), DoubleStream.of(1000))
                        .boxed()
                        .toList();
        assertEquals(new Spread(2, 5, 8), Statistics.spread(figures));
    }
}
