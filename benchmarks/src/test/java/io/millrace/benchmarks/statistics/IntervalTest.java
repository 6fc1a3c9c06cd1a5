// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Medians, and intervals that promise what a few figures can promise. */
class IntervalTest {
    @Test
    void theMedianIsTheMiddleOneOrHalfwayBetweenTwo() {
        assertEquals(2, Interval.median(List.of(9.0, 1.0, 2.0)));
        assertEquals(3, Interval.median(List.of(9.0, 1.0, 2.0, 4.0)));
        assertThrows(IllegalArgumentException.class, () -> Interval.median(List.of()));
    }

    @Test
    void aFewFiguresHaveNoInterval() {
        for (int size = 1; size < 6; size++) {
            Interval interval =
                    Interval.of(IntStream.range(0, size).asDoubleStream().boxed().toList(), 0.05);

            assertFalse(interval.isKnown(), interval.toString());
            assertEquals(Double.POSITIVE_INFINITY, interval.halfWidth());
        }
    }

    @Test
    void moreFiguresNarrowTheIntervalAsTheTablesOfTheSignTestSay() {
        List<Integer> sizes = List.of(5, 6, 8, 9, 11, 12, 15, 20, 25);
        assertEquals(
                List.of(-1, 0, 0, 1, 1, 2, 3, 5, 7),
                sizes.stream().map(size -> Interval.dropped(size, 0.05)).toList());
    }

    @Test
    void lessDoubtTakesMoreFigures() {
        assertEquals(6, Interval.fewest(0.05));
        assertEquals(10, Interval.fewest(Comparison.shared(6)));
        assertEquals(13, Interval.fewest(Comparison.shared(15)));
    }

    @Test
    void outliersFallOutsideOfTheInterval() {
        List<Double> figures =
                DoubleStream.concat(
                                IntStream.rangeClosed(1, 8).asDoubleStream(), DoubleStream.of(1000))
                        .boxed()
                        .toList();

        assertEquals(new Interval(2, 5, 8), Interval.of(figures, 0.05));
    }

    /** A figure with tails as heavy as they come: it has not even a mean. */
    @Test
    void theTrueMedianIsInsideAsOftenAsPromised() {
        SplittableRandom random = new SplittableRandom(7);
        int missed = 0;
        int trials = 4000;
        for (int trial = 0; trial < trials; trial++) {
            List<Double> figures = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                figures.add(Math.tan(Math.PI * (random.nextDouble() - 0.5)));
            }
            Interval interval = Interval.of(figures, 0.05);
            missed += interval.low() > 0 || interval.high() < 0 ? 1 : 0;
        }

        assertTrue(missed <= 0.05 * trials, missed + " of " + trials);
        assertTrue(missed > 0, "an interval that never misses promises too little");
    }
}
