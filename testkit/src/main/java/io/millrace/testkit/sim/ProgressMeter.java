// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

/**
 * Counts polls that claimed to be ready, moved nothing, and let no time pass: a spin.
 *
 * <p>Progress is a byte, a connection, an end, a command, or a wake-up. A poll that slept, or that
 * a fault lied to, is excused. What is left should be rare, and never come in long rows: a row is
 * what burns a core while every result is right.
 */
final class ProgressMeter {
    private boolean progress = true;
    private boolean excused;
    private int row;
    private int longestRow;

    /** Judges the poll that is over, with all that was done after it, and begins the next. */
    void pollBegins() {
        row = progress || excused ? 0 : row + 1;
        longestRow = Math.max(longestRow, row);
        progress = false;
        excused = false;
    }

    /** Something moved. */
    void progressed() {
        progress = true;
    }

    /** The poll in course slept, or is being lied to. */
    void excuse() {
        excused = true;
    }

    int longestStall() {
        return longestRow;
    }
}
