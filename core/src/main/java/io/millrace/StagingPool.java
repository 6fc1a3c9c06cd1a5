// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Off-heap memory for bytes that the user hands over in arrays or heap buffers, which the kernel
 * cannot take. Blocks of powers of two are kept for reuse, up to a limit.
 */
final class StagingPool {
    /** Smaller blocks would not pay for their header. */
    private static final int LEAST_SHIFT = 9;

    /** Larger blocks are rare enough to be left to the garbage collector: 1 MiB. */
    private static final int MOST_SHIFT = 20;

    /** How much memory is kept idle for reuse. */
    private static final long IDLE_BYTES = 4 << 20;

    private final @Nullable PoolChunk[] free = new PoolChunk[MOST_SHIFT + 1];
    private long idleBytes;

    /** Copies what is left in {@code source}, and moves its position to its limit. */
    PoolChunk copy(ByteBuffer source) {
        PoolChunk block = take(source.remaining());
        int length = source.remaining();
        block.memory().clear().put(source);
        block.filled(0, length);
        return block;
    }

    PoolChunk copy(byte[] source, int offset, int count) {
        PoolChunk block = take(count);
        block.memory().clear().put(source, offset, count);
        block.filled(0, count);
        return block;
    }

    private PoolChunk take(int bytes) {
        int shift =
                Math.max(LEAST_SHIFT, 32 - Integer.numberOfLeadingZeros(Math.max(0, bytes - 1)));
        if (shift > MOST_SHIFT) {
            PoolChunk single = new Block(ByteBuffer.allocateDirect(bytes));
            single.lend();
            return single;
        }
        PoolChunk block = free[shift];
        if (block == null) {
            block = new Block(ByteBuffer.allocateDirect(1 << shift));
        } else {
            free[shift] = block.next;
            block.next = null;
            idleBytes -= 1L << shift;
        }
        block.lend();
        return block;
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
            if (shift <= MOST_SHIFT
                    && capacity() == 1 << shift
                    && idleBytes + capacity() <= IDLE_BYTES) {
                next = free[shift];
                free[shift] = this;
                idleBytes += capacity();
            }
        }
    }
}
