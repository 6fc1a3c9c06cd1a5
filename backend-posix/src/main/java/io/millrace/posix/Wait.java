// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * Turns a wait in nanoseconds into the units of a system call, rounding up: a wait that ends early
 * makes the loop go round for nothing until its timer is really due.
 */
public final class Wait {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private Wait() {}

    /** Milliseconds for poll and epoll_wait; -1, without limit, for a negative wait. */
    public static int millis(long timeoutNanos) {
        if (timeoutNanos < 0) {
            return -1;
        }
        return (int) Math.min(Integer.MAX_VALUE, roundedUp(timeoutNanos, NANOS_PER_MILLI));
    }

    static long roundedUp(long nanos, long unit) {
        return nanos / unit + (nanos % unit == 0 ? 0 : 1);
    }
}
