// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.millrace.fixture.ScarcityFails;
import io.millrace.spi.Code;
import io.millrace.spi.PoolChunk;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that are ready together receive together; what they hear, and when, is as one by one. */
@ExtendWith(ScarcityFails.class)
class ReceiveBatchTest {
    /** In the order in which they get ready. */
    private final List<RecordingSink> streams = new ArrayList<>();

    private Reactor reactor;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void streamsReceiveInARowAndHearInTheSameRow(boolean edge) {
        reactor = new Reactor(edge);
        receiving("a", 1);
        RecordingSink second = receiving("b", 2);
        receiving("c", 3);
        second.when("receive 2", () -> second.send(2));

        reactor.systemCalls = 0;
        assertEquals(3, pollAllReady());

        reactor.expect(
                "wait",
                "recv a",
                "recv b",
                "recv c",
                "a receive 1",
                "b receive 2",
                "send b 2",
                "c receive 3");
        assertEquals(0, reactor.chunks.lent());
        assertEquals(3 + 1, reactor.systemCalls);
    }

    /** While misses of several streams can still overlap; what follows finds the lines at hand. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatARowNeedsIsReadAheadBeforeItsFirstReceive(boolean edge) {
        reactor = new Reactor(edge);
        RecordingSink first = receiving("a", 1);
        receiving("b", 1);
        int each = first.socket.descriptor() + first.prefetch();
        List<Integer> readAhead = new ArrayList<>();
        first.socket.beforeReceive = () -> readAhead.add(reactor.driver.batch.prefetched);

        pollAllReady();

        assertEquals(List.of(2 * each), readAhead);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void forAStreamAloneNothingIsReadAhead(boolean edge) {
        reactor = new Reactor(edge);
        receiving("a", 1);

        assertEquals(1, pollAllReady());

        assertEquals(0, reactor.driver.batch.prefetched);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBatchIsBoundedSoThatTheFirstIsNotHeldUpForLong(boolean edge) {
        int plenty = 8 * ReceiveBatch.STREAMS;
        reactor = new Reactor(edge, plenty, Reactor.CHUNK_BYTES);
        for (int i = 0; i <= ReceiveBatch.STREAMS; i++) {
            receiving("s" + i, 1);
        }

        pollAllReady();

        int firstHears = reactor.log.indexOf("s0 receive 1");
        assertEquals(1 + ReceiveBatch.STREAMS, firstHears);
        assertEquals(
                firstHears + ReceiveBatch.STREAMS,
                reactor.log.indexOf("recv s" + ReceiveBatch.STREAMS));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manyBytesAreDeliveredWhileTheyAreInTheCache(boolean edge) {
        int half = ReceiveBatch.BYTES / 2;
        reactor = new Reactor(edge, Reactor.CHUNKS, ReceiveBatch.BYTES);
        receiving("a", half);
        RecordingSink second = receiving("b", half);
        RecordingSink third = receiving("c", 1);

        pollAllReady();

        reactor.expect(
                "wait",
                "recv a",
                "recv b",
                "a receive " + half,
                "b receive " + half,
                "recv c",
                "c receive 1");
        assertSame(second.lastChunk, third.lastChunk, "of which the cache knows most");
        assertEquals(0, reactor.chunks.lent());
    }

    /** Bytes that only wait for their turn must not have others' bytes copied. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBatchDoesNotMakeChunksScarce(boolean edge) {
        reactor = new Reactor(edge);
        RecordingSink first = receiving("s0", 1);
        for (int i = 1; i < ReceiveBatch.STREAMS; i++) {
            receiving("s" + i, 1);
        }
        List<PoolChunk> kept = new ArrayList<>();
        first.when("receive 1", () -> kept.add(first.lastChunk.keep()));

        assertEquals(ReceiveBatch.STREAMS, pollAllReady());

        assertSame(first.lastChunk, kept.get(0));
        assertEquals(1, reactor.chunks.lent());
        assertEquals(0, reactor.chunksReturned);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withASingleChunkStreamsReceiveOneByOne(boolean edge) {
        reactor = new Reactor(edge, 1, Reactor.CHUNK_BYTES);
        receiving("a", 1);
        receiving("b", 2);

        pollAllReady();

        reactor.expect("wait", "recv a", "a receive 1", "recv b", "b receive 2");
        assertEquals(0, reactor.chunksReturned);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void streamsWithoutChunksHearItInTheirTurn(boolean edge) {
        reactor = new Reactor(edge);
        receiving("a", 1);
        receiving("b", 2);
        for (int i = 0; i < Reactor.CHUNKS; i++) {
            reactor.chunks.acquire();
        }

        pollAllReady();

        reactor.expect("wait", "a stopped ENOBUFS", "b stopped ENOBUFS");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStreamWithSomethingElseToDoKeepsItsTurn(boolean edge) {
        reactor = new Reactor(edge);
        receiving("a", 1);
        RecordingSink filling = reactor.stream("b");
        filling.port.receiveInto(ByteBuffer.allocateDirect(10));
        filling.socket.receives.add(2);
        streams.add(filling);
        RecordingSink connecting = reactor.stream("c");
        connecting.port.connect(InetSocketAddress.createUnresolved("peer", 1));
        connecting.socket.connects.add(Code.OK);
        streams.add(connecting);
        reactor.poll();
        receiving("d", 4);

        pollAllReady("RW");

        reactor.expect(
                "wait",
                "recv a",
                "a receive 1",
                "recv b",
                "b into 2",
                "finish c",
                "c connected OK",
                "recv d",
                "d receive 4");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEndIsToldInItsTurn(boolean edge) {
        reactor = new Reactor(edge);
        receiving("a", 1);
        receiving("b", Code.END_OF_STREAM);
        receiving("c", Code.RESET);
        receiving("d", Code.WOULD_BLOCK);
        receiving("e", 5);

        assertEquals(4, pollAllReady());

        reactor.expect(
                "wait",
                "recv a",
                "recv b",
                "recv c",
                "recv d",
                "recv e",
                "a receive 1",
                "b stopped EOF",
                "c stopped ECONNRESET",
                "e receive 5");
        assertEquals(0, reactor.chunks.lent());
    }

    /** As on any engine that is told to stop when bytes are under way. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStreamStoppedByAnotherHearsTheBytesThatAreHereAndThenTheStop(boolean edge) {
        reactor = new Reactor(edge);
        RecordingSink first = receiving("a", 1);
        RecordingSink second = receiving("b", 2);
        first.when("receive 1", second.port::stopReceive);

        assertEquals(3, pollAllReady());

        reactor.expect(
                "wait", "recv a", "recv b", "a receive 1", "b receive 2", "b stopped ECANCELED");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStreamClosedBeforeItsReceiveIsNotAsked(boolean edge) {
        reactor = new Reactor(edge, 1, Reactor.CHUNK_BYTES);
        RecordingSink first = receiving("a", 1);
        RecordingSink second = receiving("b", 2);
        first.when("receive 1", second.port::close);

        pollAllReady();

        reactor.expect(
                "wait",
                "recv a",
                "a receive 1",
                "remove b",
                "close b",
                "settle",
                "b stopped ECANCELED",
                "b closed");
    }

    /** It is on the list of the ready and on that of the ending at once. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStreamClosedWhileItWaitsBehindABatchEnds(boolean edge) {
        reactor = new Reactor(edge, 8 * ReceiveBatch.STREAMS, Reactor.CHUNK_BYTES);
        RecordingSink first = receiving("first", 1);
        for (int i = 1; i < ReceiveBatch.STREAMS; i++) {
            receiving("s" + i, 1);
        }
        RecordingSink last = receiving("last", 1);
        first.when("receive 1", last.port::close);

        assertEquals(ReceiveBatch.STREAMS + 2, pollAllReady());

        List<String> tail = reactor.log.subList(reactor.log.size() - 3, reactor.log.size());
        assertEquals(List.of("settle", "last stopped ECANCELED", "last closed"), tail);
        assertEquals(0, reactor.chunks.lent());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theReceiveInTheBatchCountsForTheBudget(boolean edge) {
        reactor = new Reactor(edge);
        RecordingSink stream = receiving("s");
        for (int i = 0; i <= ReactorDriver.RECEIVES_PER_POLL; i++) {
            stream.socket.receives.add(Reactor.CHUNK_BYTES);
        }
        receiving("in the same row", 1);

        assertEquals(ReactorDriver.RECEIVES_PER_POLL + 1, pollAllReady());
    }

    private RecordingSink receiving(String name, int... results) {
        RecordingSink stream = reactor.receivingStream(name);
        for (int result : results) {
            stream.socket.receives.add(result);
        }
        streams.add(stream);
        return stream;
    }

    private int pollAllReady() {
        return pollAllReady("R");
    }

    private int pollAllReady(String mask) {
        streams.forEach(stream -> stream.ready(mask));
        reactor.log.clear();
        return reactor.poll();
    }
}
