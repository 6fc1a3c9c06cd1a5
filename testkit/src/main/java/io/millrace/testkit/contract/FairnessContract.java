// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Prepare;
import io.millrace.net.TcpServer;
import io.millrace.testkit.load.Flood;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever goes on by itself goes on in shares: what happens in one turn is bounded, and so a quiet
 * neighbour on the same loop is served while it goes on. What is asserted is work in a turn and not
 * time, so that it holds on any machine.
 */
public abstract class FairnessContract extends ContractTest {
    /** Of a quiet neighbour, during the flood. */
    private static final int ECHOES = 30;

    /** Of a quiet neighbour, one at a time. */
    private static final int MESSAGES = 1000;

    /**
     * How many polls may pass by a message that was there before the first of them. Now and then
     * there is one, when the sender has taken all buffers; who always came second waited for up to
     * 150.
     */
    private static final long MOST_TURNS = 8;

    private static final long FILE_BYTES = 1L << 30;

    /**
     * Between two waits: what all streams together may send, and what the kernel says late. Without
     * shares it is as much as there is.
     */
    private static final long MOST_BYTES = 24 << 20;

    /** Of one source; a flood may have several. */
    private static final long MOST_CALLBACKS = 600;

    private long turn;
    private long echoes;
    private long mostBytes;
    private long mostCallbacks;

    @Override
    boolean isRefereed() {
        return false;
    }

    private void flood(Flood.Kind kind, Path directory) throws IOException {
        assumeReal("a peer with its own thread");
        Path file = directory.resolve("file");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(FILE_BYTES);
        }
        TcpServer server =
                TcpServer.listen(
                        serverLoop(),
                        anyPort(),
                        stream ->
                                stream.read(
                                        (same, chunk) -> {
                                            echoes++;
                                            same.write(chunk);
                                        }));
        try (Flood flood = Flood.begin(kind, serverLoop(), file);
                PlainPeer neighbour = new PlainPeer(server.localAddress())) {
            measureTurns(flood);
            until("the flood", () -> flood.callbacks() > 0 || isFileOnItsWay(kind));
            neighbour.playPingPong();
            until("the neighbour is served", () -> echoes >= ECHOES);
            assertEquals(List.of(), flood.failures());
        }
        assertTrue(mostBytes <= MOST_BYTES, () -> "bytes in one turn: " + mostBytes);
        assertTrue(
                mostCallbacks <= MOST_CALLBACKS, () -> "callbacks in one turn: " + mostCallbacks);
    }

    /** Of a large file or buffer only the end is told, which may be seconds away. */
    private boolean isFileOnItsWay(Flood.Kind kind) {
        boolean isLarge =
                kind == Flood.Kind.A_FILE
                        || kind == Flood.Kind.SIXTEEN_FILES
                        || kind == Flood.Kind.HUGE_WRITES
                        || kind == Flood.Kind.HUGE_READS;
        return isLarge && bytes() > 0;
    }

    private long bytes() {
        return serverLoop().metrics().bytesSent() + serverLoop().metrics().bytesReceived();
    }

    private void measureTurns(Flood flood) {
        long[] before = {bytes(), flood.callbacks()};
        Prepare turns = Prepare.open(serverLoop());
        turns.start(
                () -> {
                    long bytes = bytes();
                    mostBytes = Math.max(mostBytes, bytes - before[0]);
                    before[0] = bytes;
                    mostCallbacks = Math.max(mostCallbacks, flood.callbacks() - before[1]);
                    before[1] = flood.callbacks();
                });
    }

    @Test
    void aFileForAReaderThatKeepsUp(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.A_FILE, directory);
    }

    @Test
    void manyFiles(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.SIXTEEN_FILES, directory);
    }

    @Test
    void aChainOfSmallFiles(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.SMALL_FILES, directory);
    }

    @Test
    void largeWritesFromCallbacks(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.LARGE_WRITES, directory);
    }

    @Test
    void aHugeWrite(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.HUGE_WRITES, directory);
    }

    @Test
    void smallWritesFromCallbacks(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.SMALL_WRITES, directory);
    }

    @Test
    void aSenderOfLargeMessages(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.LARGE_MESSAGES, directory);
    }

    @Test
    void aMessageIsHeardWithinFewTurnsBesideASenderThatKeepsUp() throws IOException {
        assumeReal("a peer with its own thread");
        long[] sentIn = {0};
        List<Long> waits = new ArrayList<>();
        Prepare turns = Prepare.open(serverLoop());
        TcpServer server =
                TcpServer.listen(
                        serverLoop(),
                        anyPort(),
                        stream ->
                                stream.read(
                                        (same, chunk) -> {
                                            waits.add(turn - sentIn[0]);
                                            sentIn[0] = 0;
                                        }));
        try (Flood flood = Flood.begin(Flood.Kind.LARGE_MESSAGES, serverLoop(), Path.of(""));
                PlainPeer neighbour = new PlainPeer(server.localAddress())) {
            turns.start(
                    () -> {
                        turn++;
                        if (sentIn[0] == 0 && flood.callbacks() > 0) {
                            sentIn[0] = turn;
                            neighbour.sendOne();
                        }
                    });
            until("all messages", () -> waits.size() >= MESSAGES);
            assertEquals(List.of(), flood.failures());
        }
        long most = Collections.max(waits);
        assertTrue(most <= MOST_TURNS, () -> "turns of one wait: " + most);
    }

    @Test
    void aSenderOfSmallMessages(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.SMALL_MESSAGES, directory);
    }

    @Test
    void smallReadsFromCallbacks(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.SMALL_READS, directory);
    }

    @Test
    void aHugeRead(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.HUGE_READS, directory);
    }

    @Test
    void clientsThatConnectAndGo(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.CONNECTIONS, directory);
    }

    @Test
    void tasksFromAnotherThread(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.TASKS, directory);
    }

    @Test
    void wakeUpsFromAnotherThread(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.WAKEUPS, directory);
    }

    @Test
    void timersThatStartAgainAtOnce(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.TIMERS, directory);
    }

    @Test
    void readsFromAFile(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.FILE_READS, directory);
    }

    @Test
    void hugeReadsFromAFile(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.HUGE_FILE_READS, directory);
    }

    @Test
    void handlesThatAreOpenedAndClosedByTheThousand(@TempDir Path directory) throws IOException {
        flood(Flood.Kind.CLOSES, directory);
    }
}
