// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.statistics;

import java.util.ArrayList;
import java.util.List;

/**
 * The figures of one subject, one for each round. Rounds are grouped into series: those of a series
 * are of the same processes, the next series has new ones.
 *
 * @param series the figures of each series; a round is at the same place for every subject
 */
public record Rounds(List<List<Double>> series) {
    public Rounds {
        series = series.stream().map(List::copyOf).toList();
    }

    /** All figures, series after series. */
    public List<Double> all() {
        return series.stream().flatMap(List::stream).toList();
    }

    /**
     * These figures over the other's, round by round.
     *
     * @throws IllegalArgumentException if the other has other rounds
     */
    Rounds over(Rounds other) {
        List<List<Double>> ratios = new ArrayList<>();
        if (series.size() != other.series.size()) {
            throw new IllegalArgumentException("other series: " + this + " and " + other);
        }
        for (int i = 0; i < series.size(); i++) {
            ratios.add(over(series.get(i), other.series.get(i)));
        }
        return new Rounds(ratios);
    }

    private static List<Double> over(List<Double> some, List<Double> others) {
        if (some.size() != others.size()) {
            throw new IllegalArgumentException("other rounds: " + some + " and " + others);
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            ratios.add(some.get(i) / others.get(i));
        }
        return ratios;
    }
}
