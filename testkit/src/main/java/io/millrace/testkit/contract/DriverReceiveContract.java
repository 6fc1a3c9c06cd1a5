// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.testkit.contract.DriverRig.Connection;
import io.millrace.testkit.script.ScriptedStream;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines 5 to 9 of the driver contract: receiving, its ends, its budget, and its chunks. */
public abstract class DriverReceiveContract extends DriverContract {
    private static final int SMALL_CHUNKS = 4;
    private static final int SMALL_CHUNK_BYTES = 1024;

    @Test
    void aStoppedReceiveLosesNothing() throws IoException {
        Connection connection = rig.connection();
        ScriptedStream server = connection.server();
        ScriptedStream client = connection.client();
        byte[] sent = bytes(30_000);
        client.offers(sent);
        rig.sendAll(client);
        for (int stops = 1; server.received().length < sent.length; stops++) {
            stopAfterNextChunk(server, stops);
        }
        assertArrayEquals(sent, server.received());
    }

    private void stopAfterNextChunk(ScriptedStream stream, int stops) throws IoException {
        int had = stream.received().length;
        stream.port().startReceive();
        rig.pollUntil("bytes", () -> stream.received().length > had);
        stream.port().stopReceive();
        rig.pollUntil("stopped", () -> stream.count("stopped") == stops);
    }

    @Test
    void endOfStreamIsATerminalAndNotAChunk() throws IoException {
        Connection connection = rig.connection();
        connection.server().port().startReceive();
        assertEquals(Code.OK, connection.client().port().shutdownOutput());
        rig.pollUntil("end", () -> connection.server().heard("stopped 0"));
        assertEquals(List.of("stopped 0"), connection.server().log());
    }

    @Test
    void aDriverGoesOnReceivingWithoutBeingAsked() throws IoException {
        Connection connection = rig.connection();
        connection.server().port().startReceive();
        for (int i = 1; i <= 500; i++) {
            int expected = i * 50;
            connection.client().offers(bytes(50));
            rig.sendAll(connection.client());
            rig.pollUntil("bytes", () -> connection.server().received().length == expected);
        }
        assertEquals(0, connection.server().count("stopped"));
    }

    @Test
    void aBudgetThatCutsAReceiveNeverLosesReadiness() throws IoException {
        Connection connection = rig.connection();
        byte[] sent = bytes(1 << 20);
        ScriptedStream server = connection.server();
        server.port().startReceive();
        server.reaction(line -> restartIfStarved(server, line));
        connection.client().offers(sent);
        rig.sendAll(connection.client());
        rig.pollUntil("all bytes", () -> server.received().length == sent.length);
        assertArrayEquals(sent, server.received());
    }

    private static void restartIfStarved(ScriptedStream stream, String line) {
        if (line.equals("stopped " + Code.name(Code.NO_CHUNKS))) {
            stream.port().startReceive();
        }
    }

    @Test
    void anEndBehindTheLastBytesIsNeverMissed() throws IoException {
        for (int size : new int[] {1, 4095, 4096, 4097, 60_000}) {
            Connection connection = rig.connection();
            ScriptedStream server = connection.server();
            connection.client().offers(bytes(size));
            rig.sendAll(connection.client());
            connection.client().port().close();
            rig.pollUntil("closed", () -> connection.client().heard("closed"));
            server.reaction(line -> restartIfStarved(server, line));
            server.port().startReceive();
            rig.pollUntil("end", () -> server.heard("stopped 0"));
            assertEquals(size, server.received().length);
        }
    }

    @Test
    void lackOfChunksEndsAReceiveAndTheirReturnIsTold() throws IoException {
        closeDriver();
        rig = new DriverRig(backend, SMALL_CHUNKS, SMALL_CHUNK_BYTES);
        Connection connection = rig.connection();
        ScriptedStream server = connection.server();
        server.keepChunks();
        server.port().startReceive();
        byte[] sent = bytes(20 * SMALL_CHUNK_BYTES);
        connection.client().offers(sent);
        rig.sendAll(connection.client());
        for (int stops = 1; !starvedOrDone(server, stops, sent.length); stops++) {
            int returns = rig.context().chunkReturns();
            server.releaseKept();
            rig.pollUntil("told", () -> rig.context().chunkReturns() > returns);
            server.port().startReceive();
        }
        assertTrue(server.heard("stopped ENOBUFS"), () -> "of " + server.log());
        assertArrayEquals(sent, server.received());
    }

    /** Waits for either; answers whether all bytes have come. */
    private boolean starvedOrDone(ScriptedStream stream, int stops, int total) throws IoException {
        rig.pollUntil(
                "starved or done",
                () -> stream.count("stopped") == stops || stream.received().length == total);
        return stream.received().length == total;
    }

    @Test
    void aBusyStreamDoesNotStarveAQuietOne() throws IoException {
        Connection busy = rig.connection();
        Connection quiet = rig.connection();
        busy.server().reaction(line -> restartIfStarved(busy.server(), line));
        busy.server().port().startReceive();
        quiet.server().port().startReceive();
        busy.client().reaction(line -> sendMore(busy.client(), line));
        sendMore(busy.client(), "sent");
        quiet.client().offers(bytes(10));
        rig.sendAll(quiet.client());
        int polls = 0;
        while (quiet.server().received().length < 10) {
            rig.driver().poll(1_000_000);
            assertTrue(++polls < 1000, "the quiet stream was starved");
        }
    }

    /** Keeps the kernel's buffers full. */
    private static void sendMore(ScriptedStream stream, String line) {
        if (line.startsWith("sent") && !stream.isSending()) {
            fill(stream);
        }
    }

    @Test
    void receivingIntoTheCallersMemoryIsOneOperation() throws IoException {
        Connection connection = rig.connection();
        ByteBuffer target = ByteBuffer.allocateDirect(64);
        target.position(8).limit(40);
        connection.server().port().receiveInto(target);
        connection.client().offers(bytes(20));
        rig.sendAll(connection.client());
        rig.pollUntil("bytes", () -> connection.server().count("received into") == 1);
        assertEquals(8, target.position());
        assertEquals(40, target.limit());
        assertEquals(bytes(20)[0], target.get(8));
    }
}
