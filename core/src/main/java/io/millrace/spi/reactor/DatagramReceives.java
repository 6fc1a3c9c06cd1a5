// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.DatagramInfo;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.PoolChunk;
import org.jspecify.annotations.Nullable;

/**
 * The loop's one scratch list of chunks for one receive of datagrams, and what is known of those
 * that came. The chunks are the caller's throughout.
 */
public final class DatagramReceives {
    /**
     * As many as leave with one call: those who send them are woken less often, and what the kernel
     * does for each is still in the caches for the next.
     */
    public static final int MOST = DatagramSends.MOST;

    private final @Nullable PoolChunk[] chunks = new PoolChunk[MOST];
    private final DatagramInfo[] infos = new DatagramInfo[MOST];
    private int count;

    public DatagramReceives() {
        for (int i = 0; i < MOST; i++) {
            infos[i] = new DatagramInfo();
        }
    }

    /** Adds an empty chunk. Not when there are {@link #MOST}. */
    public void add(PoolChunk chunk) {
        chunks[count++] = chunk;
    }

    public int count() {
        return count;
    }

    /**
     * The chunk at a place, which {@link PoolChunk#filled} is called of when a datagram is there.
     */
    @SuppressWarnings("NullAway") // the first count places are filled until they are taken
    public PoolChunk chunk(int index) {
        assert index < count;
        return chunks[index];
    }

    /** What is known of the datagram at a place. */
    public DatagramInfo info(int index) {
        return infos[index];
    }

    /** The chunk at a place, which is forgotten here. */
    public PoolChunk take(int index) {
        PoolChunk chunk = chunk(index);
        chunks[index] = null;
        return chunk;
    }

    /** Lets go of all chunks that were not taken, and begins anew. */
    public void releaseRest() {
        for (int i = count - 1; i >= 0; i--) {
            PoolChunk chunk = chunks[i];
            chunks[i] = null;
            if (chunk != null) {
                chunk.release();
            }
        }
        count = 0;
    }
}
