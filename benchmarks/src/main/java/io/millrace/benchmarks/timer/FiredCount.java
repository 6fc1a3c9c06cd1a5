// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.timer;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts on the thread that fires, and can be awaited by another. */
final class FiredCount {
    private final AtomicInteger count = new AtomicInteger();

    /** By one thread only, which so needs no more than a store. */
    void increment() {
        count.lazySet(count.getPlain() + 1);
    }

    int get() {
        return count.get();
    }

    void await(int goal) {
        while (count.get() < goal) {
            Thread.onSpinWait();
        }
    }
}
