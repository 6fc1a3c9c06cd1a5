// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import java.util.List;
import java.util.stream.Collectors;

/** JMH's JSON, which is an array of results, put together from single ones. */
final class JmhResults {
    private JmhResults() {}

    /** What is between the brackets of an array. */
    static String elements(String array) {
        String stripped = array.strip();
        return stripped.substring(1, stripped.length() - 1).strip();
    }

    /** An array again; what is empty does not count. */
    static String array(List<String> elements) {
        return elements.stream()
                .filter(element -> !element.isEmpty())
                .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }
}
