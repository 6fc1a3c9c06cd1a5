// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.net.ByteStream;
import io.millrace.testkit.contract.Transport.Ability;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * One direction ends and the other goes on, whichever side begins and whatever else is going on.
 */
public abstract class HalfCloseContract extends ContractTest {
    private static final int LARGE = 4 << 20;

    private final Journal client = new Journal();
    private final Journal server = new Journal();

    @Test
    @Needs(Ability.WRITE_AFTER_END)
    void shutdownIsAnEndToThePeerAndReadingGoesOn() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        pair.client().read(client.reader("client"));
        pair.client().shutdown().whenComplete(client.outcome("shutdown"));
        until("end", () -> server.has("server end"));
        until("shut down", () -> client.has("shutdown"));
        pair.server().write(bytes(1000), 0, 1000);
        until("bytes", () -> client.receivedCount() == 1000);
        pair.server().shutdown();
        until("end", () -> client.has("client end"));
        assertFalse(pair.client().isClosing());
        assertFalse(pair.server().isClosing());
    }

    @Test
    void shutdownWaitsForWhatIsQueued() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        pair.client().write(ByteBuffer.allocateDirect(LARGE), client.written("write"));
        pair.client().shutdown().whenComplete(client.outcome("shutdown"));
        until("end", () -> server.has("server end"));
        assertEquals(LARGE, server.receivedCount());
        until("shut down", () -> client.has("shutdown"));
        client.assertIs("write", "shutdown");
    }

    @Test
    @Needs(Ability.WRITE_AFTER_END)
    void writesWorkAfterThePeersEnd() throws IOException {
        StreamPair pair = connect();
        pair.client().read(client.reader("client"));
        pair.server().read(server.reader("server"));
        pair.client().shutdown();
        until("end", () -> server.has("server end"));
        pair.server().write(ByteBuffer.allocateDirect(LARGE), server.written("write"));
        pair.server().closeWhenWritten();
        until("end", () -> client.has("client end"));
        assertEquals(LARGE, client.receivedCount());
        server.assertIs("server end", "write");
    }

    @Test
    void bothSidesMayShutDownAtOnce() throws IOException {
        StreamPair pair = connect();
        pair.client().read(client.reader("client"));
        pair.server().read(server.reader("server"));
        pair.client().shutdown().whenComplete(client.outcome("shutdown"));
        pair.server().shutdown().whenComplete(server.outcome("shutdown"));
        until("both", () -> client.lines().size() == 2 && server.lines().size() == 2);
        settle();
        assertEquals(List.of("client end", "shutdown"), client.lines().stream().sorted().toList());
        assertEquals(List.of("server end", "shutdown"), server.lines().stream().sorted().toList());
    }

    @Test
    void aSecondShutdownAndWritesAfterItAreRefused() throws IOException {
        StreamPair pair = connect();
        pair.client().shutdown();
        assertRefused("shut down", () -> pair.client().shutdown());
        assertRefused("shut down", () -> pair.client().write(bytes(1), 0, 1));
        assertRefused("shut down", () -> pair.client().tryWrite(ByteBuffer.allocateDirect(1)));
        settle();
        assertRefused("shut down", () -> pair.client().write(bytes(1), 0, 1));
    }

    @Test
    void aStreamIsWritableFromItsConnectUntilItsShutdownOrClose() throws IOException {
        StreamPair pair = connect();
        assertTrue(pair.client().isWritable() && pair.server().isWritable());
        ByteStream connecting = connectTo(pair.listener()).stream();
        assertTrue(connecting.isWritable());
        connecting.closeWhenWritten();
        assertFalse(connecting.isWritable());
        pair.server().read(server.reader("server"));
        pair.client().shutdown();
        assertFalse(pair.client().isWritable());
        until("end", () -> server.has("server end"));
        assertTrue(pair.server().isWritable());
        pair.server().close();
        assertFalse(pair.server().isWritable());
    }

    @Test
    void closeCancelsAShutdownThatWaits() throws IOException {
        StreamPair pair = connect();
        pair.client().onClosed(client.line("closed"));
        pair.client().write(ByteBuffer.allocateDirect(12 << 20), client.written("write"));
        pair.client().shutdown().whenComplete(client.outcome("shutdown"));
        pair.client().close();
        until("closed", pair.client()::isClosed);
        client.assertIs("write ECANCELED", "shutdown ECANCELED", "closed");
    }

    @Test
    void shutdownThenCloseLetsThePeerReadToTheEnd() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        pair.client().write(bytes(10), 0, 10);
        pair.client().shutdown().thenAccept(ByteStream::close);
        until("closed", pair.client()::isClosed);
        until("end", () -> server.has("server end"));
        assertEquals(10, server.receivedCount());
    }

    @Test
    void shutdownAfterThePeerHasReset() throws IOException {
        StreamPair pair = connect();
        pair.client().closeReset();
        settle();
        pair.server().shutdown().whenComplete(server.outcome("shutdown"));
        until("an outcome", () -> server.lines().size() == 1);
        settle();
        assertEquals(1, server.lines().size());
    }

    @Test
    void aPeersEndWhilePausedIsHeardAfterResuming() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        pair.server().pauseReading();
        pair.client().write(bytes(10), 0, 10);
        pair.client().shutdown();
        settle();
        server.assertIs();
        pair.server().resumeReading();
        until("end", () -> server.has("server end"));
        assertEquals(10, server.receivedCount());
    }

    @Test
    void aPeersEndWhileNobodyReadsIsHeardByTheNextReader() throws IOException {
        StreamPair pair = connect();
        pair.client().shutdown();
        settle();
        pair.server().read(server.reader("server"));
        until("end", () -> server.has("server end"));
    }

    @Test
    @Needs(Ability.WRITE_AFTER_END)
    void aPeersEndWhileWritingDoesNotDisturbTheWrites() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        pair.server().write(ByteBuffer.allocateDirect(12 << 20), server.written("write"));
        pair.client().shutdown();
        until("end", () -> server.has("server end"));
        pair.client().read(client.reader("client"));
        until("all bytes", () -> client.receivedCount() == 12 << 20);
        until("written", () -> server.has("write"));
    }

    @Test
    @Needs(Ability.WRITE_AFTER_END)
    void aPeersEndRightAfterTheHandshake() throws IOException {
        List<ByteStream> accepted = new ArrayList<>();
        ByteStream stream = connectTo(listen(accepted::add)).stream();
        stream.shutdown();
        until("accepted", () -> accepted.size() == 1);
        accepted.get(0).read(server.reader("server"));
        until("end", () -> server.has("server end"));
        accepted.get(0).write(bytes(5), 0, 5);
        stream.read(client.reader("client"));
        until("bytes", () -> client.receivedCount() == 5);
    }

    @Test
    void aPeersEndAfterOurOwn() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        pair.server().shutdown().whenComplete(server.outcome("shutdown"));
        until("shut down", () -> server.has("shutdown"));
        pair.client().shutdown();
        until("end", () -> server.has("server end"));
        pair.server().close();
        until("closed", pair.server()::isClosed);
    }
}
