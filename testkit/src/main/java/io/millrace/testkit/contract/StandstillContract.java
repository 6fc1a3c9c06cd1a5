// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.net.TimeoutHandler;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/**
 * Time while a loop does not run, and while a callback holds it up: what counts from where, and
 * that nobody is told of a silence that was the loop's own.
 */
public abstract class StandstillContract extends ContractTest {
    /** A turn sends a megabyte, and more than these a socket does not hold. */
    private static final int TURNS_UNTIL_STUCK = 20;

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LONG = Duration.ofMinutes(10);

    /** More than an engine reports at once. */
    private static final int MANY = 150;

    private final AtomicLong offset = new AtomicLong();
    private final Journal journal = new Journal();
    private final TimeoutHandler silence = stream -> journal.add("silence");

    @Override
    LoopOptions.Builder configure(LoopOptions.Builder options) {
        LongSupplier clock = contract().backends().isSimulated() ? () -> 0 : System::nanoTime;
        return options.clock(() -> clock.getAsLong() + offset.get());
    }

    private void standStill() {
        offset.addAndGet(LONG.toNanos());
    }

    /** A turn begins the look at the kernel that a deadline waits for, and the next one has it. */
    private void turn(int turns) throws IOException {
        for (int i = 0; i < turns; i++) {
            clientLoop().run(RunMode.NOWAIT);
            serverLoop().run(RunMode.NOWAIT);
        }
    }

    /** One turn, before which timers that are due fire without a look at the kernel. */
    private static void turnOfADefaultRun(EventLoop loop) throws IOException {
        loop.execute(loop::stop);
        loop.run();
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes);
    }

    @Test
    void theTimeGoesOnWhileTheLoopStandsStill() throws IOException {
        long opened = loop().now();
        standStill();
        long before = loop().now();
        assertTrue(before - opened >= LONG.toNanos());
        loop().run(RunMode.NOWAIT);
        standStill();
        assertTrue(loop().now() - before >= LONG.toNanos());
    }

    @Test
    void aTimerStartedWhileTheLoopStandsStillCountsFromTheCall() throws IOException {
        Timer timer = Timer.open(loop());
        for (RunMode before : List.of(RunMode.NOWAIT, RunMode.ONCE)) {
            standStill();
            timer.start(MINUTE, journal.line("fired"));
            loop().run(RunMode.NOWAIT);
            journal.assertIs();
            loop().execute(() -> {});
            loop().run(before);
        }
        standStill();
        loop().run(RunMode.NOWAIT);
        journal.assertIs("fired");
    }

    @Test
    void againCountsFromTheCallWhileTheLoopStandsStill() throws IOException {
        Timer timer = Timer.open(loop());
        timer.startWithFixedDelay(MINUTE, MINUTE, journal.line("fired"));
        standStill();
        timer.again();
        loop().run(RunMode.NOWAIT);
        journal.assertIs();
    }

    @Test
    void theTimeLeftIsThatOfTheCallWhileTheLoopStandsStill() {
        Timer timer = Timer.open(loop());
        timer.start(LONG.plus(MINUTE), journal.line("fired"));
        standStill();
        Duration left = Objects.requireNonNull(timer.dueIn());
        assertTrue(left.compareTo(MINUTE) <= 0, left::toString);
        standStill();
        assertEquals(Duration.ZERO, timer.dueIn());
    }

    @Test
    void inALongCallbackTimersCountFromItsTurnUnlessTheTimeIsReadAnew() throws IOException {
        Timer ofTheTurn = Timer.open(loop());
        Timer ofNow = Timer.open(loop());
        loop().execute(
                        () -> {
                            long turn = loop().now();
                            standStill();
                            assertEquals(turn, loop().now());
                            ofTheTurn.start(MINUTE, journal.line("of the turn"));
                            loop().updateTime();
                            ofNow.start(MINUTE, journal.line("of now"));
                        });
        loop().run(RunMode.NOWAIT);
        journal.assertIs("of the turn");
        standStill();
        loop().run(RunMode.NOWAIT);
        journal.assertIs("of the turn", "of now");
    }

    @Test
    void timeoutsSetWhileTheLoopStandsStillCountFromTheCall() throws IOException {
        TcpPair pair = connectTcp();
        ByteBuffer much = direct(12 << 20);
        standStill();
        pair.server().read(journal.reader("server"));
        pair.server().readTimeout(MINUTE, silence);
        pair.server().write(much);
        pair.server().writeTimeout(MINUTE, stream -> journal.add("stuck"));
        turn(TURNS_UNTIL_STUCK);
        journal.assertIs();
        standStill();
        until("both", () -> journal.has("silence") && journal.has("stuck"));
    }

    @Test
    void aConnectDeadlineSetWhileTheLoopStandsStillCountsFromTheCall() throws IOException {
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), stream -> {});
        standStill();
        TcpStream stream = TcpStream.open(clientLoop());
        stream.connect(server.localAddress(), MINUTE).whenComplete(journal.outcome("connect"));
        until("an end", () -> !journal.lines().isEmpty());
        journal.assertIs("connect");
    }

    @Test
    void aConnectThatSucceededWhileTheLoopStoodStillIsInTime() throws IOException {
        assumeReal("a handshake without a loop");
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), stream -> {});
        TcpStream stream = TcpStream.open(clientLoop());
        stream.connect(server.localAddress(), MINUTE).whenComplete(journal.outcome("connect"));
        standStill();
        turnOfADefaultRun(clientLoop());
        until("an end", () -> !journal.lines().isEmpty());
        journal.assertIs("connect");
    }

    @Test
    void bytesThatCameWhileTheLoopStoodStillAreNoSilence() throws IOException {
        assumeReal("bytes that arrive without a turn");
        TcpPair pair = connectTcp();
        pair.server().read(journal.reader("server"));
        pair.server().readTimeout(MINUTE, silence);
        turn(2);
        for (int round = 1; round <= 3; round++) {
            assertEquals(10, pair.client().tryWrite(direct(10)));
            standStill();
            int expected = round * 10;
            turnOfADefaultRun(serverLoop());
            until("read", () -> journal.receivedCount() == expected);
            turn(3);
            assertFalse(journal.has("silence"));
        }
        standStill();
        until("silence", () -> journal.has("silence"));
    }

    @Test
    void bytesForAReadIntoABufferThatCameWhileTheLoopStoodStillAreNoSilence() throws IOException {
        assumeReal("bytes that arrive without a turn");
        TcpPair pair = connectTcp();
        pair.server().read(direct(10), ReadEnds.into(journal, "read"));
        pair.server().readTimeout(MINUTE, silence);
        assertEquals(10, pair.client().tryWrite(direct(10)));
        standStill();
        turnOfADefaultRun(serverLoop());
        until("read", () -> journal.has("read 10"));
        assertFalse(journal.has("silence"));
    }

    @Test
    void bytesThatCameDuringALongCallbackAreNoSilence() throws IOException {
        assumeReal("bytes that arrive without a turn");
        TcpPair pair = connectTcp();
        pair.server().read(journal.reader("server"));
        pair.server().readTimeout(MINUTE, silence);
        turn(2);
        Timer timer = Timer.open(serverLoop());
        timer.start(Duration.ZERO, () -> holdUp(pair.client()));
        until("read", () -> journal.receivedCount() == 10);
        serverLoop().execute(() -> holdUp(pair.client()));
        until("read", () -> journal.receivedCount() == 20);
        turn(3);
        assertFalse(journal.has("silence"));
    }

    private void holdUp(ByteStream client) {
        try {
            assertEquals(10, client.tryWrite(direct(10)));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
        standStill();
    }

    /** Each is heard of in one of the polls that follow, not all in the first. */
    @Test
    void bytesForManyStreamsThatCameWhileTheLoopStoodStillAreNoSilence() throws IOException {
        assumeReal("bytes that arrive without a turn");
        List<TcpPair> pairs = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            TcpPair pair = connectTcp();
            pair.listener().close();
            pair.server().read(journal.reader("server"));
            pair.server().readTimeout(MINUTE, silence);
            pairs.add(pair);
        }
        turn(3);
        for (TcpPair pair : pairs) {
            assertEquals(10, pair.client().tryWrite(direct(10)));
        }
        standStill();
        turnOfADefaultRun(serverLoop());
        until("all read", () -> journal.receivedCount() == 10 * MANY);
        turn(3);
        assertFalse(journal.has("silence"));
    }

    /** At whichever step of a long write the standstill begins. */
    @Test
    void aPeerThatTookBytesWhileTheLoopStoodStillIsNotStuck() throws IOException {
        assumeReal("a peer without a loop");
        ByteBuffer much = direct(12 << 20);
        for (int turns = 1; turns <= TURNS_UNTIL_STUCK; turns++) {
            takeWhileTheLoopStandsStillAfter(turns, much.duplicate());
        }
    }

    private void takeWhileTheLoopStandsStillAfter(int turns, ByteBuffer much) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, loopback(0).getAddress())) {
            List<TcpStream> connected = new ArrayList<>();
            TcpStream stream = TcpStream.open(loop());
            stream.connect(listener.getLocalSocketAddress()).thenAccept(connected::add);
            until("connected", () -> !connected.isEmpty());
            try (Socket peer = listener.accept()) {
                stream.writeTimeout(MINUTE, timedOut -> journal.add("stuck"));
                int size = much.remaining();
                stream.write(much);
                for (int i = 0; i < turns; i++) {
                    loop().run(RunMode.NOWAIT);
                }
                long queued = stream.writeQueueSize();
                assertTrue(queued > 0);
                standStill();
                peer.getInputStream().skipNBytes(size - queued);
                turnOfADefaultRun(loop());
                until("progress", () -> stream.writeQueueSize() < queued);
                turn(3);
                assertFalse(journal.has("stuck"), "after " + turns + " turns");
                stream.closeReset();
                until("closed", stream::isClosed);
            }
        }
    }

    @Test
    void whatIsLateIsToldAllTheSame() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().read(journal.reader("server"));
        pair.server().readTimeout(MINUTE, silence);
        turn(2);
        standStill();
        turn(3);
        journal.assertIs("silence");
        turn(3);
        journal.assertIs("silence");
    }
}
