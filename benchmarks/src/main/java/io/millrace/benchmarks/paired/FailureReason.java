// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.paired;

import java.util.List;

/** Finds the one line that matters in all that JMH and a failed process have printed. */
final class FailureReason {
    /** How our own checks speak, from within the measured process, perhaps in JMH's line. */
    private static final String OURS = "benchmark failed: ";

    private static final String ITERATION_FAILED = "<failure>";
    private static final String VIRTUAL_MACHINE =
            "(Unrecognized|Invalid|Error|Could not|Exception in thread|# There is insufficient).*";
    private static final int LONGEST = 300;

    private FailureReason() {}

    /** The reason in {@code output}, or {@code otherwise} if it has none. */
    static String in(String output, String otherwise) {
        List<String> lines = output.lines().map(String::strip).filter(s -> !s.isEmpty()).toList();
        String end = otherwise.lines().findFirst().orElse("");
        String reason =
                lines.stream()
                        .filter(line -> line.matches(VIRTUAL_MACHINE))
                        .findFirst()
                        .map(line -> end + ": " + line)
                        .orElse(end);
        for (int i = lines.size() - 1; i >= 0; i--) {
            String line = lines.get(i);
            int ours = line.indexOf(OURS);
            if (ours >= 0) {
                return shorten(line.substring(ours + OURS.length()));
            }
            if (line.endsWith(ITERATION_FAILED) && i + 1 < lines.size()) {
                reason = lines.get(i + 1);
                return shorten(reason);
            }
        }
        return shorten(reason);
    }

    /** Without the packages of exceptions, which say nothing to a reader. */
    private static String shorten(String reason) {
        String plain = reason.replaceAll("\\b(?:[a-z_0-9]+\\.)+(\\w*(?:Exception|Error))\\b", "$1");
        return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST) + " …";
    }
}
