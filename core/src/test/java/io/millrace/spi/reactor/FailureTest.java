// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.fixture.ScarcityFails;
import io.millrace.spi.Code;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails in the middle of one port ends that port's operations, and leaves nothing behind. */
@ExtendWith(ScarcityFails.class)
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
        RecordingSink other = reactor.stream("other");
        assertThrows(OutOfMemoryError.class, () -> broken.send(10));
        reactor.log.clear();
        assertEquals(3, other.send(3));
        reactor.expect("send other 3");
        assertThrows(OutOfMemoryError.class, () -> broken.port.trySend(ByteBuffer.allocate(5)));
        reactor.log.clear();
        assertEquals(4, other.send(4));
        reactor.expect("send other 4");
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

    /** Ten streams: a whole batch, and some behind it. */
    @ParameterizedTest
    @CsvSource({
        "prefetch, 1",
        "chunk, 1",
        "add, 1",
        "receive, 1",
        "row, 3",
    })
    void whatFailsInTheMiddleOfABatchKeepsNobodyElseFromItsBytes(String where, int mostEnded) {
        int streams = ReceiveBatch.STREAMS + 2;
        List<RecordingSink> all = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            RecordingSink stream = reactor.receivingStream("s" + i);
            stream.socket.receives.add(5);
            all.add(stream);
        }
        int[] countdown = {2};
        Runnable failsOnce =
                () -> {
                    if (--countdown[0] == 0) {
                        fail();
                    }
                };
        switch (where) {
            case "prefetch" -> all.forEach(stream -> stream.beforePrefetch = failsOnce);
            case "chunk" -> reactor.beforeChunk = failsOnce;
            case "add" -> reactor.sockets.beforeAdd = failsOnce;
            case "receive" -> all.forEach(stream -> stream.socket.beforeReceive = failsOnce);
            default -> reactor.sockets.afterRow = failsOnce;
        }
        all.forEach(stream -> stream.ready("R"));
        reactor.poll();
        long served = reactor.log.stream().filter(line -> line.endsWith("receive 5")).count();
        long ended = reactor.log.stream().filter(line -> line.endsWith("stopped ENOMEM")).count();
        assertEquals(streams, served + ended, reactor.log::toString);
        assertTrue(ended >= 1 && ended <= mostEnded, reactor.log::toString);
        assertEquals(ended, reactor.failures.size());
        assertEquals(0, reactor.chunks.lent());

        reactor.log.clear();
        RecordingSink later = reactor.receivingStream("later");
        later.socket.receives.add(7);
        later.ready("R");
        reactor.poll();
        assertTrue(reactor.log.contains("later receive 7"), reactor.log::toString);
    }
}
