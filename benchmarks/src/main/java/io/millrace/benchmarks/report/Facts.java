// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import java.util.List;

/**
 * Facts that belong together.
 *
 * @param title above them
 * @param facts in the order to show them
 */
public record Facts(String title, List<Fact> facts) {
    public Facts {
        facts = List.copyOf(facts);
    }
}
