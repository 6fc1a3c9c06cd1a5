// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import io.millrace.benchmarks.statistics.Comparison;
import io.millrace.benchmarks.statistics.Comparison.Order;
import io.millrace.benchmarks.statistics.Interval;
import io.millrace.benchmarks.statistics.Ranking;
import io.millrace.benchmarks.statistics.Rounds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the rounds of one chart say, and what they leave open. */
public final class Verdict {
    private final Figure figure;
    private final Map<String, Rounds> subjects = new LinkedHashMap<>();
    private final @Nullable String baseline;
    private final @Nullable String unranked;

    private Verdict(Figure figure, List<Measurement> bars, @Nullable String preferred) {
        this.figure = figure;
        List<Integer> shape = null;
        for (Measurement bar : bars) {
            Rounds rounds = bar.rounds();
            if (rounds != null) {
                List<Integer> own = rounds.series().stream().map(List::size).toList();
                shape = shape == null ? own : shape;
                if (shape.equals(own)) {
                    subjects.put(bar.subject(), rounds);
                }
            }
        }
        baseline = subjects.size() < 2 ? null : baseline(preferred);
        unranked =
                bars.stream()
                        .map(Measurement::unranked)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElse(null);
    }

    /**
     * Of one chart.
     *
     * @param bars all of one figure
     * @param preferred the subject to compare with, if it was measured
     */
    public static Verdict of(Figure figure, List<Measurement> bars, @Nullable String preferred) {
        return new Verdict(figure, bars, preferred);
    }

    private String baseline(@Nullable String preferred) {
        if (preferred != null && subjects.containsKey(preferred)) {
            return preferred;
        }
        String last = "";
        for (String name : subjects.keySet()) {
            last = name;
        }
        return last;
    }

    /** What ratios are to, or null if nothing is compared. */
    public @Nullable String baseline() {
        return baseline;
    }

    /** A subject's figures over the baseline's; null for the baseline and for what has none. */
    public @Nullable Interval ratio(String subject) {
        Rounds own = subjects.get(subject);
        Rounds other = baseline == null ? null : subjects.get(baseline);
        if (own == null || other == null || subject.equals(baseline)) {
            return null;
        }
        return Comparison.of(own, other, doubt()).ratio();
    }

    /**
     * The groups that are told apart, the best one first. One group if nothing is; none if there is
     * nothing to compare, or no order to be told.
     */
    public List<List<String>> groups() {
        if (baseline == null || unranked != null) {
            return List.of();
        }
        List<List<String>> groups = new ArrayList<>(Ranking.of(subjects));
        if (figure.direction() == Direction.HIGHER_IS_BETTER) {
            Collections.reverse(groups);
        }
        return groups;
    }

    /** Why it has no order, or null. */
    public @Nullable String unranked() {
        return unranked;
    }

    /** How two subjects compare, by all that was measured; null if one of them has no figures. */
    public @Nullable Comparison compare(String first, String second) {
        Rounds one = subjects.get(first);
        Rounds other = subjects.get(second);
        return one == null || other == null ? null : Comparison.of(one, other, doubt());
    }

    /** All that have figures, in the order of the chart. */
    public List<String> subjects() {
        return List.copyOf(subjects.keySet());
    }

    /** Those that nobody is told to be better than. */
    public List<String> unbeaten() {
        Order worse = figure.direction() == Direction.LOWER_IS_BETTER ? Order.GREATER : Order.LESS;
        List<String> unbeaten = new ArrayList<>(subjects.keySet());
        unbeaten.removeIf(
                name ->
                        subjects.keySet().stream()
                                .map(other -> compare(name, other))
                                .anyMatch(pair -> pair != null && pair.order() == worse));
        return unbeaten;
    }

    /** Pairs that are told apart. */
    public int told() {
        return Ranking.toldApart(subjects);
    }

    /** All pairs. */
    public int pairs() {
        return subjects.size() * (subjects.size() - 1) / 2;
    }

    /** The widest interval of a ratio to the baseline: half of it, as a part of the ratio. */
    public double widest() {
        double widest = 0;
        for (String subject : subjects.keySet()) {
            Interval ratio = ratio(subject);
            widest = Math.max(widest, ratio == null ? 0 : ratio.halfWidth());
        }
        return widest;
    }

    /** In one line, what stands below the title. */
    public String words() {
        if (baseline == null) {
            return "";
        }
        if (unranked != null) {
            return "not ranked: " + unranked;
        }
        int rounds = subjects.getOrDefault(baseline, new Rounds(List.of())).all().size();
        int fewest = Interval.fewest(doubt());
        if (rounds < fewest) {
            return "not told apart: of " + fewest + " rounds that it takes there are " + rounds;
        }
        int told = told();
        String some = told + " of " + pairs() + " pairs told apart";
        if (groups().size() > 1) {
            return some;
        }
        return told == 0 ? "not told apart" : some + ", but no groups";
    }

    /** The rounds in words. */
    public String rounds() {
        Rounds any = baseline == null ? null : subjects.get(baseline);
        if (any == null) {
            return "";
        }
        int series = any.series().size();
        return any.all().size() + " rounds" + (series > 1 ? " in " + series + " series" : "");
    }

    private double doubt() {
        return Comparison.shared(subjects.size());
    }
}
