// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.soak;

import java.util.List;

/** What is looked at in each interval, and how much of a change over the whole time is none. */
enum Measure {
    /** Open descriptors of the process. */
    DESCRIPTORS("descriptors", 1, 2, 0),
    /** Handles that are open on its loops. */
    HANDLES("handles", 1, 2, 0),
    /** Threads of the process. */
    THREADS("threads", 1, 1, 0),
    /** What is alive on the heap right after a full collection, in KiB. */
    HEAP("heap KiB", 1, 256, 0.02),
    /**
     * Direct buffers, in KiB. Receive buffers and blocks for copies are made when they are first
     * needed and kept, up to limits that are far off, so what is kept follows the highest need so
     * far. What leaks does so with every so many of a million visits, by 512 bytes at least.
     */
    DIRECT("direct KiB", 1, 1024, 0.02),
    /** Resident memory in KiB: all but the heap, which is resident from the beginning on. */
    RESIDENT("resident KiB", 1, 2048, 0.02),
    /** Requests that were answered, each second. */
    REQUESTS("requests/s", -1, 0, 0.2),
    /** Half of the answers came within so many microseconds. */
    MEDIAN("50 % µs", 1, 20, 0.2),
    /** And all but one in a hundred. */
    HIGH("99 % µs", 1, 200, 0.2);

    private final String title;
    private final int worse;
    private final double tolerance;
    private final double share;

    /**
     * @param worse the direction that is bad, 1 or -1
     * @param tolerance a change that is none
     * @param share the same as a share of the median
     */
    Measure(String title, int worse, double tolerance, double share) {
        this.title = title;
        this.worse = worse;
        this.tolerance = tolerance;
        this.share = share;
    }

    String title() {
        return title;
    }

    /** Its values among samples whose fields are in the order of these constants. */
    double[] of(List<double[]> samples) {
        int field = List.of(values()).indexOf(this);
        return samples.stream().mapToDouble(sample -> sample[field]).toArray();
    }

    /** Whether values that follow a trend so long are flat. */
    boolean isFlat(Trend trend) {
        double change = worse * trend.change();
        return change <= Math.max(tolerance, share * trend.median()) || !trend.isSure(worse);
    }
}
