// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.internal.loop.StagingPool;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Reading of received bytes. */
class ChunkTest {
    private final PoolChunk chunk =
            new StagingPool().copy(new byte[] {10, 11, 12, 13, 14, 15, 16, 17}, 0, 8);

    @Test
    void countsFromTheFirstUnreadByte() {
        chunk.skip(3);
        assertEquals(5, chunk.length());
        assertEquals(13, chunk.get(0));
        assertEquals(17, chunk.get(4));
        assertEquals(ByteBuffer.wrap(new byte[] {13, 14, 15, 16, 17}), chunk.buffer());
    }

    @Test
    void refusesToReadBeyondItsBytes() {
        chunk.skip(3);
        assertThrows(IndexOutOfBoundsException.class, () -> chunk.get(5));
        assertThrows(IndexOutOfBoundsException.class, () -> chunk.get(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> chunk.skip(6));
        assertThrows(IndexOutOfBoundsException.class, () -> chunk.copyTo(4, new byte[2], 0, 2));
    }

    /** A user who takes a piece of the buffer, or an engine that sent one, leaves it limited. */
    @Test
    void readsAllBytesWhateverTheBufferWasLimitedTo() {
        ByteBuffer piece = chunk.buffer();
        piece.limit(piece.position() + 2);

        assertEquals(17, chunk.get(7));

        piece.limit(0);
        byte[] all = new byte[8];
        chunk.copyTo(0, all, 0, 8);
        assertArrayEquals(new byte[] {10, 11, 12, 13, 14, 15, 16, 17}, all);

        piece.limit(1);
        ByteBuffer target = ByteBuffer.allocate(8);
        chunk.copyTo(target);
        assertEquals(8, target.position());
    }
}
