// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/** A {@code struct timespec} that says how long a system call may wait. One thread at a time. */
public final class Timespec {
    private static final int BYTES = 16;
    private static final int SECONDS = 0;
    private static final int NANOS = 8;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    /**
     * Just under a day: kqueue of some systems refuses a day and more, and seconds overflow in old
     * kernels further up. One empty turn of the loop a day goes unnoticed.
     */
    private static final long MAXIMUM_NANOS = (24 * 60 * 60 - 1) * NANOS_PER_SECOND;

    private final NativeMemory memory = NativeMemory.allocate(BYTES);

    public Timespec() {}

    /** This wait, or the longest there is: for calls that lay it out themselves. */
    public static long bounded(long nanos) {
        return Math.min(nanos, MAXIMUM_NANOS);
    }

    /** Holds this wait, or the longest there is, and answers its address. */
    public long set(long nanos) {
        long bounded = bounded(nanos);
        memory.putLong(SECONDS, bounded / NANOS_PER_SECOND);
        memory.putLong(NANOS, bounded % NANOS_PER_SECOND);
        return memory.address();
    }
}
