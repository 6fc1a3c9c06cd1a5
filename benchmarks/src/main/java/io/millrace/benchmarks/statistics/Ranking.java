// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.statistics;

import io.millrace.benchmarks.statistics.Comparison.Order;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Groups of subjects in order. Everybody in a group is told apart from everybody in every other
 * group; within a group nothing is claimed, though a few of it may differ from each other.
 */
public final class Ranking {
    private final Map<String, Rounds> subjects;
    private final double doubt;

    private Ranking(Map<String, Rounds> subjects) {
        this.subjects = subjects;
        doubt = Comparison.shared(subjects.size());
    }

    /**
     * The groups, that with the smallest figures first; each in the order of {@code subjects}.
     *
     * @param subjects what was measured in the same rounds, by name
     */
    public static List<List<String>> of(Map<String, Rounds> subjects) {
        return new Ranking(new LinkedHashMap<>(subjects)).groups();
    }

    /** How many pairs are told apart. */
    public static int toldApart(Map<String, Rounds> subjects) {
        Ranking ranking = new Ranking(subjects);
        List<String> names = List.copyOf(subjects.keySet());
        int told = 0;
        for (int i = 0; i < names.size(); i++) {
            for (String other : names.subList(i + 1, names.size())) {
                if (ranking.order(names.get(i), other) != Order.NOT_TOLD_APART) {
                    told++;
                }
            }
        }
        return told;
    }

    private List<List<String>> groups() {
        List<String> names = new ArrayList<>(subjects.keySet());
        List<String> sorted = new ArrayList<>(names);
        sorted.sort(Comparator.comparingDouble(this::middle));
        List<List<String>> groups = new ArrayList<>();
        List<String> group = new ArrayList<>();
        for (int i = 0; i < sorted.size(); i++) {
            group.add(sorted.get(i));
            if (i + 1 == sorted.size() || isCut(sorted, i + 1)) {
                group.sort(Comparator.comparingInt(names::indexOf));
                groups.add(List.copyOf(group));
                group.clear();
            }
        }
        return groups;
    }

    /** In the rounds all had, so that drift over time does not move one against another. */
    private double middle(String name) {
        Rounds first = subjects.values().iterator().next();
        return Interval.median(figures(name).over(first).all());
    }

    private boolean isCut(List<String> sorted, int place) {
        for (String lower : sorted.subList(0, place)) {
            for (String higher : sorted.subList(place, sorted.size())) {
                if (order(lower, higher) != Order.LESS) {
                    return false;
                }
            }
        }
        return true;
    }

    private Order order(String first, String second) {
        return Comparison.of(figures(first), figures(second), doubt).order();
    }

    private Rounds figures(String name) {
        Rounds rounds = subjects.get(name);
        if (rounds == null) {
            throw new IllegalArgumentException(name);
        }
        return rounds;
    }
}
