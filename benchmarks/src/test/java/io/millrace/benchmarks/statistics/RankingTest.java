// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.statistics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** An order is only of groups that are told apart, whoever is in them. */
class RankingTest {
    private static final int CHARTS = 200;

    @Test
    void groupsAreInOrderAndTheirMembersAsTheyCame() {
        Map<String, Rounds> subjects = new LinkedHashMap<>();
        subjects.put("slow", rounds(2, 0));
        subjects.put("fast two", rounds(1.01, 0));
        subjects.put("fast one", rounds(1, 0));

        assertEquals(
                List.of(List.of("fast two", "fast one"), List.of("slow")), Ranking.of(subjects));
        assertEquals(2, Ranking.toldApart(subjects));
    }

    /** The first and the last differ, but the one between is told apart from neither. */
    @Test
    void whoIsBetweenJoinsThem() {
        Map<String, Rounds> subjects = new LinkedHashMap<>();
        subjects.put("first", rounds(1, 0));
        subjects.put("last", rounds(1.1, 0));
        subjects.put("between", rounds(1.05, 0.4));

        assertEquals(List.of(List.of("first", "last", "between")), Ranking.of(subjects));
        assertEquals(1, Ranking.toldApart(subjects));
    }

    @Test
    void aSingleSubjectIsAGroup() {
        assertEquals(List.of(List.of("it")), Ranking.of(Map.of("it", rounds(1, 0))));
    }

    /** Every order that is told must come out again when the same is measured tomorrow. */
    @Test
    void whatIsRankedTodayIsNeverRankedTheOtherWayTomorrow() {
        Map<String, Double> costs = new LinkedHashMap<>();
        for (int i = 0; i < 6; i++) {
            costs.put("subject " + i, 1 + 0.04 * i);
        }
        List<String> names = List.copyOf(costs.keySet());
        int wrong = 0;
        int ranked = 0;
        for (int chart = 0; chart < CHARTS; chart++) {
            List<List<String>> groups = Ranking.of(new NoisyMachine(chart).measure(costs, 2, 10));
            List<String> before = new ArrayList<>();
            boolean contradicted = false;
            for (List<String> group : groups) {
                for (String name : group) {
                    contradicted |=
                            before.stream()
                                    .anyMatch(
                                            better -> names.indexOf(better) > names.indexOf(name));
                }
                before.addAll(group);
            }
            wrong += contradicted ? 1 : 0;
            ranked += groups.size() > 1 ? 1 : 0;
        }

        assertTrue(wrong <= 0.05 * CHARTS, wrong + " of " + CHARTS + " are in a wrong order");
        assertTrue(ranked > 0, "nothing was ever ranked");
    }

    /** Ten rounds in two series around a cost. */
    private static Rounds rounds(double cost, double swing) {
        List<Double> series = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            series.add(cost * (1 + swing * (i % 2 == 0 ? 1 : -1) * (i + 1) / 10));
        }
        return new Rounds(List.of(series, series));
    }
}
