// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.testkit.contract.Transport.Ability;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reading on loan: what arrives, what a pause hides, and how it ends. */
public abstract class ReadContract extends ContractTest {
    private final Journal journal = new Journal();

    @Test
    void bytesArriveInOrder() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("server"));
        byte[] sent = bytes(300_000);
        for (int at = 0; at < sent.length; at += 1000) {
            pair.client().write(sent, at, 1000);
        }
        until("all bytes", () -> journal.receivedCount() == sent.length);
        assertArrayEquals(sent, journal.received());
    }

    @Test
    void aChunkOnLoanReadsTheSameInEveryWay() throws IOException {
        StreamPair pair = connect();
        pair.server().read(this::readInEveryWay);
        pair.client().write(bytes(8), 0, 8);
        until("read", () -> journal.has("read"));
    }

    private void readInEveryWay(ByteStream stream, Chunk chunk) {
        byte[] expected = bytes(8);
        assertEquals(8, chunk.length());
        assertEquals(expected[3], chunk.get(3));
        assertEquals(expected[3], chunk.buffer().get(chunk.buffer().position() + 3));
        assertEquals(8, chunk.buffer().remaining());
        byte[] copy = new byte[6];
        chunk.copyTo(2, copy, 1, 5);
        assertEquals(expected[2], copy[1]);
        assertThrows(IndexOutOfBoundsException.class, () -> chunk.get(8));
        assertThrows(IndexOutOfBoundsException.class, () -> chunk.get(-1));
        assertThrows(IndexOutOfBoundsException.class, () -> chunk.skip(9));
        chunk.skip(2);
        assertEquals(expected[2], chunk.get(0));
        assertEquals(6, chunk.length());
        journal.add("read");
    }

    @Test
    void aKeptChunkHoldsItsBytesUntilItIsReleased() throws IOException {
        StreamPair pair = connect();
        List<Chunk> kept = new ArrayList<>();
        pair.server().read((stream, chunk) -> kept.add(chunk.keep()));
        for (int i = 1; i <= 20; i++) {
            pair.client().write(bytes(100), 0, 100);
            int total = i * 100;
            until("kept", () -> kept.stream().mapToInt(Chunk::length).sum() == total);
        }
        kept.forEach(journal::take);
        for (int i = 0; i < 20; i++) {
            for (int j = 0; j < 100; j++) {
                assertEquals(bytes(100)[j], journal.received()[i * 100 + j]);
            }
        }
        kept.forEach(Chunk::release);
        assertThrows(IllegalStateException.class, () -> kept.get(0).release());
        assertThrows(IllegalStateException.class, () -> kept.get(0).keep());
    }

    @Test
    void aPausedHandlerHearsNothingAndThenEverything() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("server"));
        pair.server().pauseReading();
        pair.server().pauseReading();
        assertFalse(pair.server().isActive());
        pair.client().write(bytes(5000), 0, 5000);
        pair.client().shutdown();
        settle();
        assertEquals(0, journal.receivedCount());
        pair.server().resumeReading();
        pair.server().resumeReading();
        assertEquals(0, journal.receivedCount());
        until("end", () -> journal.has("server end"));
        assertArrayEquals(bytes(5000), journal.received());
    }

    @Test
    void aPauseInTheCallbackHoldsForWhatHasBeenFetchedAlready() throws IOException {
        StreamPair pair = connect();
        boolean[] paused = new boolean[1];
        pair.server()
                .read(
                        (stream, chunk) -> {
                            assertFalse(paused[0], "heard while paused");
                            journal.take(chunk);
                            stream.pauseReading();
                            paused[0] = true;
                        });
        byte[] sent = bytes(200_000);
        pair.client().write(sent, 0, sent.length);
        while (journal.receivedCount() < sent.length) {
            int before = journal.receivedCount();
            if (paused[0]) {
                paused[0] = false;
                pair.server().resumeReading();
            }
            until("one more chunk", () -> journal.receivedCount() > before);
        }
        assertArrayEquals(sent, journal.received());
    }

    @Test
    void pauseAndResumeInOneCallbackChangeNothing() throws IOException {
        StreamPair pair = connect();
        pair.server()
                .read(
                        (stream, chunk) -> {
                            journal.take(chunk);
                            stream.pauseReading();
                            stream.resumeReading();
                        });
        byte[] sent = bytes(100_000);
        pair.client().write(sent, 0, sent.length);
        until("all bytes", () -> journal.receivedCount() == sent.length);
        assertArrayEquals(sent, journal.received());
    }

    @Test
    void aPausedReaderSlowsItsPeerDown() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("server"));
        pair.server().pauseReading();
        pair.client().watermarks(0, 1, 1L << 30);
        byte[] block = bytes(1 << 20);
        for (int i = 0; i < 64; i++) {
            pair.client().write(block, 0, block.length);
        }
        settle();
        assertTrue(pair.client().writeQueueSize() > 0, "the kernel took 64 MiB unread");
        pair.server().resumeReading();
        until("all bytes", () -> journal.receivedCount() == 64 << 20);
    }

    @Test
    void anEndIsReportedOnceAndAgainToEachNewReader() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("first"));
        pair.client().shutdown();
        until("end", () -> journal.has("first end"));
        settle();
        journal.assertIs("first end");
        assertFalse(pair.server().isActive());
        pair.server().read(journal.reader("second"));
        journal.assertIs("first end");
        until("end again", () -> journal.has("second end"));
        settle();
        journal.assertIs("first end", "second end");
    }

    @Test
    void anEndBehindBytesOfAnyNumberIsNeverLost() throws IOException {
        for (int size : new int[] {1, 1023, 1024, 1025, 65_535, 65_536, 65_537}) {
            Journal each = new Journal();
            StreamPair pair = connect();
            pair.server().read(each.reader("server"));
            pair.client().write(bytes(size), 0, size);
            pair.client().closeWhenWritten();
            until("end of " + size, () -> each.has("server end"));
            assertEquals(size, each.receivedCount());
            pair.server().close();
            pair.listener().handle().close();
        }
    }

    @Test
    @Needs(Ability.RESET)
    void aResetIsAFailureOnceAndNothingFollows() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("server"));
        pair.client().closeReset();
        until("reset", () -> !journal.lines().isEmpty());
        settle();
        journal.assertIs("server ECONNRESET");
        assertFalse(pair.server().isClosing());
        assertFalse(pair.server().isActive());
    }

    @Test
    void unlessOverriddenAnEndClosesTheStream() throws IOException {
        StreamPair ended = connect();
        ended.server().read((stream, chunk) -> {});
        ended.client().shutdown();
        until("closed after the end", () -> ended.server().isClosed());
    }

    @Test
    @Needs(Ability.RESET)
    void unlessOverriddenAFailureClosesTheStream() throws IOException {
        StreamPair reset = connect();
        reset.server().read((stream, chunk) -> {});
        reset.client().closeReset();
        until("closed after the failure", () -> reset.server().isClosed());
    }

    @Test
    void aNewHandlerReplacesTheOldOne() throws IOException {
        StreamPair pair = connect();
        pair.server().read((stream, chunk) -> stream.read(journal.reader("second")));
        pair.client().write(bytes(10), 0, 10);
        settle();
        pair.client().write(bytes(20), 0, 20);
        until("to the second", () -> journal.receivedCount() == 20);
    }

    @Test
    void oneHandlerServesManyStreams() throws IOException {
        ReadHandler shared = journal.reader("any");
        for (int i = 1; i <= 5; i++) {
            StreamPair pair = connect();
            pair.server().read(shared);
            pair.client().write(bytes(10), 0, 10);
            int total = 10 * i;
            until("bytes", () -> journal.receivedCount() == total);
        }
    }

    @Test
    void aCallbackThatThrowsClosesItsStreamAndNoOther() throws IOException {
        StreamPair bad = connect();
        StreamPair good = connect();
        good.server().read(journal.reader("good"));
        RuntimeException thrown = new IllegalStateException("on purpose");
        bad.server()
                .read(
                        (stream, chunk) -> {
                            journal.add("throws");
                            throw thrown;
                        });
        bad.client().write(bytes(10), 0, 10);
        good.client().write(bytes(10), 0, 10);
        rig().allowUncaught();
        until("both", () -> bad.server().isClosed() && journal.receivedCount() == 10);
        assertEquals(List.of(thrown), rig().takeUncaught());
        assertEquals(1, journal.count("throws"));
        good.client().write(bytes(10), 0, 10);
        until("good goes on", () -> journal.receivedCount() == 20);
    }

    @Test
    void manyReadsThatArePendingAtOnceAreAllServed() throws IOException {
        List<StreamPair> pairs = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            StreamPair pair = connect();
            pair.server().read(journal.reader("server"));
            pairs.add(pair);
        }
        byte[] sent = bytes(10_000);
        pairs.forEach(pair -> pair.client().write(sent, 0, sent.length));
        until("all bytes", () -> journal.receivedCount() == 40 * sent.length);
    }

    @Test
    void badArgumentsAreRefusedAtTheCall() throws IOException {
        StreamPair pair = connect();
        assertThrows(NullPointerException.class, () -> pair.server().read(nullHandler()));
        pair.server().close();
        ReadHandler handler = journal.reader("server");
        assertRefused("closed", () -> pair.server().read(handler));
        assertRefused("closed", () -> pair.server().resumeReading());
        pair.server().pauseReading();
    }

    @Test
    @Needs(Ability.RESET)
    void aFailureSaysWhichOperationAndWhichPeer() throws IOException {
        StreamPair pair = connect();
        List<IoException> failures = new ArrayList<>();
        pair.server()
                .read(
                        new ReadHandler() {
                            @Override
                            public void onRead(ByteStream stream, Chunk chunk) {}

                            @Override
                            public void onFailure(ByteStream stream, IoException failure) {
                                failures.add(failure);
                            }
                        });
        Object peer = pair.client().localAddress();
        pair.client().closeReset();
        until("reset", () -> !failures.isEmpty());
        IoException failure = failures.get(0);
        assertEquals("read", failure.operation());
        assertEquals("ECONNRESET", failure.errorName());
        assertEquals(peer, failure.address());
        assertFalse(failure.isCancelled());
    }

    @SuppressWarnings("NullAway") // what a caller without a checker may do
    private static ReadHandler nullHandler() {
        return null;
    }
}
