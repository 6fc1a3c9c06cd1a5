// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

/** Which of two scores is the better one. */
public enum Direction {
    HIGHER_IS_BETTER("higher is better"),
    LOWER_IS_BETTER("lower is better");

    private final String words;

    Direction(String words) {
        this.words = words;
    }

    /** As it stands beside a chart. */
    public String words() {
        return words;
    }
}
