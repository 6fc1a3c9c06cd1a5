// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.internal.flight.Flight;
import io.millrace.internal.loop.LoopHandle;

/**
 * Where back-pressure begins and ends: above {@code high} bytes a writer should pause, at {@code
 * low} it may go on, and beyond {@code limit} writes are refused.
 *
 * <p>Immutable, so that all streams with the same marks share them: with thousands of connections
 * every object that a message touches has to come from memory. Whether a queue is above is known to
 * {@link Outbound}.
 */
public record Watermarks(long low, long high, long limit) {
    /**
     * High: what a socket buffer usually holds is well below. Low, half of it: low enough not to
     * flutter, high enough not to run dry. The limit, where a queue ends that nobody watches: a
     * thousand such peers still fit into 16 GiB.
     */
    public static final Watermarks DEFAULT = new Watermarks(32 << 10, 64 << 10, 16 << 20);

    /**
     * What a write takes up at least, with its place in the queue and its block of memory. The
     * limit allows for one write to each so many bytes: counted by their bytes alone, writes of one
     * byte could take up hundreds of times the limit.
     */
    private static final long LEAST_WRITE_BYTES = 512;

    /** Always allowed: small limits are about bytes, and this many writes are half a megabyte. */
    private static final long LEAST_WRITES = 1024;

    private static final String NO_ROOM_NOW = "; wait for onWritable, and write the rest then";

    private static final String NEVER_FITS =
            "; so much is refused however empty the queue is: write it in parts and wait for"
                    + " onWritable between them, or raise the limit with"
                    + " watermarks(low, high, limit)";

    public Watermarks {
        if (low < 0 || low > high || high > limit) {
            throw new IllegalArgumentException(
                    "0 <= low <= high <= limit does not hold: " + low + ", " + high + ", " + limit);
        }
    }

    /**
     * Fails unless a queue of that many bytes and writes may grow by this many. What is large but
     * costs no memory of the loop's is taken by a queue that holds nothing: nobody could make room
     * for it.
     *
     * @param operation what the user calls it
     * @param copied how many of the bytes are to be copied
     */
    public void ensureRoom(
            String operation,
            LoopHandle handle,
            long bytes,
            long copied,
            int count,
            long queuedBytes,
            int writes) {
        long needed = queuedBytes == 0 ? copied : bytes;
        if (queuedBytes > limit - needed || writes > mostWrites() - count) {
            Flight.queueFull(handle, queuedBytes, bytes, limit);
            boolean neverFits = copied > limit || count > mostWrites();
            throw new IllegalStateException(
                    operation
                            + ": the queue of "
                            + handle
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
                            + (neverFits ? NEVER_FITS : NO_ROOM_NOW));
        }
    }

    /** How many writes a queue takes at most, however short they are. */
    public long mostWrites() {
        return Math.max(LEAST_WRITES, limit / LEAST_WRITE_BYTES);
    }
}
