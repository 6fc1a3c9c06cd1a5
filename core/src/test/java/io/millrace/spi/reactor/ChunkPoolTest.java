// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.Chunk;
import io.millrace.fixture.ScarcityFails;
import io.millrace.spi.DirectMemory;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lending chunks, running low, and running out. */
@ExtendWith(ScarcityFails.class)
class ChunkPoolTest {
    private final Reactor loop = Reactor.level();

    @Test
    void theChunkThatCameBackLastIsLentFirst() {
        ChunkPool pool = pool(4, 16);
        PoolChunk first = pool.acquire();
        PoolChunk second = pool.acquire();
        first.release();
        second.release();

        assertSame(second, pool.acquire());
        assertSame(first, pool.acquire());
    }

    @Test
    void memoryIsMadeOnlyWhenItIsNeeded() {
        List<ByteBuffer> made = new ArrayList<>();
        DriverConfig config = new DriverConfig(1000, 16, Map.of());
        ChunkPool pool =
                new ChunkPool(
                        config,
                        memory -> {
                            made.add(memory);
                            return 4096;
                        },
                        loop);
        for (int i = 0; i < 10; i++) {
            PoolChunk chunk = pool.acquire();
            assertEquals(4096, chunk.address());
            chunk.release();
        }

        assertEquals(1, made.size());
    }

    @Test
    void aChunkLentAgainIsNotCutByTheLimitOfItsLastUse() {
        ChunkPool pool = pool(1, 64);
        PoolChunk chunk = pool.acquire();
        chunk.filled(0, 10);
        chunk.buffer();
        chunk.release();

        pool.acquire().filled(0, 64);

        assertEquals(0, chunk.get(63));
    }

    @Test
    void nothingIsLentBeyondTheCount() {
        ChunkPool pool = pool(2, 16);
        pool.acquire();
        pool.acquire();

        assertNull(pool.acquire());
        assertEquals(2, pool.lent());
    }

    @ParameterizedTest
    @CsvSource({"8,2", "4,1", "3,1", "1,1"})
    void chunksComingBackAreAnnouncedOnceAtAQuarter(int count, int quarter) {
        ChunkPool pool = pool(count, 16);
        List<PoolChunk> lent = acquireAll(pool, count);
        assertNull(pool.acquire());
        for (int i = 0; i < count; i++) {
            assertEquals(i < quarter ? 0 : 1, loop.chunksReturned);
            lent.get(i).release();
        }
        assertEquals(1, loop.chunksReturned);
    }

    @Test
    void withoutStarvationNothingIsAnnounced() {
        ChunkPool pool = pool(2, 16);
        acquireAll(pool, 2).forEach(PoolChunk::release);

        assertEquals(0, loop.chunksReturned);
    }

    @Test
    void keepingSharesWhileThereAreEnough() {
        ChunkPool pool = pool(4, 16);
        PoolChunk chunk = pool.acquire();

        assertSame(chunk, chunk.keep());
        chunk.release();
        assertEquals(1, pool.lent());
        chunk.release();
        assertEquals(0, pool.lent());
    }

    @Test
    void keepingCopiesTheBytesBelowAQuarter() {
        ChunkPool pool = pool(4, 64);
        List<PoolChunk> lent = acquireAll(pool, 4);
        PoolChunk original = lent.get(3);
        original.memory().put(5, (byte) 42).put(6, (byte) 43);
        original.filled(5, 7);

        Chunk copy = original.keep();

        assertNotSame(original, copy);
        assertEquals(2, copy.length());
        assertEquals(42, copy.get(0));
        assertEquals(43, copy.get(1));
        assertEquals(1, original.owners());
        assertEquals(1, pool.lentOverflow());
        copy.release();
        assertEquals(0, pool.lentOverflow());
    }

    @Test
    void keepingDoesNotDisturbWhoeverIsReadingTheBuffer() {
        ChunkPool pool = pool(1, 64);
        PoolChunk chunk = pool.acquire();
        chunk.filled(5, 20);
        ByteBuffer reading = chunk.buffer();
        reading.get();

        chunk.keep();

        assertEquals(6, reading.position());
        assertEquals(20, reading.limit());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aTinyPoolNeverLendsItsLastChunkForKeeps(int count) {
        ChunkPool pool = pool(count, 16);
        for (int i = 0; i < 2 * count; i++) {
            PoolChunk chunk = pool.acquire();
            assertNotNull(chunk, "starved after " + i);
            chunk.filled(0, 1);
            chunk.keep();
            chunk.release();
        }
    }

    @Test
    void copiesAreUsedAgainAndBoundedByThePoolItself() {
        ChunkPool pool = pool(1, 1024);
        PoolChunk chunk = pool.acquire();
        chunk.filled(0, 256);
        List<Chunk> copies = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            copies.add(chunk.keep());
        }

        assertSame(chunk, chunk.keep(), "the limit is reached, so it is shared after all");
        Chunk last = copies.get(3);
        last.release();
        assertSame(last, chunk.keep());
    }

    @Test
    void idleCopiesOfOneSizeGiveWayToAnother() {
        ChunkPool pool = pool(1, 1024);
        PoolChunk chunk = pool.acquire();
        chunk.filled(0, 10);
        chunk.keep().release();
        chunk.filled(0, 1000);

        assertNotSame(chunk, chunk.keep());
        chunk.filled(0, 10);
        assertSame(chunk, chunk.keep());
    }

    @ParameterizedTest
    @CsvSource({"1,256", "256,256", "257,1024", "1024,1024", "1025,4096", "5000,5000"})
    void copiesAreAsLargeAsTheBytesNeed(int bytes, int capacity) {
        ChunkPool pool = pool(1, 5000);
        PoolChunk chunk = pool.acquire();
        chunk.filled(0, bytes);

        assertEquals(capacity, chunk.keep().capacity());
    }

    @Test
    void aPoolThatGetsNoMemoryMakesDoWithWhatItHas() {
        try (LimitedMemory memory = new LimitedMemory(2)) {
            ChunkPool pool = pool(100, 16);
            PoolChunk first = pool.acquire();
            PoolChunk second = pool.acquire();

            assertNull(pool.acquire());
            assertNull(pool.acquire());
            assertEquals(3, memory.asked, "asked again in vain at once");
            assertEquals(2, loop.memoryRefused);
            first.release();
            second.release();
            assertEquals(1, loop.chunksReturned);
            assertNotNull(pool.acquire());
        }
    }

    @Test
    void aPoolThatGotNoMemoryGetsItWhenThereIsSomeAgain() {
        ChunkPool pool;
        PoolChunk first;
        try (LimitedMemory memory = new LimitedMemory(1)) {
            pool = pool(100, 16);
            first = pool.acquire();
            assertNull(pool.acquire());
            assertEquals(2, memory.asked);
        }

        PoolChunk second = pool.acquire();
        assertNotNull(second);
        assertEquals(1, loop.chunksReturned, "others wait as well");
        assertSame(second, second.keep(), "it is not scarce any more");
        assertNotNull(first);
    }

    @Test
    void aCopyThatGetsNoMemoryIsNoCopy() {
        try (LimitedMemory memory = new LimitedMemory(1)) {
            ChunkPool pool = pool(1, 16);
            PoolChunk chunk = pool.acquire();
            chunk.filled(0, 1);

            assertSame(chunk, chunk.keep());
            assertSame(chunk, chunk.keep());
            assertEquals(2, memory.asked, "asked again in vain at once");
        }
    }

    @Test
    void aReleasedChunkCanBeNeitherReleasedNorKept() {
        PoolChunk chunk = pool(1, 16).acquire();
        chunk.release();

        assertThrows(IllegalStateException.class, chunk::release);
        assertThrows(IllegalStateException.class, chunk::keep);
    }

    private ChunkPool pool(int count, int bytes) {
        return new ChunkPool(new DriverConfig(count, bytes, Map.of()), memory -> 0, loop);
    }

    private static List<PoolChunk> acquireAll(ChunkPool pool, int count) {
        List<PoolChunk> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(pool.acquire());
        }
        return all;
    }

    /** So many buffers, and then none until it is closed. */
    private static final class LimitedMemory implements DirectMemory.Source, AutoCloseable {
        int asked;
        private final int limit;
        private final DirectMemory.Source before;

        LimitedMemory(int limit) {
            this.limit = limit;
            before = DirectMemory.replaceSource(this);
        }

        @Override
        public ByteBuffer allocate(int bytes) {
            if (++asked > limit) {
                throw new OutOfMemoryError("refused by a test");
            }
            return before.allocate(bytes);
        }

        @Override
        public void close() {
            DirectMemory.replaceSource(before);
        }
    }
}
