// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.fixture.ScarcityFails;
import io.millrace.spi.DirectMemory;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Copies of heap memory for the kernel: right bytes, reused blocks. */
@ExtendWith(ScarcityFails.class)
class StagingPoolTest {
    private final StagingPool pool = new StagingPool();

    @Test
    void copiesAroundEveryBlockSize() {
        for (int shift = 0; shift <= 21; shift++) {
            for (int size = Math.max(0, (1 << shift) - 1); size <= (1 << shift) + 1; size++) {
                byte[] bytes = new byte[size];
                new Random(size).nextBytes(bytes);
                PoolChunk copy = pool.copy(bytes, 0, size);
                byte[] back = new byte[copy.length()];
                copy.copyTo(0, back, 0, back.length);
                assertArrayEquals(bytes, back);
                copy.release();
            }
        }
    }

    @Test
    void aHeapBufferIsUsedUp() {
        ByteBuffer source = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}).position(1);
        PoolChunk copy = pool.copy(source);
        assertEquals(3, copy.length());
        assertEquals(2, copy.get(0));
        assertEquals(4, source.position());
    }

    @Test
    void aReleasedBlockIsUsedAgainForItsSize() {
        PoolChunk first = pool.copy(new byte[600], 0, 600);
        first.release();
        assertSame(first, pool.copy(new byte[1000], 0, 1000));
        assertNotSame(first, pool.copy(new byte[1000], 0, 1000));
    }

    /** An engine leaves a block's buffer limited to what it sent of it. */
    @Test
    void aReusedBlockTakesMoreThanItHeldBefore() {
        PoolChunk first = pool.copy(new byte[12], 0, 12);
        first.buffer();
        first.release();
        byte[] longer = "more than twelve bytes".getBytes(StandardCharsets.US_ASCII);

        PoolChunk second = pool.copy(longer, 0, longer.length);

        assertSame(first, second);
        byte[] back = new byte[longer.length];
        second.copyTo(0, back, 0, back.length);
        assertArrayEquals(longer, back);
    }

    @Test
    void blocksBeyondTheLargestClassAreNotKept() {
        PoolChunk large = pool.copy(new byte[(1 << 20) + 1], 0, (1 << 20) + 1);
        large.release();
        assertNotSame(large, pool.copy(new byte[(1 << 20) + 1], 0, (1 << 20) + 1));
    }

    @Test
    void withoutDirectMemoryTheCopyIsOnTheHeapAndNotKept() {
        DirectMemory.Source before = DirectMemory.replaceSource(StagingPoolTest::refuse);
        try {
            PoolChunk copy = pool.copy(new byte[] {1, 2, 3}, 1, 2);
            assertTrue(StagingPool.isOnHeap(copy));
            assertEquals(2, copy.length());
            assertEquals(3, copy.get(1));
            copy.release();
            assertNotSame(copy, pool.copy(new byte[3], 0, 3));
        } finally {
            DirectMemory.replaceSource(before);
        }
        assertFalse(StagingPool.isOnHeap(pool.copy(new byte[3], 0, 3)));
    }

    private static ByteBuffer refuse(int bytes) {
        throw new OutOfMemoryError("refused by a test");
    }
}
