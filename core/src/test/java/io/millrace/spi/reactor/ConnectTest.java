// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.spi.Code;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connecting: at once, later, or not at all. */
class ConnectTest {
    private final InetSocketAddress peer = InetSocketAddress.createUnresolved("peer", 1);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anImmediateAnswerHasNoTerminal(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.stream("s");
        stream.socket.connects.add(Code.OK);
        assertEquals(Code.OK, stream.port.connect(peer));
        stream.socket.connects.add(Code.NETWORK_UNREACHABLE);
        assertEquals(Code.NETWORK_UNREACHABLE, stream.port.connect(peer));

        reactor.poll();

        reactor.expect("connect s", "connect s", "wait");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theSocketIsAddedOnlyWhenConnectingSoThatNoEarlyHangUpIsSeen(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.stream("s");
        reactor.poll();
        assertEquals(Code.PENDING, stream.port.connect(peer));
        reactor.poll();

        reactor.expect("wait", "connect s", edge ? "add s RW" : "add s W", "wait");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void successIsReportedOnceAndSendingGoesOnFromThere(boolean edge) {
        Reactor reactor = connecting(edge);
        RecordingSink stream = connectingStream;
        stream.socket.connects.add(Code.OK);
        stream.when("connected OK", () -> stream.send(5));
        stream.ready("W");

        assertEquals(1, reactor.poll());
        reactor.poll();

        if (edge) {
            reactor.expect("wait", "finish s", "s connected OK", "send s 5", "wait");
        } else {
            reactor.expect("wait", "finish s", "s connected OK", "send s 5", "remove s", "wait");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void failureIsReportedAndLeavesThePortOpen(boolean edge) {
        Reactor reactor = connecting(edge);
        connectingStream.socket.connects.add(Code.REFUSED);
        connectingStream.ready("WH");

        reactor.poll();
        reactor.log.clear();
        reactor.poll();

        if (edge) {
            reactor.expect("wait");
        } else {
            reactor.expect("remove s", "wait");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEventBeforeItsTimeIsWaitedOut(boolean edge) {
        Reactor reactor = connecting(edge);
        connectingStream.ready("W");
        assertEquals(0, reactor.poll());
        reactor.poll();
        connectingStream.socket.connects.add(Code.OK);
        connectingStream.ready("W");
        reactor.poll();

        reactor.expect("wait", "finish s", "wait", "wait", "finish s", "s connected OK");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onlyRoomForWritingFinishesIt(boolean edge) {
        Reactor reactor = connecting(edge);
        connectingStream.ready("R");

        reactor.poll();

        reactor.expect("wait");
    }

    @Test
    void bytesThatCameWithTheConnectionAreReceivedInTheSamePoll() {
        Reactor reactor = connecting(true);
        RecordingSink stream = connectingStream;
        stream.socket.connects.add(Code.OK);
        stream.socket.receives.add(8);
        stream.when("connected OK", stream.port::startReceive);
        stream.ready("RW");

        reactor.poll();

        reactor.expect("wait", "finish s", "s connected OK", "recv s", "s receive 8");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closingCancelsIt(boolean edge) {
        Reactor reactor = connecting(edge);

        connectingStream.port.close();
        reactor.poll();

        reactor.expect(
                "remove s", "close s", "wait 0", "settle", "s connected ECANCELED", "s closed");
    }

    private RecordingSink connectingStream;

    private Reactor connecting(boolean edge) {
        Reactor reactor = new Reactor(edge);
        connectingStream = reactor.stream("s");
        connectingStream.port.connect(peer);
        reactor.poll();
        reactor.log.clear();
        return reactor;
    }
}
