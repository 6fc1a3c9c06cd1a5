// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.UsageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What will be run, in order, and what cannot be.
 *
 * @param charts one after the other
 * @param refusals what was asked for and cannot run, with the reason
 */
record Plan(List<Chart> charts, Map<Piece, String> refusals) {
    /** Makes it for this machine. */
    static Plan of(BenchOptions options) throws UsageException {
        return new Planner(options).plan();
    }

    /** The lines of all charts. */
    List<Piece> pieces() {
        return charts.stream().flatMap(chart -> chart.pieces().stream()).toList();
    }

    /**
     * What is left when these are done: charts as a whole, for figures of other rounds have no
     * ratio.
     */
    Plan without(Set<Piece> done) {
        return new Plan(
                charts.stream().filter(chart -> !done.containsAll(chart.pieces())).toList(),
                refusals);
    }

    /**
     * The charts in the order to measure them, since there may be no time for the last: those of
     * the quick set come first, and then sections take turns.
     */
    List<Chart> inOrder() {
        Map<Chart, Integer> turns = new HashMap<>();
        Map<String, Integer> sections = new HashMap<>();
        for (Chart chart : charts) {
            boolean first = chart.isHeadline();
            turns.put(chart, first ? 0 : sections.merge(chart.chapter(), 1, Integer::sum));
        }
        List<Chart> ordered = new ArrayList<>(charts);
        ordered.sort(Comparator.comparing(turns::get));
        return ordered;
    }

    /**
     * As it is carried out if each chart takes as long as planned; what there is no time for is
     * left out.
     *
     * @param limit seconds; 0 for as long as it takes
     * @param leastSeries how many series each chart has to have
     */
    Plan fitting(double limit, int leastSeries) {
        if (limit == 0) {
            return this;
        }
        List<Chart> fitting = new ArrayList<>();
        Map<Piece, String> others = new LinkedHashMap<>(refusals);
        double left = limit * Measuring.RESERVE;
        double planned = seconds();
        for (Chart chart : inOrder()) {
            Chart fitted = chart.within(left * chart.seconds() / planned, left, leastSeries);
            planned -= chart.seconds();
            if (fitted == null) {
                chart.pieces().forEach(piece -> others.put(piece, "no time for it"));
            } else {
                fitting.add(fitted);
                left -= fitted.seconds();
            }
        }
        return new Plan(fitting, others);
    }

    double seconds() {
        return charts.stream().mapToDouble(Chart::seconds).sum();
    }
}
