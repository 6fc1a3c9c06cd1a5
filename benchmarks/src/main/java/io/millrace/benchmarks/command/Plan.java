// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.UsageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What will be run, in order, and what cannot be.
 *
 * @param pieces one after the other
 * @param refusals what was asked for and cannot run, with the reason
 */
record Plan(List<Piece> pieces, Map<Piece, String> refusals) {
    /** What the quick set keeps to, on any machine: what does not fit in is left out. */
    static final Duration QUICK_LIMIT = Duration.ofMinutes(8);

    /** Makes it for this machine. */
    static Plan of(BenchOptions options) throws UsageException {
        return new Planner(options).plan();
    }

    /** What is left when these are done. */
    Plan without(Set<Piece> done) {
        List<Piece> left = new ArrayList<>(pieces);
        left.removeAll(done);
        return new Plan(left, refusals);
    }

    double seconds() {
        return pieces.stream().mapToDouble(Piece::seconds).sum();
    }
}
