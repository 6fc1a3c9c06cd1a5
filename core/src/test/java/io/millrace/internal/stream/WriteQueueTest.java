// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.internal.file.FileSource;
import io.millrace.internal.loop.StagingPool;
import io.millrace.net.WriteCallback;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The queue of writes: every partial count, every kind of source, in order. */
class WriteQueueTest {
    private static final WriteCallback CALLBACK = (stream, failure) -> {};

    private final PendingWrite.Pool places = new PendingWrite.Pool();
    private final WriteQueue queue = new WriteQueue(places);
    private final StagingPool staging = new StagingPool();

    @Test
    void everyPartialCountLeavesExactlyTheRest() {
        for (int first = 0; first <= 12; first++) {
            WriteQueue writes = new WriteQueue(places);
            writes.add(direct(5), CALLBACK);
            writes.add(direct(0), CALLBACK);
            writes.add(direct(7), CALLBACK);
            writes.advance(first);
            assertEquals(12 - first, writes.unsentBytes());
            Gather gather = gathered(writes);
            assertEquals(12 - first, gather.bytes());
            writes.advance(12 - first);
            assertFalse(writes.hasUnsent());
            assertEquals(0, writes.unsentBytes());
        }
    }

    @Test
    void gathersUpToTheListsEnd() {
        for (int i = 0; i < 5; i++) {
            queue.add(direct(2), null);
        }
        Gather gather = new Gather(3);
        queue.gather(gather);
        assertEquals(3, gather.count());
        assertEquals(6, gather.bytes());
    }

    @Test
    void aChunkIsReleasedWhenItsLastByteIsTaken() {
        PoolChunk chunk = staging.copy(new byte[3], 0, 3);
        queue.add(chunk, null);
        queue.advance(2);
        assertEquals(1, chunk.owners());
        queue.advance(1);
        assertEquals(0, chunk.owners());
    }

    @Test
    void aRegionOfAFileEndsAGather() {
        CountingFile file = new CountingFile();
        queue.add(direct(1), null);
        queue.add(new FileRegion(file, 10, 20), CALLBACK);
        queue.add(direct(1), null);
        assertNull(queue.nextRegion());
        assertEquals(1, gathered(queue).count());
        queue.advance(1);
        WriteRegion region = queue.nextRegion();
        assertNotNull(region);
        queue.advance(5);
        assertEquals(15, region.position());
        assertEquals(15, region.remaining());
        assertTrue(queue.isShortRegion());
        queue.advance(15);
        assertEquals(1, file.closed);
        assertNull(queue.nextRegion());
    }

    @Test
    void bytesOfFilesAreQueuedButNotInMemory() {
        queue.add(new FileRegion(new CountingFile(), 0, 1L << 40), null);
        queue.add(direct(3), null);
        assertEquals((1L << 40) + 3, queue.unsentBytes());
        assertEquals(3, queue.unsentMemoryBytes());
        queue.advance((1L << 40) + 1);
        assertEquals(2, queue.unsentBytes());
        assertEquals(2, queue.unsentMemoryBytes());
    }

    /** Up to the end of a file, however long it is: that must not come out as less than nothing. */
    @Test
    void whatIsQueuedIsNeverLessForBeingMoreThanCanBeSaid() {
        queue.add(direct(3), null);
        queue.add(new FileRegion(new CountingFile(), 0, Long.MAX_VALUE), null);
        assertEquals(Long.MAX_VALUE, queue.unsentBytes());
        queue.add(new FileRegion(new CountingFile(), 0, Long.MAX_VALUE), null);
        queue.add(new FileRegion(new CountingFile(), 0, Long.MAX_VALUE), null);
        queue.add(direct(5), null);
        assertEquals(Long.MAX_VALUE, queue.unsentBytes());
        assertEquals(8, queue.unsentMemoryBytes());
        queue.advance(3);
        queue.advance(Long.MAX_VALUE);
        assertEquals(Long.MAX_VALUE, queue.unsentBytes());
        queue.advance(Long.MAX_VALUE);
        assertEquals(Long.MAX_VALUE, queue.unsentBytes());
        queue.advance(6);
        assertEquals(Long.MAX_VALUE - 1, queue.unsentBytes());
        queue.advance(Long.MAX_VALUE - 6);
        assertEquals(5, queue.unsentBytes());
        queue.advance(5);
        assertEquals(0, queue.unsentBytes());
    }

    @Test
    void silentWritesAreForgottenButNotBeforeEarlierCompletions() {
        queue.add(direct(1), CALLBACK);
        queue.add(direct(1), null);
        queue.advance(2);
        queue.skipSilent();
        assertTrue(queue.hasEnded());
        queue.removeHead();
        queue.skipSilent();
        assertTrue(queue.isEmpty());
    }

    @Test
    void aPlaceIsUsedAgainAndRemembersNothing() {
        queue.add(direct(1), CALLBACK);
        queue.advance(1);
        queue.removeHead();
        assertEquals(1, places.idleCount());
        queue.add(new FileRegion(new CountingFile(), 0, 3), null);
        assertEquals(0, places.idleCount());
        assertNull(queue.headCallback());
        assertFalse(queue.hasCallbacks());
        queue.advance(3);
        queue.skipSilent();
        queue.add(direct(2), null);
        assertNull(queue.nextRegion());
        assertEquals(2, gathered(queue).bytes());
    }

    @Test
    void aBurstOfWritesDoesNotKeepItsPlacesForEver() {
        for (int i = 0; i < 10_000; i++) {
            queue.add(direct(0), null);
        }
        assertEquals(10_000, queue.size());
        queue.advance(0);
        queue.skipSilent();
        assertTrue(queue.isEmpty());
        assertEquals(4096, places.idleCount());
    }

    @Test
    void keepsTheOrderWhileWritesEndAndOthersJoin() {
        List<ByteBuffer> sent = new ArrayList<>();
        List<ByteBuffer> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ByteBuffer buffer = direct(1);
            expected.add(buffer);
            queue.add(buffer, null);
            if (i % 3 == 0) {
                sent.add(gathered(queue).buffer(0));
                queue.advance(1);
                queue.skipSilent();
            }
        }
        while (queue.hasUnsent()) {
            sent.add(gathered(queue).buffer(0));
            queue.advance(1);
            queue.skipSilent();
        }
        for (int i = 0; i < expected.size(); i++) {
            assertTrue(expected.get(i) == sent.get(i), "write " + i);
        }
    }

    private static Gather gathered(WriteQueue queue) {
        Gather gather = new Gather(16);
        queue.gather(gather);
        return gather;
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes);
    }

    /** A file of which only the closing matters. */
    private static final class CountingFile implements FileSource {
        private int closed;

        @Override
        public OpenFile file() {
            throw new AssertionError("nobody sends");
        }

        @Override
        public Path path() {
            return Path.of("region");
        }

        @Override
        public void end() {
            closed++;
        }
    }
}
