// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.RunMode;
import io.millrace.fixture.GreedyBackend;
import io.millrace.net.ByteStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a stream that never has to wait sends between two polls, and hears of it. */
class SendSharesTest extends TurnSharesFixture {
    @Test
    void aFileForAReaderThatKeepsUpGetsItsShareOfEachTurn() throws IOException {
        int[] written = new int[1];
        connect().sendFile(FILE, 0, -1, (stream, failure) -> written[0]++);
        run(this::sent, () -> written[0] == 1);
        assertEquals(GreedyBackend.FILE_SIZE, sent());
        assertEquals(TurnShares.FILE_BYTES, port(0).largestSend);
        assertLargest(TurnShares.STREAM_BYTES / 2, TurnShares.STREAM_BYTES);
    }

    @Test
    void aFileThatIsSentInARingGetsItsShareOfEachTurn() throws IOException {
        backend.sendsArePending = true;
        aFileForAReaderThatKeepsUpGetsItsShareOfEachTurn();
    }

    @Test
    void manySmallFilesAreCountedByTheirCalls() throws IOException {
        ByteStream stream = connect();
        for (int i = 0; i < 1000; i++) {
            stream.sendFile(FILE, i, 1, null);
        }
        run(() -> port(0).sends, () -> stream.writeQueueSize() == 0);
        assertEquals(1000, port(0).sends);
        assertLargest(2, TurnShares.STREAM_BYTES / TurnShares.SEND_BYTES);
    }

    @Test
    void aWriteOfAHugeBufferGoesInPieces() throws IOException {
        ByteStream stream = connect();
        stream.write(ByteBuffer.allocateDirect(32 << 20));
        run(this::sent, () -> stream.writeQueueSize() == 0);
        assertEquals(32 << 20, sent());
        assertLargest(1, TurnShares.STREAM_BYTES);
    }

    @Test
    void aWriteOfAHugeBufferGoesInPiecesInARing() throws IOException {
        backend.sendsArePending = true;
        aWriteOfAHugeBufferGoesInPieces();
    }

    @Test
    void aGatherOfLargeBuffersGoesInPieces() throws IOException {
        ByteStream stream = connect();
        ByteBuffer[] buffers = new ByteBuffer[60];
        for (int i = 0; i < buffers.length; i++) {
            buffers[i] = ByteBuffer.allocateDirect((1 << 20) - 1);
        }
        stream.write(buffers, null);
        run(this::sent, () -> stream.writeQueueSize() == 0);
        assertEquals(60L * ((1 << 20) - 1), sent());
        assertLargest(1, 2L * TurnShares.STREAM_BYTES);
    }

    @Test
    void aWriteInTheCallbackOfAWriteGoesOnInTheNextTurn() throws IOException {
        ByteStream stream = connect();
        ByteBuffer buffer = ByteBuffer.allocateDirect(512 << 10);
        int[] left = {500};
        writeAgain(stream, buffer, left);
        run(this::sent, () -> left[0] == 0 && stream.writeQueueSize() == 0);
        assertEquals(500L * (512 << 10), sent());
        assertLargest(1, 2L * TurnShares.STREAM_BYTES);
    }

    private void writeAgain(ByteStream stream, ByteBuffer buffer, int[] left) {
        left[0]--;
        stream.write(
                buffer.clear(),
                (same, failure) -> {
                    if (left[0] > 0) {
                        writeAgain(stream, buffer, left);
                    }
                });
    }

    @Test
    void manyStreamsTogetherGetNoMoreThanTheirShare() throws IOException {
        int streams = 64;
        for (int i = 0; i < streams; i++) {
            connect().sendFile(FILE, 0, 64 << 20, null);
        }
        run(this::sent, () -> sent() == (long) streams * (64 << 20));
        long least = (long) streams * (TurnShares.LEAST_BYTES + TurnShares.SEND_BYTES);
        assertLargest(
                TurnShares.ALL_BYTES / 2, TurnShares.ALL_BYTES + TurnShares.STREAM_BYTES + least);
    }

    @Test
    void streamsThatHaveUsedUpTheirSharesTakeTurns() throws IOException {
        for (ByteStream stream : List.of(connect(), connect(), connect())) {
            stream.sendFile(FILE, 0, 100 << 20, null);
        }
        run(
                () -> {
                    long most =
                            backend.streams.stream().mapToLong(s -> s.bytesSent).max().orElse(0);
                    long least =
                            backend.streams.stream().mapToLong(s -> s.bytesSent).min().orElse(0);
                    assertTrue(most - least <= TurnShares.STREAM_BYTES, most + " to " + least);
                    return most;
                },
                () -> sent() == 300L << 20);
    }

    @Test
    void aSmallWriteIsNotHeldUpByTheSharesOfOthers() throws IOException {
        for (int i = 0; i < 20; i++) {
            connect().sendFile(FILE, 0, -1, null);
        }
        ByteStream neighbour = connect();
        for (int turn = 0; turn < 20; turn++) {
            int before = port(20).sends;
            int[] polls = new int[1];
            backend.onPoll = () -> polls[0]++;
            neighbour.write(new byte[100], 0, 100);
            while (port(20).sends == before) {
                loop.run(RunMode.ONCE);
            }
            assertEquals(1, polls[0]);
        }
    }

    @Test
    void theEndsOfManyWritesAreToldInSharesAndInOrder() throws IOException {
        ByteStream stream = connect();
        List<Integer> ended = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            int number = i;
            stream.write(
                    ByteBuffer.wrap(new byte[1]),
                    (same, failure) -> {
                        assertEquals(number, ended.size());
                        ended.add(number);
                    });
        }
        int[] finished = new int[1];
        stream.shutdown()
                .thenAccept(
                        same -> {
                            assertEquals(1000, ended.size());
                            finished[0]++;
                        });
        run(ended::size, () -> finished[0] == 1);
        assertLargest(2, TurnShares.CALLBACKS);
    }

    @Test
    void theEndsOfManyWritesAreToldAtOnceByAClose() throws IOException {
        ByteStream stream = connect();
        int[] ended = new int[1];
        for (int i = 0; i < 1000; i++) {
            stream.write(ByteBuffer.wrap(new byte[1]), (same, failure) -> ended[0]++);
        }
        loop.run(RunMode.ONCE);
        int[] atClose = new int[1];
        stream.onClosed(() -> atClose[0] = ended[0]);
        stream.close();
        run(() -> ended[0], stream::isClosed);
        assertEquals(1000, atClose[0]);
    }
}
