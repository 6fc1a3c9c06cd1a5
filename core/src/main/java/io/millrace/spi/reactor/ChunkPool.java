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
 * keeps a chunk while few are left gets a copy instead, from a second store whose chunks are as
 * large as the bytes need; otherwise a loop whose chunks all wait in write queues could no longer
 * receive what would empty those queues. Loop thread only.
 */
public final class ChunkPool {
    /**
     * As much as a socket commonly holds: at 64 KiB a message costs a fifth less than in pieces of
     * 16 KiB, and a larger chunk gains nothing.
     */
    public static final int DEFAULT_CHUNK_BYTES = 64 << 10;

    /** 16 MiB per loop at most. Echoing needs one; the others are what users may keep. */
    public static final int DEFAULT_CHUNK_COUNT = 256;

    private final int chunkCount;
    private final int chunkBytes;
    private final ToLongFunction<ByteBuffer> addressOf;
    private final LoopContext context;
    private final OverflowStore overflow;

    private @Nullable PoolChunk free;
    private int made;
    private int lent;

    /** Whether there was no memory for another chunk when one was last wanted. */
    private boolean refused;

    /** Whether a receive ended for lack of chunks and the loop does not yet know of new ones. */
    private boolean starved;

    /**
     * @param addressOf where a direct buffer begins, for native calls; 0 if there are none
     * @throws OutOfMemoryError if there is no direct memory even for the first chunk
     */
    public ChunkPool(
            DriverConfig config, ToLongFunction<ByteBuffer> addressOf, LoopContext context) {
        chunkCount = config.chunkCountOr(DEFAULT_CHUNK_COUNT);
        chunkBytes = config.chunkBytesOr(DEFAULT_CHUNK_BYTES);
        this.addressOf = addressOf;
        this.context = context;
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
                starved = true;
                return null;
            }
        }
        lent++;
        chunk.lend();
        return chunk;
    }

    /** Whether another loan leaves enough, so that nobody needs to take a copy for its sake. */
    boolean hasPlenty() {
        return available() > lowWater();
    }

    /** How many chunks are on loan, for tests and leak reports. */
    public int lent() {
        return lent;
    }

    /** How many copies outside the pool are on loan, for tests and leak reports. */
    public int lentOverflow() {
        return overflow.lent();
    }

    private @Nullable PoolChunk makeAnother() {
        if (made == chunkCount) {
            return null;
        }
        ByteBuffer memory = DirectMemory.tryAllocate(chunkBytes);
        if (memory == null) {
            refused = true;
            context.memoryRefused();
            return null;
        }
        refused = false;
        PoolChunk chunk = make(memory);
        if (starved) {
            starved = false;
            context.chunksReturned();
        }
        return chunk;
    }

    private PoolChunk make(ByteBuffer memory) {
        PoolChunk chunk = new Pooled(memory, addressOf.applyAsLong(memory));
        made++;
        return chunk;
    }

    private void takeBack(PoolChunk chunk) {
        chunk.next = free;
        free = chunk;
        lent--;
        if (starved && available() >= lowWater()) {
            starved = false;
            context.chunksReturned();
        }
    }

    private int available() {
        return reachable() - lent;
    }

    /** How many chunks there can be: only those that there are once memory has run out. */
    private int reachable() {
        return refused ? made : chunkCount;
    }

    /** A quarter: enough that a starved loop does not start and stop with every single chunk. */
    private int lowWater() {
        return Math.max(1, reachable() / 4);
    }

    private final class Pooled extends PoolChunk {
        Pooled(ByteBuffer memory, long address) {
            super(memory, address);
        }

        @Override
        protected boolean isScarce() {
            return available() < lowWater();
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
