// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import io.millrace.testkit.contract.DriverRig.Connection;
import io.millrace.testkit.script.ScriptedListener;
import io.millrace.testkit.script.ScriptedStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines 1 to 4 and 11 of the driver contract: who is called when, and what is last. */
public abstract class DriverLifecycleContract extends DriverContract {

    @Test
    void sinksAreCalledOnlyInsidePoll() throws IoException {
        Connection connection = rig.connection();
        List<String> heardByServer = List.copyOf(connection.server().log());
        List<String> heardByClient = List.copyOf(connection.client().log());
        connection.server().port().startReceive();
        connection.client().offers(bytes(100)).send();
        connection.server().port().stopReceive();
        assertEquals(heardByServer, connection.server().log());
        assertEquals(heardByClient, connection.client().log());
        rig.pollUntil("stopped", () -> connection.server().count("stopped") == 1);
    }

    @Test
    void everyStartedOperationHasExactlyOneTerminal() throws IoException {
        Connection connection = rig.connection();
        ScriptedStream client = connection.client();
        client.port().startReceive();
        fill(client);
        client.port().close();
        rig.pollUntil("closed", () -> client.heard("closed"));
        assertEquals(1, client.count("stopped"));
        assertEquals(1, client.count("sent"), () -> "of " + client.log());
    }

    @Test
    void whoIsConnectedKnowsItsPeer() throws IoException {
        ScriptedListener listener = rig.listen();
        listener.port().startAccept();
        ScriptedStream client = rig.stream();
        assertNull(client.port().remoteAddress());
        int code = client.port().connect(listener.address());
        rig.pollUntil("connected", () -> code == Code.OK || client.heard("connected 0"));
        assertEquals(listener.address(), client.port().remoteAddress());
    }

    /** What waits to be read comes there, and bytes both ways; the old port closes as any does. */
    @Test
    void aConnectionThatIsReleasedGoesOnAtAnotherDriver() throws IoException {
        Connection connection = rig.connection();
        ScriptedStream server = connection.server();
        ScriptedStream client = connection.client();
        server.port().startReceive();
        client.offers(bytes(10));
        rig.sendAll(client);
        rig.pollUntil("bytes", () -> server.received().length == 10);
        server.port().stopReceive();
        rig.pollUntil("stopped", () -> server.count("stopped") == 1);
        client.offers(bytes(20));
        rig.sendAll(client);
        try (DriverRig other = new DriverRig(backend)) {
            ScriptedStream moved = other.adopt(server.port().release());
            moved.port().startReceive();
            other.pollUntil("bytes", () -> moved.received().length == 20);
            moved.offers(bytes(30));
            other.sendAll(moved);
            client.port().startReceive();
            rig.pollUntil("bytes", () -> client.received().length == 30);
            rig.pollUntil("closed", () -> server.heard("closed"));
            assertEquals("closed", server.lastHeard());
            assertEquals(10, server.received().length);
        }
        rig.pollUntil("the end", () -> client.count("stopped") == 1);
    }

    @Test
    void aReleasedConnectionCanComeBackAtOnce() throws IoException {
        Connection connection = rig.connection();
        ScriptedStream server = connection.server();
        server.port().startReceive();
        rig.driver().poll(0);
        server.port().stopReceive();
        rig.pollUntil("stopped", () -> server.count("stopped") == 1);
        ScriptedStream again = rig.adopt(server.port().release());
        again.port().startReceive();
        connection.client().offers(bytes(20));
        rig.sendAll(connection.client());
        rig.pollUntil("bytes", () -> again.received().length == 20);
    }

    @Test
    void aSendThatWaitsForRoomEndsWithTheReleaseOfItsConnection() throws IoException {
        Connection connection = rig.connection();
        ScriptedStream server = connection.server();
        int taken = fillWithPassingSends(server);
        try (DriverRig other = new DriverRig(backend)) {
            ScriptedStream moved = other.adopt(server.port().release());
            connection.client().port().startReceive();
            rig.pollUntil("bytes", () -> connection.client().received().length >= taken);
            moved.offers(bytes(7));
            other.sendAll(moved);
            rig.pollUntil("bytes", () -> connection.client().received().length > taken);
            rig.pollUntil("closed", () -> server.heard("closed"));
            assertEquals(1, server.count("sent"), () -> "of " + server.log());
        }
        rig.pollUntil("the end", () -> connection.client().count("stopped") == 1);
        assertEquals(taken + 7, connection.client().received().length);
    }

    /** The kernel may forget a reset by telling it, as kqueue may, to whom it is of no use. */
    @Test
    void aResetBeforeTheReleaseIsToldByTheNextDriver() throws IoException {
        Connection connection = rig.connection();
        ScriptedStream server = connection.server();
        server.port().startReceive();
        rig.driver().poll(0);
        server.port().stopReceive();
        rig.pollUntil("stopped", () -> server.count("stopped") == 1);
        ScriptedStream client = connection.client();
        assertEquals(Code.OK, client.port().setOption(PortOption.RESET_AT_CLOSE, 1));
        client.port().close();
        rig.pollUntil("closed", () -> client.heard("closed"));
        for (int i = 0; i < 3; i++) {
            rig.driver().poll(1_000_000);
        }
        try (DriverRig other = new DriverRig(backend)) {
            ScriptedStream moved = other.adopt(server.port().release());
            moved.port().startReceive();
            other.pollUntil("the reset", () -> moved.count("stopped") == 1);
            assertEquals("stopped ECONNRESET", moved.lastHeard());
            rig.pollUntil("closed", () -> server.heard("closed"));
        }
    }

    /** There is room for it by then, and nobody may be asked for its memory all the same. */
    @Test
    void aSendThatIsDroppedSendsNothingMore() throws IoException {
        Connection connection = rig.connection();
        ScriptedStream server = connection.server();
        int taken = fillWithPassingSends(server);
        try (DriverRig other = new DriverRig(backend)) {
            ScriptedStream client = other.adopt(connection.client().port().release());
            client.port().startReceive();
            other.pollUntil("bytes", () -> client.received().length >= taken);
            server.offers(new byte[0]);
            server.port().dropSend();
            rig.pollUntil("dropped", () -> server.heard("sent ECANCELED"));
            server.offers(bytes(7));
            rig.sendAll(server);
            other.pollUntil("bytes", () -> client.received().length > taken);
            assertEquals(1, server.count("sent ECANCELED"));
            server.port().close();
            rig.pollUntil("closed", () -> server.heard("closed"));
            other.pollUntil("the end", () -> client.count("stopped") == 1);
            assertEquals(taken + 7, client.received().length);
        }
    }

    /** Its peer never reads: no room is going to come that could end it. */
    @Test
    void aSendIsDroppedWithoutRoomBehindIt() throws IoException {
        Connection connection = rig.connection();
        ScriptedStream server = connection.server();
        fillWithPassingSends(server);
        rig.driver().poll(0);
        rig.driver().poll(0);
        server.port().startReceive();
        rig.driver().poll(0);
        server.offers(new byte[0]);
        server.port().dropSend();
        rig.pollUntil("dropped", () -> server.heard("sent ECANCELED"));
        assertEquals(0, server.count("stopped"));
        server.port().stopReceive();
        rig.pollUntil("stopped", () -> server.count("stopped") == 1);
        assertEquals(1, server.count("sent"));
    }

    /** Its descriptor leaves while the drop is on its way, together with the end of a receive. */
    @Test
    void aConnectionIsReleasedWithASendThatWasDropped() throws IoException {
        Connection connection = rig.connection();
        ScriptedStream server = connection.server();
        ScriptedStream client = connection.client();
        server.port().startReceive();
        int taken = fillWithPassingSends(server);
        rig.driver().poll(0);
        server.offers(new byte[0]);
        server.port().stopReceive();
        server.port().dropSend();
        rig.pollUntil("stopped", () -> server.count("stopped") == 1);
        try (DriverRig other = new DriverRig(backend)) {
            ScriptedStream moved = other.adopt(server.port().release());
            client.port().startReceive();
            rig.pollUntil("bytes", () -> client.received().length >= taken);
            rig.pollUntil("closed", () -> server.heard("closed"));
            assertEquals(1, server.count("sent ECANCELED"), () -> "of " + server.log());
            moved.offers(bytes(7));
            other.sendAll(moved);
            rig.pollUntil("bytes", () -> client.received().length > taken);
        }
        rig.pollUntil("the end", () -> client.count("stopped") == 1);
        assertEquals(taken + 7, client.received().length);
    }

    /** Sends until one waits for room: how many bytes were taken. */
    private int fillWithPassingSends(ScriptedStream stream) {
        int taken = 0;
        int result = 0;
        while (result != Code.PENDING) {
            taken += result;
            stream.offers(bytes(1 << 20));
            result = stream.port().sendPassing();
        }
        return taken;
    }

    /** The driver that it has left closes before anybody adopts it. */
    @Test
    void aReleasedConnectionOutlivesItsDriver() throws IoException {
        ScriptedListener listener = rig.listen();
        listener.port().startAccept();
        Accepted released;
        try (DriverRig first = new DriverRig(backend)) {
            ScriptedStream client = first.stream();
            int code = client.port().connect(listener.address());
            first.pollUntil("connected", () -> code == Code.OK || client.heard("connected 0"));
            released = client.port().release();
        }
        rig.pollUntil("accepted", () -> listener.waiting() > 0);
        ScriptedStream server = rig.adopt(listener);
        ScriptedStream moved = rig.adopt(released);
        server.port().startReceive();
        moved.offers(bytes(5));
        rig.sendAll(moved);
        rig.pollUntil("bytes", () -> server.received().length == 5);
    }

    @Test
    void closedIsReportedLast() throws IoException {
        Connection connection = rig.connection();
        ScriptedStream client = connection.client();
        client.port().startReceive();
        fill(client);
        client.port().close();
        rig.pollUntil("closed", () -> client.heard("closed"));
        rig.driver().poll(0);
        assertEquals("closed", client.lastHeard());
    }

    @Test
    void theDescriptorIsClosedBeforeClosedIsReported() throws IoException {
        ScriptedListener first = rig.listen();
        first.port().startAccept();
        rig.driver().poll(0);
        List<String> outcome = new ArrayList<>();
        first.reaction(
                line -> {
                    if (line.equals("closed")) {
                        outcome.add(listenAgain(first));
                    }
                });
        first.port().close();
        rig.pollUntil("closed", () -> first.heard("closed"));
        assertEquals(List.of("listening"), outcome);
    }

    private String listenAgain(ScriptedListener first) {
        try {
            rig.listen(first.address());
            return "listening";
        } catch (IoException e) {
            return e.toString();
        }
    }

    @Test
    void closeIsIdempotent() throws IoException {
        Connection connection = rig.connection();
        connection.client().port().close();
        connection.client().port().close();
        rig.pollUntil("closed", () -> connection.client().heard("closed"));
        connection.client().port().close();
        rig.driver().poll(0);
        assertEquals(1, connection.client().count("closed"));
    }

    @Test
    void anEventNeverReachesTheSuccessorOfItsHandle() throws IoException {
        Connection first = rig.connection();
        Connection second = rig.connection();
        List<ScriptedStream> successors = new ArrayList<>();
        first.server().reaction(line -> replace(second.server(), line, successors));
        second.server().reaction(line -> replace(first.server(), line, successors));
        first.server().port().startReceive();
        second.server().port().startReceive();
        first.client().offers(bytes(10));
        second.client().offers(bytes(10));
        rig.sendAll(first.client());
        rig.sendAll(second.client());
        rig.pollUntil("one has replaced the other", () -> !successors.isEmpty());
        rig.driver().poll(1_000_000);
        assertEquals(List.of(), successors.get(0).log());
    }

    private void replace(ScriptedStream victim, String line, List<ScriptedStream> successors) {
        if (line.startsWith("received") && successors.isEmpty()) {
            victim.port().close();
            try {
                successors.add(rig.stream());
            } catch (IoException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void aRefusedConnectIsReportedOnceAndTheStreamStaysOpen() throws IoException {
        ScriptedListener listener = rig.listen();
        rig.driver().poll(0);
        listener.port().close();
        rig.pollUntil("closed", () -> listener.heard("closed"));
        ScriptedStream stream = rig.stream();
        int code = stream.port().connect(listener.address());
        if (code == Code.PENDING) {
            rig.pollUntil("refused", () -> stream.count("connected") > 0);
            assertEquals(List.of("connected ECONNREFUSED"), stream.log());
        } else {
            assertEquals(Code.REFUSED, code);
        }
        assertFalse(stream.heard("closed"));
    }

    @Test
    void aStoppedAcceptIsReportedOnceAndCanStartAgain() throws IoException {
        ScriptedListener listener = rig.listen();
        listener.port().startAccept();
        rig.driver().poll(0);
        listener.port().stopAccept();
        rig.pollUntil("stopped", () -> listener.heard("stopped ECANCELED"));
        ScriptedStream client = rig.stream();
        client.port().connect(listener.address());
        listener.port().startAccept();
        rig.pollUntil("accepted", () -> listener.waiting() == 1);
    }
}
