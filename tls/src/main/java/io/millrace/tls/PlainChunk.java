// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Decrypted bytes on loan: of a loop's {@link LoopBuffers}, or a copy of their own size. */
final class PlainChunk extends PoolChunk {
    /** Null for a copy, which the garbage collector takes. */
    private final @Nullable LoopBuffers home;

    PlainChunk(ByteBuffer memory, @Nullable LoopBuffers home) {
        super(memory, 0);
        this.home = home;
    }

    @Override
    protected boolean isScarce() {
        return home != null && home.chunksAreScarce();
    }

    /** Many that are kept for little each would hold a multiple of what is in them. */
    @Override
    protected PoolChunk copyElsewhere() {
        PlainChunk copy = new PlainChunk(ByteBuffer.allocate(length()), null);
        copy.lend();
        copy.memory().put(0, memory(), start(), length());
        copy.filled(0, length());
        return copy;
    }

    @Override
    protected void recycle() {
        if (home != null) {
            home.giveBack(this);
        }
    }
}
