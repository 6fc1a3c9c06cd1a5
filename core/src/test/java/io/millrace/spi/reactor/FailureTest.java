// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.spi.Code;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails in the middle of one port ends that port's operations, and leaves nothing behind. */
class FailureTest {
    private final Reactor reactor = Reactor.level();
    private final Error thrown = new OutOfMemoryError("thrown on purpose");

    @BeforeEach
    void expectFailures() {
        reactor.failures = new ArrayList<>();
    }

    private void fail() {
        throw thrown;
    }

    @Test
    void aChunkWhoseBytesCannotBeDeliveredComesBack() {
        for (int i = 0; i < 2 * Reactor.CHUNKS; i++) {
            RecordingSink stream = reactor.receivingStream("a" + i);
            stream.when("receive 5", this::fail);
            stream.socket.receives.add(5);
            stream.ready("R");
            reactor.poll();
            reactor.expect(
                    "wait", "recv a" + i, "a" + i + " receive 5", "a" + i + " stopped ENOMEM");
        }
        assertEquals(2 * Reactor.CHUNKS, reactor.failures.size());
    }

    @Test
    void soDoesOneThatTheSocketFailsToFill() {
        for (int i = 0; i < 2 * Reactor.CHUNKS; i++) {
            RecordingSink stream = reactor.receivingStream("a" + i);
            stream.socket.beforeReceive = this::fail;
            stream.ready("R");
            reactor.poll();
            reactor.expect("wait", "a" + i + " stopped ENOMEM");
        }
    }

    @Test
    void bytesThatCouldNotBeSentAreNotSentByAnother() {
        RecordingSink broken = reactor.stream("broken");
        broken.socket.beforeSend = this::fail;
        assertThrows(OutOfMemoryError.class, () -> broken.send(10));
        assertThrows(OutOfMemoryError.class, () -> broken.port.trySend(ByteBuffer.allocate(5)));
        reactor.log.clear();
        assertEquals(3, reactor.stream("other").send(3));
        reactor.expect("send other 3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"connected ECANCELED", "stopped ECANCELED", "sent ECANCELED", "closed"})
    void whoCannotBeToldThatItEndedKeepsNobodyFromHearing(String what) {
        RecordingSink stream = reactor.stream("a");
        stream.socket.sends.add(Code.WOULD_BLOCK);
        stream.port.connect(new InetSocketAddress(1));
        stream.port.startReceive();
        stream.send(10);
        stream.when(what, this::fail);
        RecordingSink other = reactor.stream("b");
        reactor.log.clear();
        stream.port.close();
        other.port.close();
        reactor.poll();
        reactor.expect(
                "close a",
                "close b",
                "wait 0",
                "settle",
                "a connected ECANCELED",
                "a stopped ECANCELED",
                "a sent ECANCELED",
                "a closed",
                "settle",
                "b closed");
        assertEquals(List.of(thrown), reactor.failures);
    }
}
