// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.posix.Libc;
import io.millrace.spi.PoolChunk;
import io.millrace.testkit.script.ScriptedContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Which chunks the kernel gets, when there are more of them, and what happens when there are not.
 */
class ReceiveBuffersTest {
    private static final int CHUNK_BYTES = 1000;

    private final FakeKernel kernel = new FakeKernel();
    private final ScriptedContext context = new ScriptedContext(System::nanoTime);

    @Test
    void fewAreOfferedAtFirst() throws IoException {
        ReceiveBuffers buffers = buffers(256);
        buffers.provide();
        assertEquals(8, kernel.buffers().offered());
        buffers.provide();
        assertEquals(8, kernel.buffers().offered());
    }

    @Test
    void neverMoreThanThereAre() throws IoException {
        ReceiveBuffers buffers = buffers(5);
        for (int i = 0; i < 4; i++) {
            buffers.provide();
            assertEquals(5, kernel.buffers().offered());
            assertTrue(buffers.canProvideMore());
        }
    }

    @Test
    void twiceAsManyAreOfferedAfterEachTurnInWhichTheKernelRanOut() throws IoException {
        ReceiveBuffers buffers = buffers(100);
        List<Integer> offered = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            buffers.provide();
            offered.add(kernel.buffers().offered());
            assertTrue(buffers.canProvideMore());
            assertTrue(buffers.canProvideMore(), "once a turn");
        }
        assertEquals(List.of(8, 16, 32, 64, 100, 100), offered);
    }

    @Test
    void whatCameBackLastIsOfferedFirst() throws IoException {
        ReceiveBuffers buffers = buffers(256);
        buffers.provide();
        PoolChunk first = take(buffers);
        PoolChunk second = take(buffers);
        first.release();
        second.release();
        buffers.provide();
        for (int i = 0; i < 6; i++) {
            take(buffers);
        }
        assertSame(second, take(buffers));
        assertSame(first, take(buffers));
    }

    @Test
    void chunksHoldWhatTheKernelPutThere() throws IoException {
        ReceiveBuffers buffers = buffers(16);
        buffers.provide();
        int id = CompletionFlag.bufferId(kernel.buffers().fill("hello"));
        PoolChunk chunk = buffers.take(id, 5);
        byte[] bytes = new byte[5];
        chunk.copyTo(0, bytes, 0, 5);
        assertEquals("hello", new String(bytes, StandardCharsets.US_ASCII));
        assertEquals(CHUNK_BYTES + ReceiveBuffers.LEAD_BYTES, chunk.capacity());
        assertEquals(1, buffers.lent());
        chunk.release();
        assertEquals(0, buffers.lent());
    }

    @Test
    void successiveChunksDoNotShareTheirCacheLines() throws IoException {
        ReceiveBuffers buffers = buffers(16);
        buffers.provide();
        long one = take(buffers).address();
        long other = take(buffers).address();
        assertEquals(CHUNK_BYTES + ReceiveBuffers.LEAD_BYTES + 64, Math.abs(one - other));
    }

    @Test
    void aChunkKeptWhileFewAreLeftIsACopy() throws IoException {
        ReceiveBuffers buffers = buffers(16);
        buffers.provide();
        Deque<PoolChunk> kept = new ArrayDeque<>();
        for (int i = 0; i < 12; i++) {
            buffers.provide();
            PoolChunk chunk = take(buffers);
            assertSame(chunk, chunk.keep());
            chunk.release();
            kept.push(chunk);
        }
        PoolChunk scarce = take(buffers);
        PoolChunk copy = scarce.keep();
        assertNotSame(scarce, copy);
        scarce.release();
        copy.release();
        assertEquals(12, buffers.lent());
        kept.forEach(PoolChunk::release);
        assertEquals(0, buffers.lent());
    }

    @Test
    void theLoopHearsOfReturnedChunksOnceAQuarterIsBack() throws IoException {
        ReceiveBuffers buffers = buffers(16);
        buffers.provide();
        Deque<PoolChunk> lent = new ArrayDeque<>();
        for (int i = 0; i < 16; i++) {
            buffers.provide();
            lent.push(take(buffers));
        }
        assertFalse(buffers.canProvideMore());
        for (int i = 0; i < 3; i++) {
            lent.pop().release();
        }
        assertEquals(0, context.chunkReturns());
        lent.pop().release();
        assertEquals(1, context.chunkReturns());
        lent.forEach(PoolChunk::release);
        assertEquals(1, context.chunkReturns());
        assertTrue(buffers.canProvideMore());
    }

    @Test
    void buffersThatTheKernelHasTakenButNotReportedStillCount() throws IoException {
        ReceiveBuffers buffers = buffers(2);
        buffers.provide();
        take(buffers);
        kernel.buffers().fill("on its way");
        assertTrue(buffers.canProvideMore());
    }

    @Test
    void ofLargeMessagesNoMoreAreOfferedThanStayInTheCache() throws IoException {
        ReceiveBuffers buffers = buffers(256, 64 << 10);
        demand(buffers, 64 << 10);
        assertEquals(16, kernel.buffers().offered());
        while (kernel.buffers().offered() > 0) {
            take(buffers, 1).release();
        }
        demand(buffers, 1);
        assertEquals(256, kernel.buffers().offered());
    }

    @Test
    void whenMessagesBecomeLargeFewerAreOffered() throws IoException {
        ReceiveBuffers buffers = buffers(256, 64 << 10);
        demand(buffers, 1);
        assertEquals(256, kernel.buffers().offered());
        for (int i = 0; i < 300; i++) {
            take(buffers, 64 << 10).release();
            buffers.provide();
        }
        assertEquals(16, kernel.buffers().offered());
    }

    @Test
    void someTimeAfterABurstFewAreOfferedAgain() throws IoException {
        ReceiveBuffers buffers = buffers(256);
        for (int i = 0; i < 5; i++) {
            buffers.provide();
            assertTrue(buffers.canProvideMore());
        }
        buffers.provide();
        assertEquals(256, kernel.buffers().offered());
        for (int i = 0; i < 1000; i++) {
            for (int message = 0; message < 10; message++) {
                take(buffers).release();
            }
            buffers.provide();
            buffers.provide();
        }
        for (int i = 0; i < 100; i++) {
            for (int message = 0; message < 10; message++) {
                take(buffers).release();
            }
            buffers.provide();
        }
        assertEquals(20, kernel.buffers().offered());
    }

    /** Many messages of a size, and the kernel runs out time and again. */
    private void demand(ReceiveBuffers buffers, int bytes) {
        for (int i = 0; i < 300; i++) {
            buffers.provide();
            take(buffers, bytes).release();
            assertTrue(buffers.canProvideMore());
        }
        buffers.provide();
    }

    private PoolChunk take(ReceiveBuffers buffers, int length) {
        return buffers.take(CompletionFlag.bufferId(kernel.buffers().fill("x")), length);
    }

    private PoolChunk take(ReceiveBuffers buffers) {
        return take(buffers, 1);
    }

    private ReceiveBuffers buffers(int count) throws IoException {
        return buffers(count, CHUNK_BYTES);
    }

    private ReceiveBuffers buffers(int count, int chunkBytes) throws IoException {
        Ring ring = new RingSetup(kernel).open(KernelRecords.linux6_1(), new RingSizes(16, 64));
        BufferRing entries = BufferRing.register(kernel, ring, ReceiveBuffers.GROUP, 256, 0);
        return new ReceiveBuffers(entries, count, chunkBytes, Libc::addressOf, context);
    }
}
