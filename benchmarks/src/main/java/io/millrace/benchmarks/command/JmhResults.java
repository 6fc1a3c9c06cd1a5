// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;

/** JMH's JSON, which is an array of results, put together from single ones. */
final class JmhResults {
    private JmhResults() {}

    /** The element that a result makes. */
    static String element(RunResult result) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        try (PrintStream output = new PrintStream(json, false, StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, output)
                    .writeOut(List.of(result));
        }
        return elements(json.toString(StandardCharsets.UTF_8));
    }

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
