// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.TimeoutHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Deadlines of streams: when they fire, what puts them off, and what they leave alone. */
public abstract class TimeoutContract extends ContractTest {
    private static final Duration TIME = Duration.ofMillis(5);

    private final Journal journal = new Journal();
    private long lastRead;
    private long shortestSilence = Long.MAX_VALUE;

    /** More than the sockets of both ends hold, and less than a queue may. */
    private ByteBuffer moreThanSocketsTake() {
        return ByteBuffer.allocateDirect(isSimulated() ? 1 << 18 : 12 << 20);
    }

    private TimeoutHandler silence() {
        return stream -> {
            journal.add("silence");
            shortestSilence = Math.min(shortestSilence, stream.loop().now() - lastRead);
        };
    }

    /** Turns the server's loop for four times as long as a timeout takes. */
    private void passTime() throws IOException {
        Timer timer = Timer.open(serverLoop());
        timer.start(TIME.multipliedBy(4), journal.line("time passed"));
        until("time has passed", () -> journal.has("time passed"));
    }

    private void readAndNoteTime(ByteStream stream) {
        stream.read(
                (from, chunk) -> {
                    journal.take(chunk);
                    lastRead = from.loop().now();
                });
    }

    @Test
    void aReadTimeoutFiresAfterSilenceAndAgainWhileItLasts() throws IOException {
        StreamPair pair = connect();
        serverLoop().updateTime();
        lastRead = serverLoop().now();
        pair.server().read(journal.reader("server"));
        pair.server().readTimeout(TIME, silence());
        until("three timeouts", () -> journal.count("silence") == 3);
        assertTrue(shortestSilence >= TIME.toNanos(), () -> shortestSilence + " ns");
        assertTrue(serverLoop().now() - lastRead >= 3 * TIME.toNanos());
        assertFalse(pair.server().isClosing());
    }

    @Test
    void everyReadPutsTheReadTimeoutOff() throws IOException {
        StreamPair pair = connect();
        lastRead = serverLoop().now();
        readAndNoteTime(pair.server());
        pair.server().readTimeout(TIME, silence());
        Timer timer = Timer.open(clientLoop());
        timer.startWithFixedDelay(
                Duration.ZERO, Duration.ofMillis(1), () -> pair.client().write(bytes(1), 0, 1));
        until("a few bytes", () -> journal.receivedCount() >= 20);
        timer.stop();
        long before = journal.count("silence");
        until("silence", () -> journal.count("silence") > before);
        assertTrue(shortestSilence >= TIME.toNanos(), () -> shortestSilence + " ns");
    }

    @Test
    void aReaderThatIsPausedDoesNotTimeOutUntilItResumes() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("server"));
        pair.server().readTimeout(TIME, silence());
        pair.server().pauseReading();
        passTime();
        assertFalse(journal.has("silence"));
        lastRead = serverLoop().now();
        pair.server().resumeReading();
        until("silence", () -> journal.has("silence"));
        assertTrue(shortestSilence >= TIME.toNanos(), () -> shortestSilence + " ns");
    }

    @Test
    void aStreamThatNobodyReadsHasNoReadTimeout() throws IOException {
        StreamPair pair = connect();
        pair.server().readTimeout(TIME, silence());
        passTime();
        assertFalse(journal.has("silence"));
    }

    @Test
    void aReadTimeoutLeavesAReadIntoABufferPending() throws IOException {
        StreamPair pair = connect();
        ByteBuffer buffer = ByteBuffer.allocateDirect(10);
        pair.server().read(buffer, ReadEnds.into(journal, "read"));
        pair.server().readTimeout(TIME, silence());
        until("silence", () -> journal.has("silence"));
        pair.client().write(bytes(10), 0, 10);
        until("read", () -> journal.has("read 10"));
    }

    @Test
    void zeroTurnsTimeoutsOff() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("server"));
        pair.server().readTimeout(TIME, silence());
        pair.server().readTimeout(Duration.ZERO, silence());
        pair.server().write(moreThanSocketsTake());
        pair.server().writeTimeout(TIME, stream -> journal.add("stuck"));
        pair.server().writeTimeout(Duration.ZERO, stream -> journal.add("stuck"));
        passTime();
        journal.assertIs("time passed");
    }

    @Test
    void aWriteTimeoutFiresWhileThePeerTakesNothing() throws IOException {
        StreamPair pair = connect();
        Journal server = new Journal();
        pair.client().writeTimeout(TIME, stream -> journal.add("stuck"));
        ByteBuffer much = moreThanSocketsTake();
        pair.client().write(much, journal.written("written"));
        until("stuck for long", () -> journal.count("stuck") >= 2);
        assertTrue(pair.client().writeQueueSize() > 0);
        pair.server().read(server.reader("server"));
        until("written", () -> journal.has("written"));
        until("received", () -> server.receivedCount() == much.capacity());
    }

    @Test
    void aStreamWithNothingToWriteHasNoWriteTimeout() throws IOException {
        StreamPair pair = connect();
        pair.server().writeTimeout(TIME, stream -> journal.add("stuck"));
        pair.server().write(ByteBuffer.allocate(10), journal.written("written"));
        until("written", () -> journal.has("written"));
        passTime();
        journal.assertIs("written", "time passed");
    }

    @Test
    void aTimeoutMayCloseItsStreamAndThenIsTheLast() throws IOException {
        StreamPair pair = connect();
        pair.server().read(journal.reader("server"));
        pair.server().onClosed(journal.line("closed"));
        pair.server()
                .readTimeout(
                        TIME,
                        stream -> {
                            journal.add("silence");
                            stream.close();
                        });
        until("closed", () -> journal.has("closed"));
        passTime();
        journal.assertIs("silence", "closed", "time passed");
    }

    @Test
    void aTimeTooLongToCountInNanosecondsIsForEver() throws IOException {
        Duration huge = Duration.ofSeconds(Long.MAX_VALUE);
        StreamPair pair = connect();
        pair.server().readTimeout(huge, silence());
        pair.server().writeTimeout(huge, silence());
        pair.server().read(journal.reader("server"));
        passTime();
        journal.assertIs("time passed");
    }

    @Test
    void badTimesAreRefusedAtTheCall() throws IOException {
        ByteStream stream = connect().server();
        Duration negative = Duration.ofNanos(-1);
        assertThrows(IllegalArgumentException.class, () -> stream.readTimeout(negative, silence()));
        assertThrows(
                IllegalArgumentException.class, () -> stream.writeTimeout(negative, silence()));
        stream.close();
        assertThrows(IllegalStateException.class, () -> stream.readTimeout(TIME, silence()));
        assertThrows(IllegalStateException.class, () -> stream.writeTimeout(TIME, silence()));
    }
}
