// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.system;

import java.io.IOException;

/**
 * What one subject did in a stretch of time.
 *
 * @param operations that ended in it
 * @param nanos how long it was
 * @param cpuNanos of all threads of the subject, without those that compile
 * @param allocatedBytes by the thread of the loop; zero if nobody counts
 */
record Window(long operations, long nanos, long cpuNanos, long allocatedBytes) {
    private static final double NANOS_PER_SECOND = 1e9;

    double perSecond() {
        return operations * NANOS_PER_SECOND / nanos;
    }

    double cpuNanosEach() {
        return (double) cpuNanos / operations;
    }

    double bytesEach() {
        return (double) allocatedBytes / operations;
    }

    /** As {@link #parse} takes it. */
    String toLine() {
        return operations + " " + nanos + " " + cpuNanos + " " + allocatedBytes;
    }

    static Window parse(String line) throws IOException {
        String[] words = line.strip().split(" ", -1);
        try {
            Window window =
                    new Window(
                            Long.parseLong(words[0]),
                            Long.parseLong(words[1]),
                            Long.parseLong(words[2]),
                            Long.parseLong(words[3]));
            if (window.operations <= 0 || window.nanos <= 0) {
                throw new IOException("a window in which nothing was done: " + line);
            }
            return window;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IOException("not a window: " + line, e);
        }
    }
}
