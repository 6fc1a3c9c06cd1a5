// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** What is received, accepted, called back and closed between two polls. */
class TurnSharesTest extends TurnSharesFixture {
    @Test
    void whatFloodsInIsDeliveredInSharesWholeAndInOrderAndThenItsEnd() throws IOException {
        backend.chunksPerPoll = 200;
        backend.chunksLeft = 2000;
        backend.bytesPerChunk = 9000;
        ByteStream stream = connect();
        Received received = new Received();
        stream.read(received);
        run(
                () -> received.bytes,
                () -> {
                    if (backend.chunksLeft == 0) {
                        port(0).end();
                    }
                    return received.ended;
                });
        assertEquals(2000L * 9000, received.bytes);
        assertLargest(1, TurnShares.DELIVERED_BYTES + 9000);
    }

    @Test
    void smallMessagesThatFloodInAreCountedByTheirCallbacks() throws IOException {
        loop.closeAll();
        loop = EventLoop.open(LoopOptions.builder().provider(backend).chunks(2000, 1024).build());
        backend.chunksPerPoll = 1000;
        backend.chunksLeft = 5000;
        ByteStream stream = connect();
        Received received = new Received();
        stream.read(received);
        stream.pauseReading();
        loop.run(RunMode.NOWAIT);
        stream.resumeReading();
        run(() -> received.calls, () -> received.bytes == 5000);
        assertLargest(2, TurnShares.DELIVERED_BYTES / TurnShares.DELIVERY_BYTES);
    }

    /** Chunks whose bytes count on, whatever the callbacks do in between. */
    private static final class Received implements ReadHandler {
        private byte next;
        private long bytes;
        private int calls;
        private boolean ended;

        @Override
        public void onRead(ByteStream stream, Chunk chunk) {
            calls++;
            ByteBuffer buffer = chunk.buffer();
            bytes += buffer.remaining();
            while (buffer.hasRemaining()) {
                assertEquals(next++, buffer.get());
            }
        }

        @Override
        public void onEnd(ByteStream stream) {
            ended = true;
        }
    }

    @Test
    void readingParkedBytesOneByOneIsCountedByItsCallbacks() throws IOException {
        backend.chunksPerPoll = 3;
        backend.chunksLeft = 3;
        backend.bytesPerChunk = 1000;
        ByteStream stream = connect();
        stream.read((same, chunk) -> stream.pauseReading());
        while (backend.chunksLeft > 0) {
            loop.run(RunMode.NOWAIT);
        }
        int[] calls = new int[1];
        ByteBuffer one = ByteBuffer.allocateDirect(1);
        readAgain(stream, one, calls);
        run(() -> calls[0], () -> calls[0] == 2000);
        assertLargest(2, TurnShares.DELIVERED_BYTES / TurnShares.DELIVERY_BYTES);
    }

    private void readAgain(ByteStream stream, ByteBuffer buffer, int[] calls) {
        stream.read(
                buffer.clear(),
                (same, filled, count) -> {
                    if (++calls[0] < 2000) {
                        readAgain(stream, buffer, calls);
                    }
                });
    }

    @Test
    void aHugeBufferIsFilledInPieces() throws IOException {
        ByteStream stream = connect();
        ByteBuffer buffer = ByteBuffer.allocateDirect(16 << 20).position(3).limit(15 << 20);
        int[] count = new int[1];
        stream.readFully(
                buffer,
                (same, filled, bytes) -> {
                    count[0] = bytes;
                    assertEquals(15 << 20, filled.limit());
                });
        run(() -> 0, () -> count[0] != 0);
        assertEquals((15 << 20) - 3, count[0]);
        assertEquals(15 << 20, buffer.position());
        assertEquals(TurnShares.RECEIVE_BYTES, port(0).largestReceive);
    }

    @Test
    void aHugeBufferComesBackAsItWasFromAStreamThatCloses() throws IOException {
        ByteStream stream = connect();
        ByteBuffer buffer = ByteBuffer.allocateDirect(16 << 20);
        stream.readFully(buffer, (same, filled, bytes) -> {});
        stream.close();
        run(() -> 0, stream::isClosed);
        assertEquals(16 << 20, buffer.limit());
    }

    @Test
    void connectionsThatFloodInAreOpenedInShares() throws IOException {
        backend.connectionsPerPoll = 1000;
        backend.connectionsLeft = 3000;
        int[] opened = new int[1];
        TcpServer.listen(
                loop,
                ANYWHERE,
                stream -> {
                    opened[0]++;
                    stream.close();
                });
        run(() -> opened[0], () -> opened[0] == 3000);
        assertLargest(2, TurnShares.CONNECTIONS);
    }

    @Test
    void connectionsThatWaitedForAPauseToEndAreOpenedInShares() throws IOException {
        backend.connectionsPerPoll = 500;
        backend.connectionsLeft = 500;
        int[] opened = new int[1];
        TcpServer server =
                TcpServer.listen(
                        loop,
                        ANYWHERE,
                        stream -> {
                            opened[0]++;
                            stream.close();
                        });
        server.pauseAccept();
        while (backend.connectionsLeft > 0) {
            loop.run(RunMode.NOWAIT);
        }
        assertEquals(0, opened[0]);
        server.resumeAccept();
        run(() -> opened[0], () -> opened[0] == 500);
        assertLargest(2, TurnShares.CONNECTIONS);
    }

    @Test
    void tasksRunInShares() throws IOException {
        int[] ran = new int[1];
        for (int i = 0; i < 10_000; i++) {
            int number = i;
            loop.execute(() -> assertEquals(number, ran[0]++));
        }
        run(() -> ran[0], () -> ran[0] == 10_000);
        assertLargest(2, TurnShares.CALLBACKS);
    }

    @Test
    void tasksThatAddTasksDoNotKeepATurnFromEnding() throws IOException {
        int[] ran = new int[1];
        Runnable[] task = new Runnable[1];
        task[0] =
                () -> {
                    if (++ran[0] < 5000) {
                        loop.execute(task[0]);
                        loop.execute(() -> {});
                    }
                };
        loop.execute(task[0]);
        run(() -> ran[0], () -> ran[0] == 5000);
        assertLargest(1, 1);
    }

    @Test
    void workThatEndsInMassesIsToldInShares() throws Exception {
        var direct = Executors.newSingleThreadExecutor();
        EventLoop first = loop;
        loop = EventLoop.open(LoopOptions.builder().provider(backend).workExecutor(direct).build());
        int[] ended = new int[1];
        for (int i = 0; i < 3000; i++) {
            loop.work(() -> 1).result().thenAccept(one -> ended[0] += one);
        }
        direct.submit(() -> {}).get();
        run(() -> ended[0], () -> ended[0] == 3000);
        assertLargest(2, TurnShares.CALLBACKS);
        direct.shutdown();
        first.closeAll();
    }

    @Test
    void timersThatAreDueTogetherFireInSharesAndInOrder() throws IOException {
        int[] fired = new int[1];
        for (int i = 0; i < 5000; i++) {
            int number = i;
            Timer.open(loop).startNanos(0, () -> assertEquals(number, fired[0]++));
        }
        run(() -> fired[0], () -> fired[0] == 5000);
        assertLargest(2, TurnShares.CALLBACKS);
    }

    @Test
    void timersThatStartAgainAtOnceLetOthersFire() throws IOException {
        int[] fired = new int[300];
        for (int i = 0; i < fired.length; i++) {
            startAgain(Timer.open(loop), i, fired);
        }
        Timer other = Timer.open(loop);
        int[] others = new int[1];
        loop.run(RunMode.ONCE);
        other.start(Duration.ZERO, () -> others[0]++);
        loop.run(RunMode.ONCE);
        loop.run(RunMode.ONCE);
        assertEquals(1, others[0]);
    }

    private void startAgain(Timer timer, int index, int[] fired) {
        timer.start(
                Duration.ZERO,
                () -> {
                    fired[index]++;
                    startAgain(timer, index, fired);
                });
    }

    @Test
    void closesAreReportedInSharesAndInOrder() throws IOException {
        int[] closed = new int[1];
        List<Handle> handles = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            int number = i;
            Handle handle = Timer.open(loop);
            handle.onClosed(() -> assertEquals(number, closed[0]++));
            handles.add(handle);
        }
        handles.forEach(Handle::close);
        run(() -> closed[0], () -> closed[0] == 5000);
        assertLargest(2, TurnShares.CALLBACKS);
    }

    @Test
    void streamsThatWaitForChunksGoOnInShares() throws IOException {
        backend.chunksPerPoll = 1;
        backend.chunksLeft = Long.MAX_VALUE;
        List<Chunk> kept = new ArrayList<>();
        ByteStream hoarder = connect();
        hoarder.read((stream, chunk) -> kept.add(chunk.keep()));
        List<TcpStream> streams = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            streams.add(connect());
        }
        int[] received = new int[1];
        streams.forEach(stream -> stream.read((same, chunk) -> received[0]++));
        int before = -1;
        while (before < received[0]) {
            before = received[0];
            loop.run(RunMode.NOWAIT);
        }
        hoarder.close();
        kept.forEach(Chunk::release);
        long starts = starts();
        run(this::starts, () -> starts() == starts + streams.size());
        assertLargest(2, TurnShares.CALLBACKS);
    }

    private long starts() {
        return backend.streams.stream().mapToLong(stream -> stream.starts).sum();
    }
}
