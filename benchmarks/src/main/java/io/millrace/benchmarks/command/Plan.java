// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.UsageException;
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

    double seconds() {
        return charts.stream().mapToDouble(Chart::seconds).sum();
    }
}
