// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.benchmarks.statistics.Comparison.Order;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who is told apart, and how often wrongly, on a machine that drifts, bursts and stutters. */
class ComparisonTest {
    private static final int CHARTS = 400;
    private static final double FALSE_ALARMS = 0.05;
    private static final double DETECTED = 0.95;
    private static final double HANDICAP = 1.10;

    private static final List<Double> FLAT = Collections.nCopies(10, 1.0);

    @Test
    void whatEverySeriesAgreesOnIsToldApart() {
        Rounds base = new Rounds(List.of(FLAT, FLAT));

        assertEquals(
                Order.GREATER,
                Comparison.of(new Rounds(List.of(times(1.03), times(1.04))), base, 0.05).order());
        assertEquals(
                Order.LESS,
                Comparison.of(new Rounds(List.of(times(0.96), times(0.97))), base, 0.05).order());
    }

    @Test
    void whatOneSeriesContradictsIsNot() {
        Rounds other = new Rounds(List.of(times(1.2), times(1.2), times(0.99)));
        Rounds base = new Rounds(List.of(FLAT, FLAT, FLAT));

        Comparison comparison = Comparison.of(other, base, 0.05);

        assertEquals(Order.NOT_TOLD_APART, comparison.order());
        assertEquals(1.2, comparison.ratio().median());
    }

    @Test
    void aDifferenceThatNobodyNeedsIsNotTold() {
        Rounds base = new Rounds(List.of(FLAT, FLAT));

        assertEquals(
                Order.NOT_TOLD_APART,
                Comparison.of(new Rounds(List.of(times(1.015), times(1.015))), base, 0.05).order());
    }

    @Test
    void aSingleSeriesTellsLess() {
        Rounds base = new Rounds(List.of(FLAT));

        assertEquals(
                Order.NOT_TOLD_APART,
                Comparison.of(new Rounds(List.of(times(1.04))), base, 0.05).order());
        assertEquals(
                Order.GREATER, Comparison.of(new Rounds(List.of(times(1.06))), base, 0.05).order());
    }

    @Test
    void figuresOfOtherRoundsAreNotCompared() {
        Rounds base = new Rounds(List.of(FLAT));
        Rounds shorter = new Rounds(List.of(List.of(1.0)));

        assertThrows(IllegalArgumentException.class, () -> Comparison.of(base, shorter, 0.05));
    }

    /** As the bench checks itself: two series of 18 rounds, and the pair is one of three. */
    @Test
    void theSameSubjectIsNotToldApartFromItselfAndAHandicapIsFound() {
        check(3, 2, 18);
    }

    /** The same among as many subjects as all backends and peers are takes more rounds. */
    @Test
    void theSameHoldsAmongManySubjects() {
        check(15, 3, 24);
    }

    private static void check(int subjects, int series, int rounds) {
        int alarms = 0;
        int detected = 0;
        double doubt = Comparison.shared(subjects);
        for (int chart = 0; chart < CHARTS; chart++) {
            Map<String, Double> costs = new LinkedHashMap<>();
            costs.put("one", 1.0);
            costs.put("again", 1.0);
            costs.put("slower", HANDICAP);
            for (int i = costs.size(); i < subjects; i++) {
                costs.put("other " + i, 1 + 0.1 * i);
            }
            Map<String, Rounds> figures = new NoisyMachine(chart).measure(costs, series, rounds);
            alarms += order(figures, "again", doubt) == Order.NOT_TOLD_APART ? 0 : 1;
            detected += order(figures, "slower", doubt) == Order.GREATER ? 1 : 0;
        }

        String counts = alarms + " false alarms, " + detected + " detected, of " + CHARTS;
        assertTrue(alarms <= FALSE_ALARMS * CHARTS, counts);
        assertTrue(detected >= DETECTED * CHARTS, counts);
    }

    /** Whatever time there was for, the same is the same. */
    @Test
    void fewRoundsTellNothingRatherThanSomethingWrong() {
        for (int rounds = 3; rounds < 10; rounds++) {
            int alarms = 0;
            for (int chart = 0; chart < CHARTS; chart++) {
                Map<String, Rounds> figures =
                        new NoisyMachine(1000L * rounds + chart)
                                .measure(Map.of("one", 1.0, "again", 1.0), 1, rounds);
                alarms += order(figures, "again", 0.05) == Order.NOT_TOLD_APART ? 0 : 1;
            }
            assertTrue(alarms <= FALSE_ALARMS * CHARTS, alarms + " with " + rounds + " rounds");
        }
    }

    private static Order order(Map<String, Rounds> figures, String name, double doubt) {
        return Comparison.of(figures.get(name), figures.get("one"), doubt).order();
    }

    private static List<Double> times(double factor) {
        return Collections.nCopies(FLAT.size(), factor);
    }
}
