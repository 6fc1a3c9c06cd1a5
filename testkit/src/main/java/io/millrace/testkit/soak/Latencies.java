// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.soak;

import java.util.Arrays;

/**
 * How long answers took, in classes a sixteenth of their size wide; takes any number without
 * allocating. One thread at a time.
 */
final class Latencies {
    private static final int BITS = 4;
    private static final int PARTS = 1 << BITS;
    private static final double NANOS_PER_MICRO = 1e3;

    private final long[] counts = new long[Long.SIZE << BITS];
    private long total;

    void add(long nanos) {
        counts[classOf(Math.max(0, nanos))]++;
        total++;
    }

    long total() {
        return total;
    }

    /** So many microseconds, at most, took that share of them. */
    double micros(double share) {
        long wanted = (long) Math.ceil(total * share);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted && seen > 0) {
                return upperEnd(i) / NANOS_PER_MICRO;
            }
        }
        return 0;
    }

    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
    }

    private static int classOf(long nanos) {
        if (nanos < PARTS) {
            return (int) nanos;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - BITS;
        return ((shift + 1) << BITS) + (int) (nanos >> shift) - PARTS;
    }

    private static double upperEnd(int index) {
        if (index < PARTS) {
            return index;
        }
        int shift = (index >> BITS) - 1;
        return Math.scalb((double) (index & PARTS - 1) + PARTS + 1, shift);
    }
}
