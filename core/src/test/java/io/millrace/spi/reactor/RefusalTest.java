// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.Code;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A poller that has no room for a socket fails the operations of that socket, not the loop. */
class RefusalTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everythingStartedEndsWithTheReason(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.stream("s");
        stream.port.connect(InetSocketAddress.createUnresolved("peer", 1));
        stream.port.startReceive();
        reactor.log.clear();
        reactor.poller.answer = Code.NO_MEMORY;

        reactor.poll();
        reactor.poll();

        reactor.expect("add s RW", "wait 0", "s connected ENOMEM", "s stopped ENOMEM", "wait");
    }

    @Test
    void aRefusedChangeKeepsWhatThePollerKnows() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        stream.socket.sends.add(Code.WOULD_BLOCK);
        stream.send(1);
        reactor.poller.answer = Code.NO_MEMORY;
        reactor.poll();
        reactor.poller.answer = Code.OK;
        reactor.poll();
        stream.port.startReceive();
        stream.socket.receives.add(2);
        stream.ready("R");
        reactor.poll();

        reactor.expect(
                "send s 1",
                "modify s RW",
                "wait 0",
                "s stopped ENOMEM",
                "s sent ENOMEM",
                "wait",
                "wait",
                "recv s",
                "s receive 2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNextStartAsksAgain(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.stream("s");
        stream.port.startReceive();
        reactor.poller.answer = Code.NO_SPACE;
        reactor.poll();
        reactor.poller.answer = Code.OK;
        reactor.log.clear();

        stream.port.startReceive();
        reactor.poll();

        reactor.expect(edge ? "add s RW" : "add s R", "wait");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closingAfterARefusalStillHasOneTerminalEach(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.stream("s");
        stream.port.startReceive();
        reactor.poller.answer = Code.NO_SPACE;
        stream.when("stopped ENOSPC", stream.port::close);

        reactor.poll();
        reactor.poll();

        reactor.expect(
                edge ? "add s RW" : "add s R",
                "wait 0",
                "s stopped ENOSPC",
                "close s",
                "wait 0",
                "settle",
                "s closed");
    }

    /** As of a poller whose additions ride along with the wait. */
    @Test
    void aSocketRefusedLateEndsWithTheReasonAndIsAddedAfresh() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        reactor.poller.refuse(stream.socket, Code.NO_MEMORY);
        reactor.poll();
        stream.port.startReceive();
        reactor.poll();

        reactor.expect("wait", "s stopped ENOMEM", "add s R", "wait");
    }

    @Test
    void aSocketRefusedLateIsNotRemovedWhenItIsClosed() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        reactor.poller.refuse(stream.socket, Code.NO_MEMORY);
        stream.when("stopped ENOMEM", stream.port::close);
        reactor.poll();
        reactor.poll();

        reactor.expect("wait", "s stopped ENOMEM", "close s", "wait 0", "settle", "s closed");
    }

    @Test
    void aLateRefusalOfAClosedSocketReachesNobody() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        stream.port.close();
        reactor.poller.refuse(stream.socket, Code.NO_MEMORY);
        reactor.poll();

        reactor.expect(
                "remove s", "close s", "wait 0", "settle", "s stopped ECANCELED", "s closed");
    }
}
