// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Accepting: a bounded burst, errors that matter, and an end. */
class ListenerTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void acceptsUntilNobodyWaits(boolean edge) {
        Listening it = new Listening(edge);
        it.socket.accepts.addAll(List.of(1, 1));
        it.reactor.poller.report(it.socket, "R");

        assertEquals(2, it.reactor.poll());
        it.reactor.poll();

        it.reactor.expect(
                "wait", "accept l", "l accepted", "accept l", "l accepted", "accept l", "wait");
    }

    @Test
    void aBurstIsCutAndGoesOnWithoutAnotherEdge() {
        Listening it = new Listening(true);
        it.socket.accepts.addAll(Collections.nCopies(ReactorListener.ACCEPTS_PER_POLL + 1, 1));
        it.reactor.poller.report(it.socket, "R");

        assertEquals(ReactorListener.ACCEPTS_PER_POLL, it.reactor.poll());
        it.reactor.log.clear();
        it.reactor.poll();

        it.reactor.expect("wait 0", "accept l", "l accepted", "accept l");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Code.ABORTED,
                Code.INTERRUPTED,
                Code.PROTOCOL_ERROR,
                Code.NETWORK_DOWN,
                Code.NETWORK_UNREACHABLE,
                Code.HOST_DOWN,
                Code.HOST_UNREACHABLE
            })
    void aConnectionThatDiedInTheQueueIsPassedOver(int code) {
        Listening it = new Listening(false);
        it.socket.accepts.addAll(List.of(code, 1));
        it.reactor.poller.report(it.socket, "R");

        assertEquals(1, it.reactor.poll());

        it.reactor.expect("wait", "accept l", "accept l", "l accepted", "accept l");
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Code.TOO_MANY_FILES,
                Code.FILE_TABLE_OVERFLOW,
                Code.NO_MEMORY,
                Code.NO_CHUNKS,
                Code.INVALID_ARGUMENT
            })
    void exhaustionEndsAcceptingAndDoesNotSpin(int code) {
        Listening it = new Listening(false);
        it.socket.accepts.add(code);
        it.reactor.poller.report(it.socket, "R");

        it.reactor.poll();
        it.reactor.poll();
        it.reactor.expect("wait", "accept l", "l stopped " + Code.name(code), "remove l", "wait");

        it.port.startAccept();
        it.reactor.poll();
        it.reactor.expect("add l R", "wait");
    }

    @Test
    void afterExhaustionTheOldEdgeServesTheNextStart() {
        Listening it = new Listening(true);
        it.socket.accepts.add(Code.TOO_MANY_FILES);
        it.reactor.poller.report(it.socket, "R");
        it.reactor.poll();
        it.reactor.log.clear();
        it.socket.accepts.add(1);

        it.port.startAccept();
        it.reactor.poll();

        it.reactor.expect("wait 0", "accept l", "l accepted", "accept l");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStopInsideAcceptLeavesTheRestInTheQueue(boolean edge) {
        Listening it = new Listening(edge);
        it.socket.accepts.addAll(List.of(1, 1));
        it.onAccept = it.port::stopAccept;
        it.reactor.poller.report(it.socket, "R");

        it.reactor.poll();

        it.reactor.expect("wait", "accept l", "l accepted", "l stopped ECANCELED");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void closingInsideAcceptEndsIt(boolean edge) {
        Listening it = new Listening(edge);
        it.socket.accepts.addAll(List.of(1, 1));
        it.onAccept = it.port::close;
        it.reactor.poller.report(it.socket, "R");

        it.reactor.poll();

        it.reactor.expect(
                "wait",
                "accept l",
                "l accepted",
                "remove l",
                "close l",
                "settle",
                "l stopped ECANCELED",
                "l closed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRefusedListenerIsToldWhy(boolean edge) {
        Listening it = new Listening(edge, Code.NO_MEMORY);

        it.reactor.expect(edge ? "add l RW" : "add l R", "wait 0", "l stopped ENOMEM");
    }

    /** A listener that accepts, and the sink that logs it. */
    private static final class Listening implements ListenerSink {
        final Reactor reactor;
        final ListenerPort port;
        final ScriptedSockets.ScriptedListener socket;
        Runnable onAccept = () -> {};

        Listening(boolean edge) {
            this(edge, Code.OK);
            reactor.log.clear();
        }

        Listening(boolean edge, int pollerAnswer) {
            reactor = new Reactor(edge);
            reactor.sockets.nextName = "l";
            reactor.poller.answer = pollerAnswer;
            try {
                InetSocketAddress address = InetSocketAddress.createUnresolved("self", 1);
                port =
                        reactor.driver
                                .streams()
                                .listen(new ListenSpec(address, 1, true, false, 0), this);
            } catch (IoException e) {
                throw new AssertionError(e);
            }
            socket = reactor.sockets.lastListener;
            port.startAccept();
            reactor.poll();
        }

        @Override
        public void onAccept(Accepted connection) {
            note("accepted");
            onAccept.run();
        }

        @Override
        public void onAcceptStopped(int code) {
            note("stopped " + Code.name(code));
        }

        @Override
        public void onClosed() {
            note("closed");
        }

        private void note(String event) {
            assertTrue(reactor.polling, () -> event + " outside poll");
            reactor.log.add("l " + event);
        }
    }
}
