// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.ByteStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Slow readers, full queues and few chunks: everybody waits, nobody grows, nobody hangs. */
public abstract class BackPressureContract extends ContractTest {
    private static final int CHUNKS = 16;
    private static final int CHUNK_BYTES = 1024;
    private static final int BLOCK = 1 << 16;

    /** One to each 512 bytes of a limit of 2 MiB. */
    private static final int MOST_SMALL_WRITES = 4096;

    private final Journal journal = new Journal();

    @Override
    LoopOptions.Builder configure(LoopOptions.Builder options) {
        return options.chunks(CHUNKS, CHUNK_BYTES);
    }

    /** Writes until a write answers false; the peer does not read. */
    private int fill(ByteStream stream) {
        byte[] block = bytes(BLOCK);
        int written = 0;
        boolean belowHigh = true;
        while (belowHigh) {
            belowHigh = stream.write(block, 0, BLOCK);
            written += BLOCK;
        }
        return written;
    }

    @Test
    void aWriteAnswersFalseAboveTheHighWatermark() throws IOException {
        StreamPair pair = connect();
        pair.client().watermarks(1000, 2000, 100_000);
        assertTrue(pair.client().write(bytes(2000), 0, 2000));
        assertFalse(pair.client().write(bytes(1), 0, 1));
        assertFalse(pair.client().write(bytes(1), 0, 1));
    }

    @Test
    void onWritableIsCalledOnceAtTheLowWatermark() throws IOException {
        StreamPair pair = connect();
        pair.client().watermarks(1 << 20, 2 << 20, 16 << 20);
        pair.client().onWritable(() -> journal.add("writable"));
        int written = 0;
        while (pair.client().write(bytes(BLOCK), 0, BLOCK) || !hasRoomBehind(pair.client())) {
            written += BLOCK;
            assertTrue(written < 64 << 20, "the kernel takes everything");
        }
        pair.server().read(journal.reader("server"));
        long[] sizeThen = {-1};
        pair.client()
                .onWritable(
                        () -> {
                            journal.add("writable");
                            sizeThen[0] = pair.client().writeQueueSize();
                        });
        until("writable", () -> journal.has("writable"));
        assertTrue(sizeThen[0] <= 1 << 20, () -> "called at " + sizeThen[0]);
        until("empty", () -> pair.client().writeQueueSize() == 0);
        settle();
        assertEquals(1, journal.count("writable"));
    }

    private static boolean hasRoomBehind(ByteStream stream) {
        return stream.writeQueueSize() > 2 << 20;
    }

    @Test
    void aWriterThatHeedsTheWatermarksStaysBoundedWhateverThePeerDoes() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pair.client();
        client.watermarks(BLOCK, 4 * BLOCK, 16 * BLOCK);
        long[] largest = {0};
        int[] written = {0};
        client.onWritable(() -> written[0] += fillAndWatch(client, largest));
        written[0] += fillAndWatch(client, largest);
        settle();
        assertTrue(largest[0] <= 5 * BLOCK, () -> "the queue grew to " + largest[0]);
        pair.server().read(journal.reader("server"));
        until("some megabytes", () -> journal.receivedCount() > 4 << 20);
        assertTrue(largest[0] <= 5 * BLOCK, () -> "the queue grew to " + largest[0]);
        client.onWritable(() -> {});
        int total = written[0];
        until("all bytes", () -> journal.receivedCount() >= total);
    }

    private int fillAndWatch(ByteStream stream, long[] largest) {
        int written = fill(stream);
        largest[0] = Math.max(largest[0], stream.writeQueueSize());
        return written;
    }

    @Test
    void aWriterThatHeedsNothingMeetsTheLimitAndNotTheEndOfMemory() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pair.client();
        client.watermarks(0, 1000, 100_000);
        client.write(bytes(99_000), 0, 99_000);
        assertRefused("onWritable", () -> client.write(bytes(1001), 0, 1001));
        assertEquals(99_000, client.writeQueueSize());
        assertFalse(client.write(bytes(1000), 0, 1000));
        pair.server().read(journal.reader("server"));
        until("all that was taken", () -> journal.receivedCount() == 100_000);
    }

    @Test
    void writesOfSingleBytesAreLimitedByTheMemoryTheyTakeUp() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pair.client();
        client.watermarks(0, 1 << 20, 2 << 20);
        ByteBuffer[] two = {ByteBuffer.allocateDirect(1), ByteBuffer.allocateDirect(1)};
        for (int i = 1; i < MOST_SMALL_WRITES; i++) {
            client.write(bytes(1), 0, 1);
        }
        assertRefused("onWritable", () -> client.write(two, null));
        assertEquals(MOST_SMALL_WRITES - 1, client.writeQueueSize());
        client.write(bytes(1), 0, 1);
        assertRefused("onWritable", () -> client.write(bytes(1), 0, 1));
        pair.server().read(journal.reader("server"));
        until("all that was taken", () -> journal.receivedCount() == MOST_SMALL_WRITES);
        client.write(two, null);
        until("what followed", () -> journal.receivedCount() == MOST_SMALL_WRITES + 2);
    }

    @Test
    void theDefaultLimitStopsAWriterWhosePeerNeverReads() throws IOException {
        StreamPair pair = connect();
        byte[] block = bytes(1 << 20);
        IllegalStateException refusal =
                assertThrows(
                        IllegalStateException.class,
                        () -> {
                            for (int i = 0; i < 4096; i++) {
                                pair.client().write(block, 0, block.length);
                                clientLoop().run(RunMode.NOWAIT);
                            }
                        });
        assertTrue(pair.client().writeQueueSize() <= 16 << 20, refusal::toString);
    }

    @Test
    void aWriteThatNeverFitsSaysWhatToDo() throws IOException {
        ByteStream client = connect().client();
        client.watermarks(0, 10, 100);
        assertRefused("in parts", () -> client.write(new byte[101], 0, 101));
        assertRefused("in parts", () -> client.write(ByteBuffer.allocate(101)));
        ByteBuffer[] parts = {ByteBuffer.allocate(60), ByteBuffer.allocate(60)};
        assertRefused("in parts", () -> client.write(parts, null));
        ByteBuffer[] mixed = {ByteBuffer.allocateDirect(1), ByteBuffer.allocate(101)};
        assertRefused("in parts", () -> client.write(mixed, null));
        assertEquals(0, client.writeQueueSize());
    }

    @Test
    void anEmptyQueueTakesWhatCostsNoMemoryWhateverItsSize() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pair.client();
        client.watermarks(0, 10, 100);
        byte[] sent = bytes(1 << 20);
        ByteBuffer large = ByteBuffer.allocateDirect(sent.length).put(sent).flip();
        assertFalse(client.write(large, journal.written("large")));
        assertRefused("onWritable", () -> client.write(ByteBuffer.allocateDirect(1)));
        pair.server().read(journal.reader("server"));
        until("the large one", () -> journal.has("large"));
        ByteBuffer[] parts = {ByteBuffer.allocateDirect(101), ByteBuffer.allocate(100)};
        assertFalse(client.write(parts, journal.written("parts")));
        until("all", () -> journal.receivedCount() == sent.length + 201);
    }

    @Test
    void anEmptyQueueTakesAChunkWhateverItsSize() throws IOException {
        StreamPair pair = connect();
        pair.server().watermarks(0, 1, 1);
        pair.server().read((stream, chunk) -> stream.write(chunk, journal.written("echo")));
        pair.client().read(journal.reader("client"));
        pair.client().write(bytes(100), 0, 100);
        until("the echo", () -> journal.receivedCount() == 100);
        until("its end", () -> journal.has("echo"));
    }

    /** A pump: whatever it writes when it may not closes its stream. */
    private ByteStream pump(StreamPair pair) {
        ByteStream client = pair.client();
        client.watermarks(BLOCK, 2 * BLOCK, 16 * BLOCK);
        client.onWritable(
                () -> {
                    journal.add("writable");
                    fill(client);
                });
        client.onClosed(journal.line("closed"));
        return client;
    }

    private void fillForGood(ByteStream client) throws IOException {
        long before;
        do {
            before = client.writeQueueSize();
            fill(client);
            settle();
        } while (client.writeQueueSize() <= 2 * BLOCK || client.writeQueueSize() < before);
    }

    @Test
    void onWritableIsNotCalledAfterAShutdown() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pump(pair);
        fillForGood(client);
        long told = journal.count("writable");
        client.shutdown().whenComplete(journal.outcome("shutdown"));
        pair.server().read(journal.reader("server"));
        until("the end", () -> journal.has("server end") && journal.has("shutdown"));
        settle();
        assertEquals(told, journal.count("writable"));
        assertFalse(client.isClosing());
    }

    @Test
    void onWritableIsNotCalledAfterCloseWhenWritten() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pump(pair);
        fillForGood(client);
        long told = journal.count("writable");
        client.closeWhenWritten();
        pair.server().read(journal.reader("server"));
        until("the end", () -> journal.has("server end") && journal.has("closed"));
        assertEquals(told, journal.count("writable"));
    }

    @Test
    void onWritableIsNotCalledAfterAShutdownInTheWritesCallback() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pump(pair);
        client.watermarks(10, 10, 16 * BLOCK);
        assertFalse(client.write(ByteBuffer.allocate(11), (stream, failure) -> stream.shutdown()));
        pair.server().read(journal.reader("server"));
        until("the end", () -> journal.has("server end"));
        settle();
        journal.assertIs("server end");
    }

    @Test
    void onWritableIsNotCalledAfterAWriteHasFailed() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pump(pair);
        client.onWriteFailure((stream, failure) -> journal.add("failed"));
        fillForGood(client);
        pair.server().closeReset();
        until("the failure", () -> journal.has("failed"));
        settle();
        // Until then the kernel may have taken some more.
        List<String> lines = journal.lines();
        List<String> after = lines.subList(lines.indexOf("failed"), lines.size());
        assertFalse(after.contains("writable"), after::toString);
        assertFalse(client.isClosing());
    }

    @Test
    void onWritableIsNotCalledWhileTheQueueIsFullAgain() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pair.client();
        client.watermarks(10, 20, 1 << 20);
        List<Long> sizes = new ArrayList<>();
        client.onWritable(() -> sizes.add(client.writeQueueSize()));
        client.write(
                ByteBuffer.allocate(21),
                (stream, failure) ->
                        stream.write(ByteBuffer.allocate(21), journal.written("next")));
        pair.server().read(journal.reader("server"));
        until("all", () -> journal.receivedCount() == 42 && !sizes.isEmpty());
        settle();
        assertEquals(List.of(0L), sizes);
    }

    @Test
    void aWriterThatFoundNoRoomHearsWhenThereIs() throws IOException {
        ByteStream client = connect().client();
        int[] writable = new int[1];
        client.watermarks(0, 100, 100);
        client.onWritable(() -> writable[0]++);
        assertTrue(client.write(new byte[60], 0, 60));
        assertRefused("wait for onWritable", () -> client.write(new byte[60], 0, 60));
        until("writable", () -> writable[0] == 1);
    }

    @Test
    void watermarksOutOfOrderAreRefused() throws IOException {
        StreamPair pair = connect();
        assertBad(pair.client(), -1, 10, 20);
        assertBad(pair.client(), 11, 10, 20);
        assertBad(pair.client(), 5, 30, 20);
    }

    private static void assertBad(ByteStream stream, long low, long high, long limit) {
        assertThrows(IllegalArgumentException.class, () -> stream.watermarks(low, high, limit));
    }

    @Test
    void keptChunksSlowAPeerDownAndTheirReleaseLetsItGoOn() throws IOException {
        StreamPair pair = connect();
        List<Chunk> kept = new ArrayList<>();
        pair.server()
                .read(
                        (stream, chunk) -> {
                            journal.take(chunk);
                            kept.add(chunk.keep());
                        });
        byte[] sent = bytes(100 * CHUNK_BYTES);
        pair.client().write(sent, 0, sent.length);
        while (journal.receivedCount() < sent.length) {
            int before = journal.receivedCount();
            kept.forEach(Chunk::release);
            kept.clear();
            until("more", () -> journal.receivedCount() > before);
        }
        kept.forEach(Chunk::release);
        assertArrayEquals(sent, journal.received());
    }

    @Test
    void manyEchoesWithFewChunksNeverHang() throws IOException {
        int streams = 20;
        byte[] sent = bytes(200 * CHUNK_BYTES);
        List<Journal> echoes = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            StreamPair pair = connect();
            pair.server().watermarks(0, 1 << 20, 1L << 30);
            pair.server().read((stream, chunk) -> stream.write(chunk));
            Journal echo = new Journal();
            echoes.add(echo);
            pair.client().read(echo.reader("echo"));
            pair.client().write(sent, 0, sent.length);
        }
        until(
                "all echoes",
                () -> echoes.stream().allMatch(echo -> echo.receivedCount() == sent.length));
    }

    @Test
    void chunksThatAreOnLoanToOneStreamDoNotStopTheOthers() throws IOException {
        StreamPair hoarder = connect();
        StreamPair other = connect();
        List<Chunk> kept = new ArrayList<>();
        hoarder.server().read((stream, chunk) -> kept.add(chunk.keep()));
        other.server().read(journal.reader("other"));
        for (int i = 1; i <= 3 * CHUNKS; i++) {
            int expected = i;
            hoarder.client().write(bytes(10), 0, 10);
            other.client().write(bytes(1), 0, 1);
            until("the other", () -> journal.receivedCount() == expected);
        }
        kept.forEach(Chunk::release);
    }
}
