// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.testkit.contract.Transport.Ability;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What follows a write that has failed, or a connection that is lost: it cannot succeed. */
public abstract class WriteFailureContract extends ContractTest {
    /** More than sockets hold, and less than a write queue may. */
    private static final int LARGE = 12 << 20;

    private final Journal journal = new Journal();
    private final Journal peer = new Journal();

    private Path file;

    @BeforeEach
    void nameFile(@TempDir Path directory) {
        file = directory.resolve("file");
    }

    private static ByteBuffer direct(int count) {
        return ByteBuffer.allocateDirect(count);
    }

    /** Sends a file that becomes shorter while it is on its way, so that the write is to fail. */
    private StreamPair sendFileThatIsCutShort() throws IOException {
        assumeReal("a file that shrinks");
        StreamPair pair = connect();
        Files.write(file, bytes(32 << 20));
        pair.client().sendFile(file, 0, -1, journal.written("file"));
        until("open", () -> pair.client().writeQueueSize() > 0);
        settle();
        Files.write(file, new byte[1]);
        return pair;
    }

    /** The reset has been sent and has had time to arrive. */
    private void resetPeerOf(StreamPair pair) throws IOException {
        pair.server().closeReset();
        until("peer closed", pair.server()::isClosed);
        settle();
    }

    /** A stream whose connect has failed, because nobody listens there any more. */
    private ByteStream connectToNobody() throws IOException {
        Transport.Listener dead = listen(stream -> {});
        dead.handle().close();
        until("closed", dead.handle()::isClosed);
        if (dead.address() instanceof InetSocketAddress) {
            // That one may be somebody else's by now.
            dead = new Transport.Listener(dead.handle(), deadAddress());
        }
        List<Throwable> failures = new ArrayList<>();
        Transport.Connecting attempt = connectTo(dead);
        attempt.connected().whenComplete((stream, failure) -> failures.add(failure));
        until("refused", () -> !failures.isEmpty());
        assertNotNull(failures.get(0));
        return attempt.stream();
    }

    private void untilLines(int count) throws IOException {
        until(count + " lines", () -> journal.lines().size() >= count);
        settle();
    }

    private static void assertTryWriteFails(String symbol, ByteStream stream) {
        IoException failure = assertThrows(IoException.class, () -> stream.tryWrite(direct(1)));
        assertEquals(symbol, failure.errorName());
        assertEquals("write", failure.operation());
    }

    @Test
    void whatFollowsAFileThatFailedFailsForTheSameReason() throws IOException {
        StreamPair pair = sendFileThatIsCutShort();
        ByteStream client = pair.client();
        client.write(direct(10), journal.written("write"));
        client.write(direct(0), journal.written("empty"));
        client.sendFile(file, 0, 0, journal.written("second file"));
        client.shutdown().whenComplete(journal.outcome("shutdown"));
        pair.server().read(peer.reader("peer"));
        untilLines(5);
        journal.assertIs("file EIO", "write EIO", "empty EIO", "second file EIO", "shutdown EIO");
        peer.assertIs();
        assertFalse(client.isClosing());
        assertFalse(client.isWritable());
    }

    @Test
    void whatIsAskedForAfterAWriteHasFailedFailsForTheSameReason() throws IOException {
        StreamPair pair = sendFileThatIsCutShort();
        ByteStream client = pair.client();
        pair.server().read(peer.reader("peer"));
        untilLines(1);
        assertFalse(client.isWritable());
        client.write(direct(10), journal.written("write"));
        client.sendFile(file, 0, -1, journal.written("second file"));
        assertTryWriteFails("EIO", client);
        client.shutdown().whenComplete(journal.outcome("shutdown"));
        untilLines(4);
        journal.assertIs("file EIO", "write EIO", "second file EIO", "shutdown EIO");
        peer.assertIs();
        assertEquals(0, client.writeQueueSize());
    }

    @Test
    @Needs(Ability.RESET)
    void closeWhenWrittenBehindAWriteThatFailedIsAResetToThePeer() throws IOException {
        StreamPair pair = sendFileThatIsCutShort();
        pair.client().onClosed(journal.line("closed"));
        pair.client().onWriteFailure((stream, failure) -> journal.add("told"));
        pair.client().write(bytes(10), 0, 10);
        pair.client().closeWhenWritten();
        pair.server().read(peer.reader("peer"));
        until("closed", pair.client()::isClosed);
        until("the peer hears", () -> !peer.lines().isEmpty());
        journal.assertIs("file EIO", "told", "closed");
        peer.assertIs("peer ECONNRESET");
    }

    @Test
    @Needs(Ability.RESET)
    void closeWhenWrittenAfterAWriteHasFailedIsAResetToThePeer() throws IOException {
        StreamPair pair = sendFileThatIsCutShort();
        pair.server().read(peer.reader("peer"));
        untilLines(1);
        pair.client().closeWhenWritten();
        until("closed", pair.client()::isClosed);
        until("the peer hears", () -> !peer.lines().isEmpty());
        peer.assertIs("peer ECONNRESET");
    }

    @Test
    @Needs(Ability.RESET)
    void shutdownAfterAResetOfWhichNobodyHasHeardFails() throws IOException {
        StreamPair pair = connect();
        resetPeerOf(pair);
        pair.client().shutdown().whenComplete(journal.outcome("shutdown"));
        untilLines(1);
        journal.assertIs("shutdown ECONNRESET");
        pair.client().read(journal.reader("read"));
        untilLines(2);
        journal.assertIs("shutdown ECONNRESET", "read ECONNRESET");
    }

    @Test
    @Needs(Ability.RESET)
    void shutdownAfterAResetBehindUnreadBytesFails() throws IOException {
        StreamPair pair = connect();
        pair.server().write(bytes(100), 0, 100);
        settle();
        resetPeerOf(pair);
        pair.client().shutdown().whenComplete(journal.outcome("shutdown"));
        untilLines(1);
        journal.assertIs("shutdown ECONNRESET");
    }

    @Test
    @Needs(Ability.RESET)
    void shutdownThatWaitsWhenTheResetComesFailsAfterTheWrites() throws IOException {
        StreamPair pair = connect();
        pair.client().write(direct(LARGE), journal.written("first"));
        pair.client().write(direct(10), journal.written("second"));
        pair.client().shutdown().whenComplete(journal.outcome("shutdown"));
        settle();
        resetPeerOf(pair);
        untilLines(3);
        journal.assertIs("first ECONNRESET", "second ECONNRESET", "shutdown ECONNRESET");
    }

    @Test
    @Needs(Ability.RESET)
    void aResetThatTheReaderHearsOfIsThatOfTheWritesAndOfTheShutdown() throws IOException {
        StreamPair pair = connect();
        pair.client().read(peer.reader("read"));
        pair.client().write(direct(LARGE), journal.written("first"));
        pair.client().write(direct(10), journal.written("second"));
        pair.client().shutdown().whenComplete(journal.outcome("shutdown"));
        settle();
        resetPeerOf(pair);
        untilLines(3);
        until("read", () -> !peer.lines().isEmpty());
        journal.assertIs("first ECONNRESET", "second ECONNRESET", "shutdown ECONNRESET");
        peer.assertIs("read ECONNRESET");
    }

    @Test
    @Needs(Ability.RESET)
    void afterAReadHasHeardOfAResetNothingIsSent() throws IOException {
        StreamPair pair = connect();
        pair.client().read(journal.reader("read"));
        resetPeerOf(pair);
        untilLines(1);
        assertFalse(pair.client().isWritable());
        pair.client().write(direct(10), journal.written("write"));
        assertTryWriteFails("ECONNRESET", pair.client());
        pair.client().shutdown().whenComplete(journal.outcome("shutdown"));
        untilLines(3);
        journal.assertIs("read ECONNRESET", "write ECONNRESET", "shutdown ECONNRESET");
    }

    @Test
    @Needs(Ability.RESET)
    void afterAReadIntoABufferHasHeardOfAResetNothingIsSent() throws IOException {
        StreamPair pair = connect();
        pair.client().read(direct(10), ReadEnds.into(journal, "read"));
        resetPeerOf(pair);
        untilLines(1);
        pair.client().shutdown().whenComplete(journal.outcome("shutdown"));
        untilLines(2);
        journal.assertIs("read ECONNRESET", "shutdown ECONNRESET");
    }

    @Test
    @Needs(Ability.RESET)
    void aReaderHearsOfTheResetThatAWriteHasMetAndNotOfAnEnd() throws IOException {
        StreamPair pair = connect();
        resetPeerOf(pair);
        pair.client().write(direct(10), journal.written("write"));
        untilLines(1);
        pair.client().read(journal.reader("read"));
        untilLines(2);
        pair.client().read(direct(10), ReadEnds.into(journal, "again"));
        untilLines(3);
        journal.assertIs("write ECONNRESET", "read ECONNRESET", "again ECONNRESET");
    }

    @Test
    @Needs(Ability.RESET)
    void whatIsAskedForAfterALossSaysSoAlsoIfTheStreamIsClosedAtOnce() throws IOException {
        StreamPair pair = connect();
        ByteStream client = pair.client();
        client.onClosed(journal.line("closed"));
        client.read(
                new ReadHandler() {
                    @Override
                    public void onRead(ByteStream stream, Chunk chunk) {}

                    @Override
                    public void onFailure(ByteStream stream, IoException failure) {
                        stream.write(direct(10), journal.written("second"));
                        stream.shutdown().whenComplete(journal.outcome("shutdown"));
                        stream.close();
                    }
                });
        client.write(direct(LARGE), journal.written("first"));
        settle();
        resetPeerOf(pair);
        until("closed", client::isClosed);
        journal.assertIs("first ECONNRESET", "second ECONNRESET", "shutdown ECONNRESET", "closed");
    }

    @Test
    @Needs(Ability.RESET)
    void aReadThatWaitsHearsOfTheResetThatAWriteHasMetAlsoIfThatClosesTheStream()
            throws IOException {
        StreamPair pair = connect();
        ByteStream client = pair.client();
        resetPeerOf(pair);
        client.read(direct(10), ReadEnds.into(journal, "read"));
        client.write(direct(10), journal.written("write"));
        client.closeWhenWritten();
        until("closed", client::isClosed);
        assertEquals(
                List.of("read ECONNRESET", "write ECONNRESET"),
                journal.lines().stream().sorted().toList());
    }

    @Test
    @Needs(Transport.Ability.CONNECT)
    void whatIsAskedForAfterAConnectHasFailedSaysSoAlsoIfTheStreamIsClosedAtOnce()
            throws IOException {
        ByteStream stream = connectToNobody();
        stream.write(direct(10), journal.written("write"));
        stream.read(direct(10), ReadEnds.into(peer, "read"));
        stream.shutdown().whenComplete(journal.outcome("shutdown"));
        stream.closeWhenWritten();
        until("closed", stream::isClosed);
        journal.assertIs("write ENOTCONN", "shutdown ENOTCONN");
        peer.assertIs("read ENOTCONN");
    }

    @Test
    @Needs(Ability.RESET)
    void afterATryWriteHasFailedNothingIsSent() throws IOException {
        StreamPair pair = connect();
        resetPeerOf(pair);
        assertTryWriteFails("ECONNRESET", pair.client());
        assertTryWriteFails("ECONNRESET", pair.client());
        pair.client().write(direct(10), journal.written("write"));
        pair.client().shutdown().whenComplete(journal.outcome("shutdown"));
        pair.client().read(journal.reader("read"));
        untilLines(3);
        assertTrue(journal.has("read ECONNRESET"), journal.lines()::toString);
        List<String> sending = journal.lines().stream().filter(l -> !l.startsWith("r")).toList();
        assertEquals(List.of("write ECONNRESET", "shutdown ECONNRESET"), sending);
    }

    @Test
    @Needs(Transport.Ability.CONNECT)
    void whatIsAskedForAfterAConnectHasFailedSaysThatThereIsNoConnection() throws IOException {
        ByteStream stream = connectToNobody();
        stream.write(direct(10), journal.written("write"));
        assertTryWriteFails("ENOTCONN", stream);
        stream.shutdown().whenComplete(journal.outcome("shutdown"));
        untilLines(2);
        journal.assertIs("write ENOTCONN", "shutdown ENOTCONN");
        stream.closeWhenWritten();
        until("closed", stream::isClosed);
    }

    @Test
    @Needs(Ability.RESET)
    void aWriteOfSeveralBuffersFailsOnceAndCountsFromTheFirst() throws IOException {
        StreamPair pair = connect();
        List<IoException> failures = new ArrayList<>();
        pair.client().onWriteFailure((stream, failure) -> journal.add("handler"));
        ByteBuffer[] parts = {direct(1000), ByteBuffer.allocate(1000), direct(LARGE), direct(5)};
        pair.client()
                .write(
                        parts,
                        (stream, failure) -> {
                            failures.add(Objects.requireNonNull(failure));
                            journal.add("all");
                        });
        pair.client().write(direct(1), journal.written("next"));
        settle();
        long unsent = pair.client().writeQueueSize();
        long taken = 2006 + LARGE - unsent;
        assertTrue(taken > 2000, () -> taken + " bytes were taken");
        resetPeerOf(pair);
        untilLines(2);
        journal.assertIs("all", "next ECONNRESET");
        assertTrue(failures.get(0).bytesTransferred() >= taken, failures::toString);
        assertTrue(failures.get(0).bytesTransferred() < 2005 + LARGE, failures::toString);
        assertEquals(0, pair.client().writeQueueSize());
    }

    @Test
    void aWriteOfSeveralBuffersWithoutACallbackFailsOnceToo() throws IOException {
        StreamPair pair = connect();
        pair.client().onWriteFailure((stream, failure) -> journal.add("handler"));
        resetPeerOf(pair);
        pair.client().write(new ByteBuffer[] {direct(1), direct(0), direct(2)}, null);
        pair.client().write(new ByteBuffer[] {direct(3)}, null);
        untilLines(2);
        journal.assertIs("handler", "handler");
    }

    @Test
    void aWriteOfSeveralBuffersIsCancelledOnce() throws IOException {
        StreamPair pair = connect();
        pair.client().onWriteFailure((stream, failure) -> journal.add("handler"));
        ByteBuffer[] parts = {direct(LARGE), direct(5), direct(5)};
        pair.client().write(parts, journal.written("all"));
        pair.client().onClosed(journal.line("closed"));
        settle();
        pair.client().close();
        until("closed", pair.client()::isClosed);
        journal.assertIs("all ECANCELED", "closed");
    }
}
