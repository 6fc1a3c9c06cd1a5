// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.LoopPart;
import io.millrace.net.WriteCallback;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One write's place in a {@link WriteQueue}: what is left of it, and who wants to hear of its end.
 *
 * <p>Its source is memory or a region, never both. The memory of a chunk comes with a share of the
 * chunk, which is let go of when the write ends.
 *
 * <p>A write of several buffers takes as many places in a row, of which the last stands for it:
 * whatever there is to tell of the write is told there.
 */
final class PendingWrite {
    /** The next write of the queue, or the next idle one of the pool. */
    @Nullable PendingWrite next;

    @Nullable ByteBuffer memory;

    /** Where {@link #memory} begins, or 0 if that is not known. */
    long address;

    /** Whose memory it is, if it is a chunk's. */
    @Nullable PoolChunk chunk;

    @Nullable WriteRegion region;
    @Nullable WriteCallback callback;

    /** Why it failed, once it has. */
    @Nullable IoException failure;

    /** First byte of the memory that the kernel has not taken. */
    int start;

    /** After the last byte of the memory. */
    int end;

    /** Whether the next one is the next part of the same write. */
    boolean continued;

    /** How many bytes the write has up to {@link #end}, earlier parts included. */
    long length;

    /** A loop's idle places: last in, first out, so that a busy loop uses few, and warm. */
    static final class Pool {
        static final LoopPart<Pool> OF_LOOP = new LoopPart<>(loop -> new Pool());

        /** Beyond this many idle ones the rest is left to the garbage collector: some 300 KiB. */
        private static final int MOST_IDLE = 4096;

        private @Nullable PendingWrite idle;
        private int idleCount;

        PendingWrite take() {
            PendingWrite write = idle;
            if (write == null) {
                return new PendingWrite();
            }
            idle = write.next;
            write.next = null;
            idleCount--;
            return write;
        }

        /** Takes back a write of which nobody will hear any more. Its source is gone already. */
        void giveBack(PendingWrite write) {
            write.callback = null;
            write.failure = null;
            write.continued = false;
            if (idleCount < MOST_IDLE) {
                idleCount++;
                write.next = idle;
                idle = write;
            }
        }

        int idleCount() {
            return idleCount;
        }
    }
}
