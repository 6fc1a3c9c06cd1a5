// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Waiting for what another thread does: without sleeping at first, and not for ever.
 *
 * <p>What counts is time in which this thread ran, since otherwise the other may not have run
 * either: of a pause, such as that of a machine that stands still, no more than a moment counts.
 * After a while it sleeps between its looks, so that it does not take the processor from the one it
 * waits for.
 */
final class Spin {
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** The most that counts between two looks. */
    private static final long MOMENT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final long ALONE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long PARK_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final String awaited;
    private long lookedNanos = System.nanoTime();
    private long waitedNanos;

    Spin(String awaited) {
        this.awaited = awaited;
    }

    void once() {
        long now = System.nanoTime();
        countWait(now - lookedNanos);
        lookedNanos = now;
        if (waitedNanos > ALONE_NANOS) {
            LockSupport.parkNanos(this, PARK_NANOS);
        } else {
            Thread.onSpinWait();
        }
    }

    void countWait(long nanos) {
        waitedNanos += Math.min(nanos, MOMENT_NANOS);
        if (waitedNanos > LONGEST_NANOS) {
            long seconds = TimeUnit.NANOSECONDS.toSeconds(LONGEST_NANOS);
            throw Failure.of(
                    new IllegalStateException(awaited + ": waited in vain for " + seconds + " s"));
        }
    }
}
