// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.DirectMemory;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Copies of kept chunks, made while a loop's pool of chunks runs low.
 *
 * <p>Chunks come in sizes four times apart, so a copy wastes at most three quarters and a handful
 * of stacks serves all lengths. They are used again and never freed singly; when the limit stands
 * in the way, everything idle is dropped to make room for the size that is needed. Invariant: idle
 * and lent chunks together hold at most {@link #limitBytes}.
 */
public final class OverflowStore {
    /** The smallest copy. Below this the buffer object costs more than its bytes. */
    private static final int SMALLEST_BYTES = 256;

    private static final int SMALLEST_LOG = Integer.numberOfTrailingZeros(SMALLEST_BYTES);

    private final long limitBytes;
    private final int largestBytes;
    private final ToLongFunction<ByteBuffer> addressOf;
    private final @Nullable PoolChunk[] idle;
    private long idleBytes;
    private long lentBytes;
    private int lent;

    /**
     * @param addressOf where a direct buffer begins, for native calls; 0 if there are none
     */
    public OverflowStore(long limitBytes, int largestBytes, ToLongFunction<ByteBuffer> addressOf) {
        this.limitBytes = limitBytes;
        this.largestBytes = largestBytes;
        idle = new PoolChunk[sizeIndex(largestBytes) + 1];
        this.addressOf = addressOf;
    }

    /**
     * A copy of the chunk's bytes with one owner, or null if the limit or lack of memory forbids
     * one.
     */
    public @Nullable PoolChunk copy(PoolChunk original) {
        int length = original.length();
        PoolChunk copy = take(sizeIndex(length));
        if (copy != null) {
            copy.lend();
            copyBytes(original, copy.memory().clear());
            copy.filled(0, length);
        }
        return copy;
    }

    /** Leaves the original's position and limit alone: its holder may be reading by them. */
    private static void copyBytes(PoolChunk original, ByteBuffer into) {
        ByteBuffer memory = original.memory();
        int limit = memory.limit();
        memory.limit(memory.capacity());
        into.put(0, memory, original.start(), original.length());
        memory.limit(limit);
    }

    /** How many copies are on loan. */
    public int lent() {
        return lent;
    }

    private @Nullable PoolChunk take(int index) {
        PoolChunk chunk = idle[index];
        if (chunk != null) {
            idle[index] = chunk.next;
            chunk.next = null;
            idleBytes -= chunk.capacity();
        } else {
            chunk = make(index);
            if (chunk == null) {
                return null;
            }
        }
        lentBytes += chunk.capacity();
        lent++;
        return chunk;
    }

    private @Nullable PoolChunk make(int index) {
        int bytes = (int) Math.min((long) SMALLEST_BYTES << (2 * index), largestBytes);
        if (lentBytes + bytes > limitBytes) {
            return null;
        }
        if (lentBytes + idleBytes + bytes > limitBytes) {
            dropIdle();
        }
        ByteBuffer memory = DirectMemory.tryAllocate(bytes);
        return memory == null ? null : new Overflow(memory, addressOf.applyAsLong(memory), index);
    }

    private void dropIdle() {
        Arrays.fill(idle, null);
        idleBytes = 0;
    }

    /** Which power of four times {@link #SMALLEST_BYTES} holds so many bytes. */
    private static int sizeIndex(int bytes) {
        int log = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(bytes, SMALLEST_BYTES) - 1);
        return (log - SMALLEST_LOG + 1) / 2;
    }

    private final class Overflow extends PoolChunk {
        private final int index;

        Overflow(ByteBuffer memory, long address, int index) {
            super(memory, address);
            this.index = index;
        }

        @Override
        protected boolean isScarce() {
            return false;
        }

        @Override
        protected @Nullable PoolChunk copyElsewhere() {
            return null;
        }

        @Override
        protected void recycle() {
            next = idle[index];
            idle[index] = this;
            lentBytes -= capacity();
            idleBytes += capacity();
            lent--;
        }
    }
}
