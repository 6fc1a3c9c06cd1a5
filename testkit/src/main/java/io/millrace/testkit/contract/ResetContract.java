// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.net.ByteStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The peer resets the connection, in every state that a stream can be in. */
@Needs(Transport.Ability.RESET)
public abstract class ResetContract extends ContractTest {
    private final Journal journal = new Journal();

    /** The reset has been sent and has had time to arrive. */
    private ByteStream resetPeerOf(StreamPair pair) throws IOException {
        pair.client().closeReset();
        until("client closed", pair.client()::isClosed);
        settle();
        return pair.server();
    }

    private void assertOneFailureThenClose(ByteStream stream, String name) throws IOException {
        settle();
        assertEquals(1, journal.lines().size(), journal.lines()::toString);
        assertTrue(journal.lines().get(0).startsWith(name + " E"), journal.lines()::toString);
        assertFalse(stream.isClosing());
        stream.close();
        until("closed", stream::isClosed);
        assertEquals(1, journal.lines().size(), journal.lines()::toString);
    }

    @Test
    void whileItReads() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("read"));
        ByteStream stream = resetPeerOf(pair);
        until("failure", () -> !journal.lines().isEmpty());
        assertOneFailureThenClose(stream, "read");
    }

    @Test
    void whileItIsPaused() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("read"));
        pair.server().pauseReading();
        ByteStream stream = resetPeerOf(pair);
        journal.assertIs();
        stream.resumeReading();
        until("failure", () -> !journal.lines().isEmpty());
        assertOneFailureThenClose(stream, "read");
    }

    @Test
    void whileNothingIsAskedOfIt() throws IOException {
        ByteStream stream = resetPeerOf(connect());
        journal.assertIs();
        stream.read(journal.reader("read"));
        until("failure", () -> !journal.lines().isEmpty());
        assertOneFailureThenClose(stream, "read");
    }

    @Test
    void whileItReadsIntoABuffer() throws IOException {
        StreamPair pair = connect();
        pair.server().readFully(ByteBuffer.allocateDirect(10), ReadEnds.into(journal, "read"));
        ByteStream stream = resetPeerOf(pair);
        until("failure", () -> !journal.lines().isEmpty());
        assertOneFailureThenClose(stream, "read");
    }

    @Test
    void whileItWrites() throws IOException {
        StreamPair pair = connect();
        pair.server().write(ByteBuffer.allocateDirect(12 << 20), journal.written("write"));
        settle();
        ByteStream stream = resetPeerOf(pair);
        until("failure", () -> !journal.lines().isEmpty());
        assertOneFailureThenClose(stream, "write");
    }

    @Test
    void whileItReadsAndWrites() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("read"));
        pair.server().write(ByteBuffer.allocateDirect(12 << 20), journal.written("write"));
        settle();
        ByteStream stream = resetPeerOf(pair);
        until("both", () -> journal.lines().size() == 2);
        List<String> lines = journal.lines().stream().sorted().toList();
        assertTrue(lines.get(0).startsWith("read"), lines::toString);
        assertTrue(lines.get(1).startsWith("write E"), lines::toString);
        assertFalse(stream.isClosing());
    }

    @Test
    void afterItHasShutDown() throws IOException {
        StreamPair pair = connect();
        pair.server().shutdown();
        settle();
        pair.server().read(journal.reader("read"));
        ByteStream stream = resetPeerOf(pair);
        until("failure", () -> !journal.lines().isEmpty());
        assertOneFailureThenClose(stream, "read");
    }

    @Test
    void afterThePeersEnd() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("read"));
        pair.client().shutdown();
        until("end", () -> journal.has("read end"));
        ByteStream stream = resetPeerOf(pair);
        journal.assertIs("read end");
        stream.write(ByteBuffer.allocateDirect(10), journal.written("write"));
        until("write failed", () -> journal.lines().size() == 2);
        assertTrue(journal.lines().get(1).startsWith("write E"), journal.lines()::toString);
    }

    @Test
    void whileItCloses() throws IOException {
        StreamPair pair = connect();
        pair.server().onClosed(journal.line("closed"));
        pair.server().read(journal.reader("read"));
        pair.client().closeReset();
        pair.server().close();
        until("both closed", () -> pair.server().isClosed() && pair.client().isClosed());
        settle();
        journal.assertIs("closed");
    }

    @Test
    void unreadBytesOfTheResetterMakeItsCloseAReset() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("read"));
        pair.server().write(bytes(1000), 0, 1000);
        settle();
        pair.client().close();
        until("closed", pair.client()::isClosed);
        until("failure", () -> !journal.lines().isEmpty());
        settle();
        assertEquals(1, journal.lines().size());
    }
}
