// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/**
 * Descriptors that came over a Unix-domain connection: the holder's, who closes them. Children of
 * the process do not inherit them.
 */
public final class Passed {
    private final int[] descriptors;
    private final boolean someWereLost;

    public Passed(int[] descriptors, boolean someWereLost) {
        this.descriptors = descriptors.clone();
        this.someWereLost = someWereLost;
    }

    /** A copy, in the order in which they were passed. */
    public int[] descriptors() {
        return descriptors.clone();
    }

    /** Whether there were more than this process could have. */
    public boolean someWereLost() {
        return someWereLost;
    }
}
