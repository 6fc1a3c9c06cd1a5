// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import static io.millrace.spi.reactor.Reactor.CHUNKS;
import static io.millrace.spi.reactor.Reactor.CHUNK_BYTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.millrace.spi.Code;
import io.millrace.spi.PoolChunk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receiving into chunks: how often, how much, until when. */
class ReceiveTest {
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void echoMakesOneReceiveAndOneSendPerWait(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.receivingStream("s");
        for (int i = 0; i < 3; i++) {
            stream.socket.receives.add(10);
            stream.ready("R");
            stream.when("receive 10", () -> stream.send(10));
            assertEquals(1, reactor.poll());
            reactor.expect("wait", "recv s", "s receive 10", "send s 10");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFullChunkIsFollowedByAnotherReceive(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.receivingStream("s");
        stream.socket.receives.addAll(List.of(CHUNK_BYTES, 1));
        stream.ready("R");

        reactor.poll();

        reactor.expect("wait", "recv s", "s receive 100", "recv s", "s receive 1");
    }

    /** Level-triggered, the poller tells if there is more; edge-triggered, one has to look. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void messagesThatFillAChunkSoonCostOneReceiveEach(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.receivingStream("s");
        int messages = ReactorStream.FULL_CHUNKS_TAKEN_FOR_ALL + 2;
        for (int i = 0; i < messages; i++) {
            stream.socket.receives.add(CHUNK_BYTES);
            stream.ready("R");
            reactor.poll();
        }

        long receives = reactor.log.stream().filter("recv s"::equals).count();
        assertEquals(edge ? 2 * messages : messages + 2, receives);
    }

    /** The one in between that finds nothing is what teaches it, and what unlearns it. */
    @Test
    void aLongStreamGetsSeveralReceivesToAPollAgain() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        for (int i = 0; i <= ReactorStream.FULL_CHUNKS_TAKEN_FOR_ALL; i++) {
            stream.socket.receives.add(CHUNK_BYTES);
            stream.ready("R");
            reactor.poll();
        }
        stream.socket.receives.addAll(List.of(CHUNK_BYTES, CHUNK_BYTES, 1));
        stream.ready("R");
        reactor.log.clear();

        assertEquals(3, reactor.poll());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSpuriousEventReportsNothing(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.receivingStream("s");
        stream.ready("R");

        assertEquals(0, reactor.poll());
        reactor.poll();

        reactor.expect("wait", "recv s", "wait");
        assertEquals(0, reactor.chunks.lent());
    }

    @Test
    void oneStreamGetsABoundedNumberOfReceivesAndTheOthersTheirs() {
        Reactor reactor = Reactor.edge();
        RecordingSink greedy = reactor.receivingStream("greedy");
        RecordingSink modest = reactor.receivingStream("modest");
        for (int i = 0; i < 6; i++) {
            greedy.socket.receives.add(CHUNK_BYTES);
        }
        modest.socket.receives.add(1);
        greedy.ready("R");
        modest.ready("R");

        assertEquals(ReactorDriver.RECEIVES_PER_POLL + 1, reactor.poll());
        assertEquals(2, reactor.poll());
        reactor.log.clear();
        reactor.poll();

        reactor.expect("wait");
    }

    @Test
    void manyStreamsShareTheReceivesBeyondTheFirstOfEach() {
        Reactor reactor = Reactor.edge();
        int streams = 40;
        List<RecordingSink> all = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            RecordingSink stream = reactor.receivingStream("s" + i);
            stream.socket.receives.addAll(
                    Collections.nCopies(ReactorDriver.RECEIVES_PER_POLL, CHUNK_BYTES));
            all.add(stream);
        }
        all.forEach(stream -> stream.ready("R"));

        assertEquals(streams + ReactorDriver.RECEIVES_AGAIN_PER_POLL, reactor.poll());
        int left = 3 * streams - ReactorDriver.RECEIVES_AGAIN_PER_POLL;
        assertEquals(left, reactor.poll());
    }

    @Test
    void ofLargeChunksAStreamGetsFewerInOnePoll() {
        int chunkBytes = ReactorDriver.RECEIVED_BYTES_PER_POLL / 2;
        Reactor reactor = new Reactor(true, Reactor.CHUNKS, chunkBytes);
        RecordingSink stream = reactor.receivingStream("s");
        for (int i = 0; i < 3; i++) {
            stream.socket.receives.add(chunkBytes);
        }
        stream.ready("R");

        assertEquals(2, reactor.poll());
        assertEquals(1, reactor.poll());
    }

    @Test
    void aBudgetThatCutsAnEdgeGoesOnWithoutWaitingAndWithoutAnotherEdge() {
        Reactor reactor = Reactor.edge();
        RecordingSink stream = reactor.receivingStream("s");
        for (int i = 0; i < ReactorDriver.RECEIVES_PER_POLL; i++) {
            stream.socket.receives.add(CHUNK_BYTES);
        }
        stream.ready("R");
        reactor.poll();
        reactor.log.clear();
        stream.socket.receives.add(5);

        reactor.poll();
        reactor.poll();

        reactor.expect("wait 0", "recv s", "s receive 5", "wait");
    }

    @Test
    void aBudgetThatCutsALevelLeavesItToTheNextWait() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        for (int i = 0; i < ReactorDriver.RECEIVES_PER_POLL; i++) {
            stream.socket.receives.add(CHUNK_BYTES);
        }
        stream.ready("R");
        reactor.poll();
        reactor.log.clear();

        reactor.poll();

        reactor.expect("wait");
    }

    @Test
    void whatALevelSaidOnceIsNotBelievedAgain() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        for (int i = 0; i < ReactorDriver.RECEIVES_PER_POLL; i++) {
            stream.socket.receives.add(CHUNK_BYTES);
        }
        stream.ready("R");
        reactor.poll();
        reactor.log.clear();

        stream.ready("W");
        reactor.poll();

        reactor.expect("wait");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endOfStreamBehindAShortReadIsFoundAfterAHangUp(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.receivingStream("s");
        stream.socket.receives.addAll(List.of(10, Code.END_OF_STREAM));
        stream.ready("RH");

        reactor.poll();

        reactor.expect("wait", "recv s", "s receive 10", "recv s", "s stopped EOF");
    }

    @Test
    void aHangUpIsRememberedUntilTheStreamIsReadAgain() {
        Reactor reactor = Reactor.edge();
        RecordingSink stream = reactor.receivingStream("s");
        stream.when("receive 10", stream.port::stopReceive);
        stream.socket.receives.add(10);
        stream.ready("RH");
        reactor.poll();
        reactor.log.clear();
        stream.socket.receives.addAll(List.of(20, Code.END_OF_STREAM));

        stream.port.startReceive();
        reactor.poll();

        reactor.expect("wait 0", "recv s", "s receive 20", "recv s", "s stopped EOF");
    }

    @Test
    void aHangUpWithoutBytesDoesNotSpin() {
        Reactor reactor = Reactor.edge();
        RecordingSink stream = reactor.receivingStream("s");
        stream.ready("RH");

        reactor.poll();
        reactor.poll();

        reactor.expect("wait", "recv s", "wait");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anErrorIsTheTerminal(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.receivingStream("s");
        stream.socket.receives.add(Code.RESET);
        stream.ready("H");

        reactor.poll();

        reactor.expect("wait", "recv s", "s stopped ECONNRESET");
        assertEquals(0, reactor.chunks.lent());
    }

    @Test
    void aLevelIsNoLongerAskedForAfterEndOfStreamWhichStaysReadable() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        stream.socket.receives.add(Code.END_OF_STREAM);
        stream.ready("R");
        reactor.poll();
        reactor.log.clear();

        reactor.poll();

        reactor.expect("remove s", "wait");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStopInsideReceiveIsReportedInTheSamePoll(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.receivingStream("s");
        stream.socket.receives.addAll(List.of(CHUNK_BYTES, 1));
        stream.when("receive 100", stream.port::stopReceive);
        stream.ready("R");

        assertEquals(2, reactor.poll());

        reactor.expect("wait", "recv s", "s receive 100", "s stopped ECANCELED");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aStopBetweenPollsIsReportedByTheNextWhichDoesNotWait(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.receivingStream("s");

        stream.port.stopReceive();
        stream.port.stopReceive();
        reactor.poll();

        reactor.expect("wait 0", "s stopped ECANCELED");
    }

    @Test
    void anEdgeHeardWhileStoppedIsRememberedForTheNextStart() {
        Reactor reactor = Reactor.edge();
        RecordingSink stream = reactor.receivingStream("s");
        stream.port.stopReceive();
        reactor.poll();
        stream.ready("R");
        reactor.poll();
        reactor.log.clear();
        stream.socket.receives.add(3);

        stream.port.startReceive();
        reactor.poll();

        reactor.expect("wait 0", "recv s", "s receive 3");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneChunkServesAllReceivesWhenNobodyKeepsIt(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.receivingStream("s");
        stream.socket.receives.add(1);
        stream.ready("R");
        reactor.poll();
        PoolChunk first = stream.lastChunk;
        stream.socket.receives.add(2);
        stream.ready("R");
        reactor.poll();

        assertSame(first, stream.lastChunk);
        assertEquals(0, reactor.chunks.lent());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noChunksEndsTheReceiveAndChunksComingBackAreAnnouncedOnce(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.receivingStream("s");
        List<PoolChunk> kept = takeAllChunks(reactor);
        stream.ready("R");

        reactor.poll();
        reactor.expect("wait", "s stopped ENOBUFS");
        kept.forEach(PoolChunk::release);
        assertEquals(1, reactor.chunksReturned);
    }

    @Test
    void startingAgainAfterNoChunksUsesTheOldEdge() {
        Reactor reactor = Reactor.edge();
        RecordingSink stream = reactor.receivingStream("s");
        List<PoolChunk> kept = takeAllChunks(reactor);
        stream.ready("R");
        reactor.poll();
        kept.forEach(PoolChunk::release);
        reactor.log.clear();
        stream.socket.receives.add(9);

        stream.port.startReceive();
        reactor.poll();

        reactor.expect("wait 0", "recv s", "s receive 9");
    }

    @Test
    void noChunksDoesNotSpinOnALevel() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        takeAllChunks(reactor);
        stream.ready("R");
        reactor.poll();
        reactor.log.clear();

        reactor.poll();

        reactor.expect("remove s", "wait");
    }

    private static List<PoolChunk> takeAllChunks(Reactor reactor) {
        List<PoolChunk> taken = new ArrayList<>();
        for (int i = 0; i < CHUNKS; i++) {
            taken.add(reactor.chunks.acquire());
        }
        return taken;
    }
}
