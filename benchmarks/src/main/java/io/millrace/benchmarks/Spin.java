// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.util.concurrent.TimeUnit;

/** Waiting without sleeping for what another thread does, but not for ever. */
final class Spin {
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final String awaited;
    private final long startNanos = System.nanoTime();

    Spin(String awaited) {
        this.awaited = awaited;
    }

    void once() {
        if (System.nanoTime() - startNanos > LONGEST_NANOS) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(LONGEST_NANOS);
            throw Failure.of(
                    new IllegalStateException(awaited + ": waited in vain for " + seconds + " s"));
        }
        Thread.onSpinWait();
    }
}
