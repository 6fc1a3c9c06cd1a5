// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.posix.NativeMemory;
import io.millrace.spi.DirectMemory;
import io.millrace.spi.LoopContext;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.reactor.ChunkSupply;
import io.millrace.spi.reactor.OverflowStore;
import java.nio.ByteBuffer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The receive buffers of one loop: chunks of which some are with the kernel, some on loan, and the
 * rest idle. Chunk i is buffer i of the {@link BufferRing}. Loop thread only.
 *
 * <p>The kernel takes buffers in the order offered, so offering all of them would send every
 * receive through all their memory in turn. Therefore only a few are offered, and of the idle ones
 * those that came back last, which are still in the processor's caches. How few follows from use:
 * each time the kernel runs out, twice as many, until what they hold would leave the caches all the
 * same; and from time to time no more than twice what a turn has used since. Chunks are made when
 * first needed, so a loop that receives little holds little, and idle connections hold nothing.
 *
 * <p>Whoever keeps a chunk while they are scarce gets a copy instead, see {@link ChunkSupply}.
 *
 * <p>Invariant: made = offered + lent + idle.
 */
final class ReceiveBuffers {
    /** The buffer group that receives name. */
    static final int GROUP = 0;

    /**
     * As much as a socket commonly holds: at 64 KiB a message costs a fifth less than in pieces of
     * 16 KiB.
     */
    static final int DEFAULT_CHUNK_BYTES = 64 << 10;

    /** More than any socket holds, and an allocation of one of them still has an int for a size. */
    static final int MOST_CHUNK_BYTES = 1 << 30;

    /** Two for each of 512 connections: one receives while what is in the other is being sent. */
    static final int DEFAULT_CHUNK_COUNT = 1024;

    /** Offered at first: half a megabyte, enough for a few busy connections. */
    private static final int INITIAL_TARGET = 8;

    /**
     * How much the offered buffers together should hold: about what stays in a core's own cache
     * from receiving to sending. Large messages received into more than that are read back from
     * memory, which cost a tenth of the processor time of echoing 64 KiB.
     */
    private static final int WARM_BYTES = 1 << 20;

    /**
     * Turns with receives, after which the target follows what they used: some milliseconds' worth.
     */
    private static final int TURNS_PER_REVIEW = 1000;

    /** Over how many receives their size is averaged. */
    private static final int AVERAGED = 16;

    /** Chunks made together share one allocation of about this size. */
    private static final int BATCH_BYTES = 1 << 19;

    /**
     * Successive chunks begin a cache line later than their size says. Otherwise the first bytes of
     * all of them, which is all that small messages use, would compete for the same few lines.
     */
    private static final int STAGGER_BYTES = 64;

    /**
     * What a chunk has more than was asked for: a datagram begins behind its address and what else
     * the kernel tells of it, and the longest there is has to fit all the same.
     */
    static final int LEAD_BYTES = 192;

    private final BufferRing ring;

    /** The size of each, {@link #LEAD_BYTES} included. */
    private final int chunkBytes;

    private final ToLongFunction<ByteBuffer> addressOf;
    private final ChunkSupply supply;
    private final OverflowStore overflow;
    private final RingChunk[] chunks;
    private final int[] idle;

    private final int maximum;

    private int idleCount;
    private int offered;
    private int target;

    /** In this turn; the most in one; and how many turns that regards, not counting idle ones. */
    private int taken;

    private int mostTaken;
    private int turns;

    /** Of what receives have lately brought. */
    private int averageBytes;

    /** Whether the target was doubled since buffers were last provided. */
    private boolean grown;

    /**
     * @param ring with room for {@code count} buffers
     * @param addressOf where a direct buffer begins
     * @throws OutOfMemoryError if there is no direct memory even for the first chunk
     */
    ReceiveBuffers(
            BufferRing ring,
            int count,
            int chunkBytes,
            ToLongFunction<ByteBuffer> addressOf,
            LoopContext context) {
        this.ring = ring;
        this.chunkBytes = chunkBytes + LEAD_BYTES;
        this.addressOf = addressOf;
        supply = new ChunkSupply(count, context);
        overflow = new OverflowStore((long) count * chunkBytes, this.chunkBytes, addressOf);
        maximum = count;
        chunks = new RingChunk[count];
        idle = new int[count];
        target = Math.min(INITIAL_TARGET, count);
        if (!makeMore()) {
            make(DirectMemory.allocate(this.chunkBytes + STAGGER_BYTES), 1);
        }
    }

    /** Before the kernel is entered: offers it as many buffers as it has lately needed. */
    void provide() {
        reviewTarget();
        int wanted = Math.min(target, warmCount());
        while (offered < wanted && (idleCount > 0 || makeMore())) {
            int id = idle[--idleCount];
            ring.offer(id, chunks[id].address(), chunkBytes);
            offered++;
        }
        grown = false;
        ring.publish();
        assert isComplete() : this;
    }

    /** A burst is over some time: the many buffers that it took would all stay in use. */
    private void reviewTarget() {
        if (taken == 0) {
            return;
        }
        mostTaken = Math.max(mostTaken, taken);
        taken = 0;
        if (++turns == TURNS_PER_REVIEW) {
            target = Math.min(target, Math.max(INITIAL_TARGET, 2 * mostTaken));
            turns = 0;
            mostTaken = 0;
        }
    }

    /** The chunk of a buffer that a completion named, on loan, with its first bytes filled. */
    PoolChunk take(int id, int length) {
        offered--;
        supply.lend();
        assert offered >= 0 && isComplete() : this;
        taken++;
        averageBytes += (length - averageBytes) / AVERAGED;
        RingChunk chunk = chunks[id];
        chunk.lend();
        chunk.filled(0, length);
        return chunk;
    }

    /**
     * An idle chunk, on loan, for what is received without the ring; null if there is none, which
     * may be because the kernel has them all.
     */
    @Nullable PoolChunk acquire() {
        if (idleCount == 0 && !makeMore()) {
            return null;
        }
        RingChunk chunk = chunks[idle[--idleCount]];
        supply.lend();
        chunk.lend();
        return chunk;
    }

    /** The whole memory of a chunk from here, whose beginning the kernel has written to. */
    NativeMemory memoryOf(PoolChunk chunk) {
        return ((RingChunk) chunk).asKernelWrites();
    }

    /** Whether another loan leaves enough, so that nobody needs to take a copy for its sake. */
    boolean hasPlenty() {
        return !supply.isScarce();
    }

    /**
     * The kernel has run out: whether it makes sense to ask it again after {@link #provide}. If
     * not, the loop is told when chunks come back.
     */
    boolean canProvideMore() {
        if (!grown) {
            grown = true;
            target = Math.min(target * 2, Math.min(maximum, warmCount()));
        }
        boolean more = idleCount > 0 || offered > 0 || makeMore();
        if (!more) {
            supply.starve();
        }
        return more;
    }

    /** How many receives find a buffer. */
    int offered() {
        return offered;
    }

    /** As many as fit into the processor's cache, by what they have lately held. */
    private int warmCount() {
        return Math.max(INITIAL_TARGET, WARM_BYTES / Math.max(1, averageBytes));
    }

    /** Whether a receive waits for chunks to come back. */
    boolean isStarved() {
        return supply.isStarved();
    }

    /** How many chunks are on loan. */
    int lent() {
        return supply.lent();
    }

    /** Whether every chunk is in one of the three places. */
    private boolean isComplete() {
        return supply.made() == offered + supply.lent() + idleCount;
    }

    private boolean makeMore() {
        int most = supply.mayBeMade();
        if (most == 0) {
            return false;
        }
        int stride = chunkBytes + STAGGER_BYTES;
        int count = Math.min(Math.max(BATCH_BYTES / stride, 1), most);
        ByteBuffer slab = DirectMemory.tryAllocate(count * stride);
        for (; slab == null && count > 1; slab = DirectMemory.tryAllocate(count * stride)) {
            count /= 2;
        }
        if (slab == null) {
            supply.memoryRefused();
            return false;
        }
        make(slab, count);
        supply.memoryGranted();
        return true;
    }

    private void make(ByteBuffer slab, int count) {
        int stride = chunkBytes + STAGGER_BYTES;
        for (int i = 0; i < count; i++) {
            ByteBuffer memory = slab.slice(i * stride, chunkBytes);
            int id = supply.made();
            chunks[id] = new RingChunk(memory, addressOf.applyAsLong(memory), id);
            supply.add();
            idle[idleCount++] = id;
        }
    }

    private void takeBack(int id) {
        idle[idleCount++] = id;
        supply.takeBack();
        assert isComplete() : this;
    }

    @Override
    public String toString() {
        return supply + ", " + offered + " of " + target + " offered, " + idleCount + " idle";
    }

    private final class RingChunk extends PoolChunk {
        private final int id;
        private @Nullable NativeMemory written;

        RingChunk(ByteBuffer memory, long address, int id) {
            super(memory, address);
            this.id = id;
        }

        NativeMemory asKernelWrites() {
            NativeMemory known = written;
            if (known == null) {
                known = NativeMemory.over(memory(), address());
                written = known;
            }
            return known;
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
            takeBack(id);
        }
    }
}
