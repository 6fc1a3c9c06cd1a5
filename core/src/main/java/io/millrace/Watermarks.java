// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import org.jspecify.annotations.Nullable;

/**
 * Back-pressure of a write queue: tells the writer when to pause, when to go on, and where it ends.
 *
 * <p>Going above the high mark is told by the result of each write; falling to the low mark by one
 * callback. A writer that heeds neither meets the limit, which fails the call.
 */
final class Watermarks {
    /** Above this a writer should pause: what a socket buffer usually holds is well below. */
    private static final long DEFAULT_HIGH = 64 << 10;

    /** Half of it: low enough not to flutter, high enough not to run dry. */
    private static final long DEFAULT_LOW = 32 << 10;

    /** Where a queue ends that nobody watches: a thousand such peers still fit into 16 GiB. */
    private static final long DEFAULT_LIMIT = 16 << 20;

    /**
     * What a write takes up at least, with its place in the queue and its block of memory. The
     * limit allows for one write to each so many bytes: counted by their bytes alone, writes of one
     * byte could take up hundreds of times the limit.
     */
    private static final long LEAST_WRITE_BYTES = 512;

    /** Always allowed: small limits are about bytes, and this many writes are half a megabyte. */
    private static final long LEAST_WRITES = 1024;

    private long high = DEFAULT_HIGH;
    private long low = DEFAULT_LOW;
    private long limit = DEFAULT_LIMIT;
    private boolean above;
    private boolean due;
    private @Nullable Runnable callback;

    void set(long newLow, long newHigh, long newLimit) {
        if (newLow < 0 || newLow > newHigh || newHigh > newLimit) {
            throw new IllegalArgumentException(
                    "0 <= low <= high <= limit does not hold: "
                            + newLow
                            + ", "
                            + newHigh
                            + ", "
                            + newLimit);
        }
        low = newLow;
        high = newHigh;
        limit = newLimit;
    }

    void onWritable(Runnable newCallback) {
        callback = newCallback;
    }

    void ensureRoom(TcpStream stream, long bytes, int count, long queuedBytes, int writes) {
        if (queuedBytes > limit - bytes || writes > mostWrites() - count) {
            throw new IllegalStateException(
                    "write: the queue of "
                            + stream
                            + " holds "
                            + queuedBytes
                            + " bytes in "
                            + writes
                            + " writes, is limited to "
                            + limit
                            + " bytes in "
                            + mostWrites()
                            + " writes, and has no room for "
                            + bytes
                            + "; when a write answers false, wait for onWritable");
        }
    }

    private long mostWrites() {
        return Math.max(LEAST_WRITES, limit / LEAST_WRITE_BYTES);
    }

    /** Whether a writer may go on. */
    boolean rose(long queuedBytes) {
        if (queuedBytes > high) {
            above = true;
        }
        return !above;
    }

    /** Whether a writer was told to pause. */
    boolean isAbove() {
        return above;
    }

    /** Whether the callback has become due. */
    boolean fell(long queuedBytes) {
        if (above && queuedBytes <= low) {
            above = false;
            due = true;
        }
        return due;
    }

    void deliver(TcpStream stream) {
        Runnable current = callback;
        if (!due) {
            return;
        }
        due = false;
        if (current == null) {
            return;
        }
        CallbackGuard guard = stream.loop().guard;
        long began = guard.begins();
        try {
            current.run();
        } catch (Throwable failure) {
            guard.failed(stream, failure);
        }
        guard.ended(began);
    }
}
