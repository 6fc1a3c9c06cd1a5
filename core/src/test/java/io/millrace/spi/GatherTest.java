// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Segments by address for native engines, by position and limit for the others. */
class GatherTest {
    private final ByteBuffer one = ByteBuffer.allocateDirect(100);
    private final ByteBuffer two = ByteBuffer.allocateDirect(100);
    private final Gather gather = new Gather(3);

    @Test
    void knowsWhereEachSegmentBeginsAndHowLongItIs() {
        gather.add(one, 1000, 10, 30);
        gather.add(two, 0, 5, 6);

        assertEquals(2, gather.count());
        assertEquals(21, gather.bytes());
        assertEquals(1010, gather.address(0));
        assertEquals(20, gather.length(0));
        assertEquals(0, gather.address(1));
        assertEquals(5, gather.buffer(1).position());
        assertEquals(6, gather.buffer(1).limit());
        assertFalse(gather.isFull());
    }

    @Test
    void isFullAtItsMaximumAndKeepsNoBufferAlive() {
        for (int i = 0; i < 3; i++) {
            gather.add(one, 0, 0, 1);
        }
        assertTrue(gather.isFull());

        gather.clear();

        assertEquals(0, gather.count());
        assertEquals(0, gather.bytes());
        assertNull(gather.buffers()[0]);
    }

    @Test
    void isFullOfAsManyBytesAsASendCanTake() {
        Gather small = new Gather(3, false, 10);
        small.add(one, 0, 0, 7);
        assertFalse(small.isFull());
        small.add(two, 0, 20, 40);
        assertTrue(small.isFull());
        assertEquals(10, small.bytes());
        assertEquals(3, small.length(1));
        assertEquals(23, two.limit());
    }

    @Test
    void differentBuffersGoTogether() {
        gather.add(one, 0, 0, 1);
        gather.add(two, 0, 0, 1);

        assertEquals(2, gather.countOfDistinct());
    }

    @Test
    void aBufferThatCameTwiceEnclosesItsFirstSegmentFirst() {
        gather.add(one, 0, 3, 9);
        gather.add(two, 0, 0, 50);
        gather.add(one, 0, 20, 80);

        assertEquals(2, gather.countOfDistinct());
        assertEquals(3, one.position());
        assertEquals(9, one.limit());
        assertEquals(50, two.limit());
    }
}
