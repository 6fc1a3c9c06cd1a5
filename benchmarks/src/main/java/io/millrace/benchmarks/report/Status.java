// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import java.util.List;

/**
 * What stands at the top of a page: whether its figures are to be relied upon.
 *
 * @param sound whether the run ended with 0
 * @param disturbed whether others used the machine meanwhile
 * @param headline in one sentence
 * @param remarks on the machine and on how far a subject differed from itself
 */
public record Status(boolean sound, boolean disturbed, String headline, List<String> remarks) {
    public Status {
        remarks = List.copyOf(remarks);
    }
}
