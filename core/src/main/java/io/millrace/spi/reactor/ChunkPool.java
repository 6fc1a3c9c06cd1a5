// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.DirectMemory;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The receive buffers of one loop: a stack of equal chunks, made when first needed.
 *
 * <p>Last in, first out, so a loop whose callbacks keep nothing receives into one and the same warm
 * chunk. When all are on loan, {@link #acquire} answers null: that is the back-pressure. Whoever
 * keeps a chunk while they are scarce gets a copy instead, see {@link ChunkSupply}, from a second
 * store whose chunks are as large as the bytes need. Loop thread only.
 */
public final class ChunkPool {
    /**
     * As much as a socket commonly holds: at 64 KiB a message costs a fifth less than in pieces of
     * 16 KiB, and a larger chunk gains nothing.
     */
    public static final int DEFAULT_CHUNK_BYTES = 64 << 10;

    /** 16 MiB per loop at most. Echoing needs one; the others are what users may keep. */
    public static final int DEFAULT_CHUNK_COUNT = 256;

    private final int chunkBytes;
    private final ToLongFunction<ByteBuffer> addressOf;
    private final ChunkSupply supply;
    private final OverflowStore overflow;

    private @Nullable PoolChunk free;

    /**
     * @param addressOf where a direct buffer begins, for native calls; 0 if there are none
     * @throws OutOfMemoryError if there is no direct memory even for the first chunk
     */
    public ChunkPool(
            DriverConfig config, ToLongFunction<ByteBuffer> addressOf, LoopContext context) {
        int chunkCount = config.chunkCountOr(DEFAULT_CHUNK_COUNT);
        chunkBytes = config.chunkBytesOr(DEFAULT_CHUNK_BYTES);
        this.addressOf = addressOf;
        supply = new ChunkSupply(chunkCount, context);
        overflow = new OverflowStore((long) chunkCount * chunkBytes, chunkBytes, addressOf);
        free = make(DirectMemory.allocate(chunkBytes));
    }

    /** How much one chunk holds. */
    int chunkBytes() {
        return chunkBytes;
    }

    /** A chunk for the next receive, or null while all are on loan. */
    public @Nullable PoolChunk acquire() {
        PoolChunk chunk = free;
        if (chunk != null) {
            free = chunk.next;
            chunk.next = null;
        } else {
            chunk = makeAnother();
            if (chunk == null) {
                supply.starve();
                return null;
            }
        }
        supply.lend();
        chunk.lend();
        return chunk;
    }

    /** Whether another loan leaves enough, so that nobody needs to take a copy for its sake. */
    boolean hasPlenty() {
        return supply.hasPlenty();
    }

    /** How many chunks are on loan, for tests and leak reports. */
    public int lent() {
        return supply.lent();
    }

    /** How many copies outside the pool are on loan, for tests and leak reports. */
    public int lentOverflow() {
        return overflow.lent();
    }

    private @Nullable PoolChunk makeAnother() {
        if (supply.mayBeMade() == 0) {
            return null;
        }
        ByteBuffer memory = DirectMemory.tryAllocate(chunkBytes);
        if (memory == null) {
            supply.memoryRefused();
            return null;
        }
        PoolChunk chunk = make(memory);
        supply.memoryGranted();
        return chunk;
    }

    private PoolChunk make(ByteBuffer memory) {
        PoolChunk chunk = new Pooled(memory, addressOf.applyAsLong(memory));
        supply.add();
        return chunk;
    }

    private void takeBack(PoolChunk chunk) {
        chunk.next = free;
        free = chunk;
        supply.takeBack();
    }

    @Override
    public String toString() {
        return supply + ", of " + chunkBytes + " bytes";
    }

    private final class Pooled extends PoolChunk {
        Pooled(ByteBuffer memory, long address) {
            super(memory, address);
        }

        @Override
        protected boolean isScarce() {
            return supply.isScarce();
        }

        @Override
        protected @Nullable PoolChunk copyElsewhere() {
            return overflow.copy(this);
        }

        @Override
        protected void recycle() {
            takeBack(this);
        }
    }
}
