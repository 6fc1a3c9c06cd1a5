// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.spi.Code;
import io.millrace.spi.OpenFile;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sending: at once where possible, once more when there is room, never in vain. */
class SendTest {
    private final OpenFile file = new EmptyFile();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answersAtOnceAndHasNoTerminalThen(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.stream("s");

        assertEquals(10, stream.send(10));
        stream.socket.sends.add(Code.BROKEN_PIPE);
        assertEquals(Code.BROKEN_PIPE, stream.send(10));
        reactor.poll();

        reactor.expect("send s 10", "send s 10", "wait");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBlockedSendIsPendingUntilThereIsRoom(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.stream("s");
        stream.socket.sends.add(Code.WOULD_BLOCK);

        assertEquals(Code.PENDING, stream.send(10));
        reactor.poll();
        reactor.log.clear();
        stream.ready("W");
        assertEquals(1, reactor.poll());

        reactor.expect("wait", "send s 10", "s sent 10");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSpuriousWriteEventKeepsTheSendPending(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.blockedStream("s");
        stream.socket.sends.add(Code.WOULD_BLOCK);
        stream.ready("W");

        assertEquals(0, reactor.poll());
        reactor.poll();

        reactor.expect("wait", "send s 10", "wait");
    }

    @Test
    void afterAShortSendAnEdgeIsAwaitedWithoutTrying() {
        Reactor reactor = Reactor.edge();
        RecordingSink stream = reactor.receivingStream("s");
        stream.socket.sends.add(4);

        assertEquals(4, stream.send(10));
        assertEquals(Code.PENDING, stream.send(6));
        reactor.poll();
        stream.ready("W");
        reactor.poll();

        reactor.expect("send s 10", "wait", "wait", "send s 6", "s sent 6");
    }

    @Test
    void afterAShortSendALevelThatWasNotAskedForIsTried() {
        Reactor reactor = Reactor.level();
        RecordingSink stream = reactor.receivingStream("s");
        stream.socket.sends.add(4);
        stream.socket.sends.add(6);

        assertEquals(4, stream.send(10));
        assertEquals(6, stream.send(6));
    }

    @Test
    void aHangUpDoesNotMakeABlockedSendSpin() {
        Reactor reactor = Reactor.edge();
        RecordingSink stream = reactor.blockedStream("s");
        stream.socket.sends.add(Code.WOULD_BLOCK);
        stream.ready("H");

        reactor.poll();
        reactor.poll();

        reactor.expect("wait", "send s 10", "wait");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void readingComesBeforeWriting(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.blockedStream("s");
        stream.port.startReceive();
        reactor.poll();
        reactor.log.clear();
        stream.socket.receives.add(1);
        stream.ready("W");
        stream.ready("R");

        reactor.poll();

        reactor.expect("wait", "recv s", "s receive 1", "send s 10", "s sent 10");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void errorsOfAPendingSendAreItsTerminal(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.blockedStream("s");
        stream.socket.sends.add(Code.RESET);
        stream.ready("WH");

        reactor.poll();

        reactor.expect("wait", "send s 10", "s sent ECONNRESET");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFileIsSentInBoundedPieces(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.stream("s");
        stream.socket.sends.add(Code.WOULD_BLOCK);

        assertEquals(Code.PENDING, stream.port.sendFile(file, 5, 1L << 40));
        reactor.poll();
        reactor.log.clear();
        stream.ready("W");
        reactor.poll();

        int piece = RawStream.FILE_BYTES_PER_CALL;
        reactor.expect("wait", "sendfile s 5 " + piece, "s sent " + piece);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aShortFileDoesNotMeanAFullSocket(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.receivingStream("s");
        stream.socket.sends.add(3);
        stream.socket.sends.add(Code.END_OF_STREAM);

        assertEquals(3, stream.port.sendFile(file, 0, 10));
        assertEquals(Code.END_OF_STREAM, stream.port.sendFile(file, 3, 7));
        assertEquals(10, stream.send(10));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void afterAFileTheSinkIsAskedForBytesAgain(boolean edge) {
        Reactor reactor = new Reactor(edge);
        RecordingSink stream = reactor.stream("s");
        stream.port.sendFile(file, 0, 10);
        sendWhenThereIsRoom(reactor, stream);
        stream.socket.sends.add(Code.WOULD_BLOCK);
        stream.port.sendFile(file, 0, 10);
        reactor.poll();
        stream.ready("W");
        reactor.poll();
        sendWhenThereIsRoom(reactor, stream);
    }

    private static void sendWhenThereIsRoom(Reactor reactor, RecordingSink stream) {
        stream.socket.sends.add(Code.WOULD_BLOCK);
        stream.send(7);
        reactor.poll();
        reactor.log.clear();
        stream.ready("W");

        reactor.poll();

        reactor.expect("wait", "send s 7", "s sent 7");
    }

    /** Never read: the scripted socket answers for it. */
    private static final class EmptyFile implements OpenFile {
        @Override
        public int descriptor() {
            return -1;
        }

        @Override
        public long size() {
            return 0;
        }

        @Override
        public int read(ByteBuffer into, long position) {
            return 0;
        }

        @Override
        public void close() {}
    }
}
