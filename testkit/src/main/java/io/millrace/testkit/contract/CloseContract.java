// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.testkit.contract.Transport.Ability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Closing: what ends how and in which order, and what is never heard afterwards. */
public abstract class CloseContract extends ContractTest {
    /** More than a kernel takes from a peer that does not read, less than a queue may hold. */
    private static final int LARGE = 12 << 20;

    private final Journal journal = new Journal();

    private static ByteBuffer direct(int count) {
        return ByteBuffer.allocateDirect(count);
    }

    @Test
    void everythingUnfinishedEndsInOrderBeforeTheCloseCallback() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pair.client();
        client.onClosed(journal.line("closed"));
        client.read(direct(10), ReadEnds.into(journal, "read"));
        client.write(direct(LARGE), journal.written("first"));
        client.write(direct(10), journal.written("second"));
        client.shutdown().whenComplete(journal.outcome("shutdown"));
        settle();
        journal.assertIs();
        client.close();
        journal.assertIs();
        until("closed", client::isClosed);
        journal.assertIs(
                "read ECANCELED",
                "first ECANCELED",
                "second ECANCELED",
                "shutdown ECANCELED",
                "closed");
    }

    @Test
    void aWriteThatWasFinishedKeepsItsOwnResult() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pair.client();
        client.onClosed(journal.line("closed"));
        Timer timer = Timer.open(clientLoop());
        pair.server().read((stream, chunk) -> {});
        client.write(direct(10), (stream, failure) -> closeWithMoreQueued(stream));
        until("closed", client::isClosed);
        journal.assertIs("small", "large ECANCELED", "closed");
        assertFalse(timer.isClosing());
    }

    /** In a callback: what is written here is flushed when it returns, so only close cancels it. */
    private void closeWithMoreQueued(ByteStream stream) {
        stream.write(direct(0), journal.written("small"));
        stream.loop()
                .execute(
                        () -> {
                            stream.write(direct(LARGE), journal.written("large"));
                            stream.close();
                        });
    }

    @Test
    void closeIsIdempotentAndSoAreItsQuestions() throws IOException {
        StreamPair pair = connect();
        pair.client().onClosed(journal.line("closed"));
        assertFalse(pair.client().isClosing());
        pair.client().close();
        pair.client().close();
        assertTrue(pair.client().isClosing());
        assertFalse(pair.client().isClosed());
        assertFalse(pair.client().isActive());
        until("closed", pair.client()::isClosed);
        pair.client().close();
        pair.client().closeReset();
        pair.client().closeWhenWritten();
        settle();
        journal.assertIs("closed");
        assertTrue(pair.client().isClosing());
    }

    @Test
    void aClosedStreamRefusesEverythingButQuestions() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pair.client();
        client.close();
        assertRefused("closed", client::fileDescriptor);
        assertNull(client.localAddress());
        until("closed", client::isClosed);
        assertRefused("closed", () -> client.read(journal.reader("read")));
        assertRefused("closed", client::resumeReading);
        assertRefused("closed", () -> client.write(new byte[1], 0, 1));
        assertRefused("closed", client::shutdown);
        assertRefused("closed", () -> client.onWritable(() -> {}));
        assertRefused("closed", client::fileDescriptor);
        assertRefused("closed", () -> client.tryWrite(direct(1)));
        assertFalse(client.isWritable());
        assertEquals(has(Transport.Ability.ADDRESSES), client.remoteAddress() != null);
        assertThrows(IllegalStateException.class, () -> client.onClosed(() -> {}));
        assertNull(client.localAddress());
        assertEquals(0, client.writeQueueSize());
        client.pauseReading();
    }

    @Test
    void afterCloseNothingIsReadAlthoughBytesAreThere() throws IOException {
        StreamPair pair = connect();
        pair.client().write(bytes(100), 0, 100);
        pair.client().shutdown();
        settle();
        pair.server().read(journal.reader("server"));
        pair.server().close();
        until("closed", pair.server()::isClosed);
        settle();
        assertEquals(0, journal.receivedCount());
        journal.assertIs();
    }

    @Test
    void streamsThatCloseEachOtherInOneBatchHearNothingAfterwards() throws IOException {
        List<StreamPair> pairs = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            pairs.add(connect());
        }
        int[] heard = new int[1];
        for (StreamPair pair : pairs) {
            pair.server()
                    .read(
                            (stream, chunk) -> {
                                heard[0]++;
                                pairs.forEach(each -> each.server().close());
                            });
        }
        for (StreamPair pair : pairs) {
            pair.client().write(bytes(10), 0, 10);
        }
        until("all closed", () -> pairs.stream().allMatch(pair -> pair.server().isClosed()));
        assertEquals(1, heard[0]);
    }

    @Test
    void noEventOfAClosedConnectionReachesTheNextOneWithItsDescriptor() throws IOException {
        for (int round = 0; round < 8; round++) {
            StreamPair first = connect();
            StreamPair second = connect();
            List<ByteStream> successors = new ArrayList<>();
            first.server().read((s, c) -> replace(second.server(), first.listener(), successors));
            second.server().read((s, c) -> replace(first.server(), first.listener(), successors));
            first.client().write(bytes(10), 0, 10);
            second.client().write(bytes(10), 0, 10);
            until("replaced", () -> !successors.isEmpty());
            settle();
            assertEquals(0, journal.receivedCount());
            journal.assertIs();
            closeAll(first, second);
            successors.forEach(ByteStream::close);
        }
    }

    private void replace(
            ByteStream victim, Transport.Listener listener, List<ByteStream> successors) {
        if (!victim.isClosing() && successors.isEmpty()) {
            victim.close();
            ByteStream successor = connectTo(listener).stream();
            successor.read(journal.reader("successor"));
            successors.add(successor);
        }
    }

    private static void closeAll(StreamPair... pairs) {
        for (StreamPair pair : pairs) {
            pair.client().close();
            pair.server().close();
            pair.listener().handle().close();
        }
    }

    @Test
    @Needs(Ability.RESET)
    void closeResetIsAResetToThePeer() throws IOException {
        StreamPair pair = connect();
        pair.client().write(direct(LARGE), journal.written("write"));
        settle();
        pair.client().closeReset();
        pair.server().read(journal.reader("server"));
        until("reset", () -> journal.has("server ECONNRESET"));
        until("closed", pair.client()::isClosed);
        assertTrue(journal.has("write ECANCELED"));
    }

    @Test
    @Needs(Ability.RESET)
    void closeResetCancelsAShutdownThatWaits() throws IOException {
        StreamPair pair = connect();
        pair.client().write(direct(LARGE), journal.written("write"));
        settle();
        pair.client().shutdown().whenComplete(journal.outcome("shutdown"));
        pair.client().closeReset();
        until("closed", pair.client()::isClosed);
        journal.assertIs("write ECANCELED", "shutdown ECANCELED");
        pair.server().read(journal.reader("server"));
        until("reset", () -> journal.has("server ECONNRESET"));
    }

    @Test
    void closeResetAfterAShutdownIsStillAReset() throws IOException {
        StreamPair pair = connect();
        pair.client().shutdown().whenComplete(journal.outcome("shutdown"));
        until("shut down", () -> journal.has("shutdown"));
        pair.server().read(journal.reader("server"));
        until("end", () -> journal.has("server end"));
        pair.client().closeReset();
        until("closed", pair.client()::isClosed);
        settle();
        pair.server().write(bytes(1), 0, 1);
        pair.server().write(bytes(1), 0, 1);
        pair.server().onWriteFailure((stream, failure) -> journal.add("write failed"));
        until("failed", () -> journal.has("write failed"));
        journal.assertIs("shutdown", "server end", "write failed", "write failed");
    }

    @Test
    void closeWhenWrittenSendsWhatIsQueuedFirst() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("server"));
        pair.client().write(direct(LARGE), journal.written("write"));
        pair.client().closeWhenWritten();
        pair.client().closeWhenWritten();
        assertFalse(pair.client().isClosing());
        assertThrows(IllegalStateException.class, () -> pair.client().write(new byte[1], 0, 1));
        until("end", () -> journal.has("server end"));
        assertEquals(LARGE, journal.receivedCount());
        until("closed", pair.client()::isClosed);
        journal.assertIs("write", "server end");
    }

    @Test
    void closeWhenWrittenWithNothingQueuedCloses() throws IOException {
        StreamPair pair = connect();
        pair.client().closeWhenWritten();
        until("closed", pair.client()::isClosed);
    }

    @Test
    void aCloseWithUnreadBytesIsCleanOnThisSide() throws IOException {
        StreamPair pair = connect();
        pair.client().read(journal.reader("client"));
        pair.client().write(bytes(1000), 0, 1000);
        settle();
        pair.server().close();
        until("closed", pair.server()::isClosed);
        until("the peer hears", () -> !journal.lines().isEmpty());
        assertTrue(
                journal.has("client ECONNRESET") || journal.has("client end"),
                journal.lines()::toString);
    }

    @Test
    void aCloseCallbackThatThrowsDisturbsNobody() throws IOException {
        StreamPair pair = connect();
        RuntimeException thrown = new IllegalStateException("on purpose");
        pair.client()
                .onClosed(
                        () -> {
                            throw thrown;
                        });
        rig().allowUncaught();
        pair.client().close();
        until("closed", pair.client()::isClosed);
        assertEquals(List.of(thrown), rig().takeUncaught());
        pair.server().read(journal.reader("server"));
        until("end", () -> journal.has("server end"));
    }
}
