// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Code;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Closing: at once for the kernel, in the next poll for the sink, and from anywhere. */
class ClosingTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void terminalsComeInOrderAfterTheDescriptorIsClosed(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.blockedStream("s");
        stream.port.startReceive();
        reactor.poll();
        reactor.log.clear();

        stream.port.close();
        stream.port.close();
        assertEquals(3, reactor.poll());
        assertEquals(0, reactor.poll());

        reactor.expect(
                "remove s",
                "close s",
                "wait 0",
                "settle",
                "s stopped ECANCELED",
                "s sent ECANCELED",
                "s closed",
                "wait");
    }

    /** Memory has run out, say: nobody else would close it. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aConnectionThatCannotBeHandedOnIsClosed(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.blockedStream("s");
        reactor.log.clear();
        Error thrown = new OutOfMemoryError("thrown on purpose");
        stream.socket.releasing = thrown;

        assertSame(thrown, assertThrows(Error.class, stream.port::release));
        reactor.poll();

        reactor.expect("remove s", "close s", "wait 0", "settle", "s sent ECANCELED", "s closed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aPendingConnectIsTheFirstTerminal(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.stream("s");
        stream.port.connect(InetSocketAddress.createUnresolved("peer", 1));
        stream.port.startReceive();
        stream.port.close();
        reactor.log.clear();

        reactor.poll();

        reactor.expect(
                "wait 0", "settle", "s connected ECANCELED", "s stopped ECANCELED", "s closed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fetchedEventsDoNotReachASocketClosedByAnotherSink(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink first = reactor.receivingStream("first");
        RecordingSink second = reactor.receivingStream("second");
        first.socket.receives.add(1);
        second.socket.receives.add(1);
        first.when("receive 1", second.port::close);
        first.ready("R");
        second.ready("R");

        reactor.poll();

        reactor.expect(
                "wait",
                "recv first",
                "recv second",
                "first receive 1",
                "remove second",
                "close second",
                "settle",
                "second stopped ECANCELED",
                "second closed");
        assertEquals(0, reactor.chunks.lent());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closingInsideReceiveEndsTheRunAtOnce(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.receivingStream("s");
        stream.socket.receives.addAll(List.of(Reactor.CHUNK_BYTES, 1));
        stream.when("receive 100", stream.port::close);
        stream.ready("RW");

        reactor.poll();

        reactor.expect(
                "wait",
                "recv s",
                "s receive 100",
                "remove s",
                "close s",
                "settle",
                "s stopped ECANCELED",
                "s closed");
        assertEquals(0, reactor.chunks.lent());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closingInsideATerminalLeavesTheOthersTheirOwn(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.blockedStream("s");
        stream.port.startReceive();
        reactor.poll();
        reactor.log.clear();
        stream.when("stopped EOF", stream.port::close);
        stream.socket.receives.add(Code.END_OF_STREAM);
        stream.ready("RW");

        reactor.poll();

        reactor.expect(
                "wait",
                "recv s",
                "s stopped EOF",
                "remove s",
                "close s",
                "settle",
                "s sent ECANCELED",
                "s closed");
    }

    @Test
    void closingInsideTheReportOfAStopIsReportedByTheNextPoll() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        stream.port.stopReceive();
        stream.when("stopped ECANCELED", stream.port::close);

        reactor.poll();
        reactor.poll();

        reactor.expect(
                "wait 0",
                "s stopped ECANCELED",
                "remove s",
                "close s",
                "wait 0",
                "settle",
                "s closed");
    }

    @Test
    void aSocketClosedWhileItsStopWaitsToBeReportedIsSettledFirst() {
        Reactor reactor = Reactor.level();
        RecordingSink first = reactor.receivingStream("first");
        RecordingSink second = reactor.receivingStream("second");
        first.port.stopReceive();
        second.port.stopReceive();
        first.when("stopped ECANCELED", second.port::close);

        reactor.poll();

        reactor.expect(
                "wait 0",
                "first stopped ECANCELED",
                "remove second",
                "close second",
                "settle",
                "second stopped ECANCELED",
                "second closed");
    }

    @Test
    void aHotPortCanCloseWithoutCuttingTheListOfTheOthers() {
        Reactor reactor = Reactor.edge();
        RecordingSink first = reactor.receivingStream("first");
        RecordingSink second = reactor.receivingStream("second");
        for (RecordingSink each : List.of(first, second)) {
            for (int i = 0; i < ReactorDriver.RECEIVES_PER_POLL; i++) {
                each.socket.receives.add(Reactor.CHUNK_BYTES);
            }
            each.ready("R");
        }
        reactor.poll();
        reactor.log.clear();

        first.port.close();
        second.socket.receives.add(1);
        reactor.poll();

        reactor.expect(
                "remove first",
                "close first",
                "wait 0",
                "recv second",
                "second receive 1",
                "settle",
                "first stopped ECANCELED",
                "first closed");
    }

    @Test
    void closingTheDriverClosesThePollerOnce() {
        Reactor reactor = Reactor.level();

        reactor.driver.close();
        reactor.driver.close();

        reactor.expect("close poller");
        assertTrue(reactor.poller.closed);
    }

    @Test
    void whatCannotBeOpenedThrowsItsReason() {
        Reactor reactor = Reactor.level();
        RecordingSink sink = reactor.stream("s");

        IoException failure =
                assertThrows(
                        IoException.class, () -> reactor.driver.streams().adopt(() -> {}, sink));

        assertEquals(Code.TOO_MANY_FILES, failure.code());
        assertThrows(
                UnsupportedOperationException.class,
                () -> reactor.driver.streams().adopt(3, StandardProtocolFamily.INET, sink));
    }
}
