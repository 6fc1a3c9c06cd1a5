// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.spi.DirectMemory;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap memory for bytes that the user hands over in arrays or heap buffers, which the kernel
 * cannot take. Blocks of powers of two are kept for reuse, up to a limit.
 *
 * <p>A user's call does not fail for lack of it: then the copy is on the heap ({@link
 * #isOnHeap(PoolChunk)}), and goes through one of two small reserves piece by piece, when its turn
 * has come. The reserve for streams is free again when a send returns, so all streams of a loop
 * share it. That for files is lent for as long as an operation takes ({@link #lendReserve}).
 */
public final class StagingPool {
    /** Smaller blocks would not pay for their header. */
    private static final int LEAST_SHIFT = 9;

    /** Larger blocks are rare enough to be left to the garbage collector: 1 MiB. */
    private static final int MOST_SHIFT = 20;

    /** How much memory is kept idle for reuse. */
    private static final long IDLE_BYTES = 4 << 20;

    /** Each of the reserves: a few segments of a network at a time. */
    static final int RESERVE_BYTES = 16 << 10;

    private final @Nullable PoolChunk[] free = new PoolChunk[MOST_SHIFT + 1];
    private final ByteBuffer reserve;
    private final ByteBuffer fileReserve;
    private boolean fileReserveLent;
    private @Nullable ReserveWaiter firstWaiter;
    private @Nullable ReserveWaiter lastWaiter;
    private long idleBytes;

    /**
     * @throws OutOfMemoryError if there is no direct memory even for the reserves
     */
    public StagingPool() {
        ByteBuffer both = DirectMemory.allocate(2 * RESERVE_BYTES);
        reserve = both.slice(0, RESERVE_BYTES);
        fileReserve = both.slice(RESERVE_BYTES, RESERVE_BYTES);
    }

    /** Copies what is left in {@code source}, and moves its position to its limit. */
    public PoolChunk copy(ByteBuffer source) {
        PoolChunk block = take(source.remaining());
        int length = source.remaining();
        block.memory().clear().put(source);
        block.filled(0, length);
        return block;
    }

    /** Copies what is left in all of them, so many bytes, and moves their positions. */
    public PoolChunk copy(ByteBuffer[] sources, int bytes) {
        PoolChunk block = take(bytes);
        block.memory().clear();
        for (ByteBuffer source : sources) {
            block.memory().put(source);
        }
        block.filled(0, bytes);
        return block;
    }

    /** Copies the bytes of a chunk, which may be another loop's, and leaves its buffer alone. */
    public PoolChunk copyOf(PoolChunk chunk) {
        return copy(chunk.memory().duplicate().limit(chunk.end()).position(chunk.start()));
    }

    public PoolChunk copy(byte[] source, int offset, int count) {
        PoolChunk block = take(count);
        block.memory().clear().put(source, offset, count);
        block.filled(0, count);
        return block;
    }

    private PoolChunk take(int bytes) {
        int shift =
                Math.max(LEAST_SHIFT, 32 - Integer.numberOfLeadingZeros(Math.max(0, bytes - 1)));
        if (shift > MOST_SHIFT) {
            PoolChunk single = make(bytes, bytes);
            single.lend();
            return single;
        }
        PoolChunk block = free[shift];
        if (block == null) {
            block = make(1 << shift, bytes);
        } else {
            free[shift] = block.next;
            block.next = null;
            idleBytes -= 1L << shift;
        }
        block.lend();
        return block;
    }

    private PoolChunk make(int capacity, int bytes) {
        ByteBuffer memory = DirectMemory.tryAllocate(capacity);
        return new Block(memory == null ? ByteBuffer.allocate(bytes) : memory);
    }

    /** Whether a copy has to go through a reserve. */
    public static boolean isOnHeap(PoolChunk copy) {
        return !copy.memory().isDirect();
    }

    /**
     * Copies the first of some bytes on the heap into the reserve of streams, whose content is good
     * until the next call; answers it, from 0 to its limit.
     */
    public ByteBuffer putIntoReserve(ByteBuffer from, int start, int end) {
        int length = Math.min(end - start, RESERVE_BYTES);
        reserve.clear().put(0, from, start, length);
        return reserve.limit(length);
    }

    /**
     * The reserve of files, or null if an operation has it; then {@code waiter} is {@link
     * ReserveWaiter#advance advanced} again when it is its turn.
     */
    public @Nullable ByteBuffer lendReserve(ReserveWaiter waiter) {
        if (!fileReserveLent) {
            fileReserveLent = true;
            return fileReserve;
        }
        if (lastWaiter == null) {
            firstWaiter = waiter;
        } else {
            lastWaiter.setNextForReserve(waiter);
        }
        lastWaiter = waiter;
        return null;
    }

    /** The operation that had the reserve of files does not need it any more. */
    public void takeReserveBack() {
        fileReserveLent = false;
        while (!fileReserveLent && firstWaiter != null) {
            ReserveWaiter next = firstWaiter;
            firstWaiter = next.nextForReserve();
            next.setNextForReserve(null);
            if (firstWaiter == null) {
                lastWaiter = null;
            }
            next.advance();
        }
    }

    private final class Block extends PoolChunk {
        Block(ByteBuffer memory) {
            super(memory, 0);
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
            int shift = 31 - Integer.numberOfLeadingZeros(capacity());
            if (memory().isDirect()
                    && shift <= MOST_SHIFT
                    && capacity() == 1 << shift
                    && idleBytes + capacity() <= IDLE_BYTES) {
                next = free[shift];
                free[shift] = this;
                idleBytes += capacity();
            }
        }
    }
}
