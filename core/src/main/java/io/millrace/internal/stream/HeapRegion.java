// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.internal.loop.StagingPool;
import io.millrace.spi.Gather;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import java.nio.ByteBuffer;

/**
 * A copy for which there was no direct memory: it goes through the loop's reserve, which all
 * streams share, so a send must be done with it when it returns.
 */
final class HeapRegion extends WriteRegion {
    private final PoolChunk copy;
    private final StagingPool staging;

    /** Takes one owner's share of the copy. */
    HeapRegion(PoolChunk copy, StagingPool staging) {
        super(copy.start(), copy.length());
        this.copy = copy;
        this.staging = staging;
    }

    @Override
    int sendBy(StreamPort port, long most) {
        return port.sendPassing();
    }

    @Override
    boolean isInMemory() {
        return true;
    }

    @Override
    void gather(Gather into) {
        ByteBuffer piece = staging.putIntoReserve(copy.memory(), (int) position(), copy.end());
        into.add(piece, 0, 0, piece.limit());
    }

    @Override
    void close() {
        copy.release();
    }
}
