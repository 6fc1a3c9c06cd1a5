// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.millrace.IoException;
import io.millrace.LoopMetrics;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadCallback;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.net.WriteCallback;
import io.millrace.testkit.AllocationMeter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What a server may count on under load: nothing is allocated, nothing spins, nothing grows without
 * bound. The peers are ordinary sockets of the JDK.
 */
public abstract class LimitsContract extends ContractTest {
    private static final int MESSAGES_A_ROUND = 1_000;

    /** Compiling takes some thousand messages; then one round without allocation is the proof. */
    private static final int ROUNDS = 60;

    private static final Duration QUIET = Duration.ofMillis(40);

    /**
     * A timer and its rounding take two, and wake-ups by what came before do no harm: one for each
     * ring, say, that the kernel takes down only now. A loop that does not rest makes thousands.
     */
    private static final int TURNS_OF_A_QUIET_LOOP = 20;

    /** Less than the buffers of a loopback connection hold, so that sending it never waits. */
    private static final int UNREAD_BYTES = 100_000;

    /** What the process needs besides: jars, engines, the pipes of the other process. */
    private static final int RESERVED_DESCRIPTORS = 100;

    private static final int WRITE_BYTES = 1 << 20;

    /** Where a queue ends unless the user says otherwise. */
    private static final long DEFAULT_LIMIT = 16 << 20;

    private final List<TcpStream> accepted = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
    private final ReadCallback echo = this::echo;
    private final WriteCallback readAgain = this::readAgain;
    private int echoed;

    @Override
    boolean isRefereed() {
        return false;
    }

    private TcpServer listen() throws IOException {
        return TcpServer.listen(serverLoop(), anyPort(), accepted::add);
    }

    private PlainPeer peerOf(TcpServer server) throws IOException {
        int before = accepted.size();
        PlainPeer peer = new PlainPeer(server.localAddress());
        until("accepted", () -> accepted.size() > before);
        return peer;
    }

    private ByteStream lastAccepted() {
        return accepted.get(accepted.size() - 1);
    }

    @Test
    void anEchoedMessageAllocatesNothingWhenReadOnLoan() throws IOException {
        assumeReal("a peer with its own thread");
        try (PlainPeer peer = peerOf(listen())) {
            lastAccepted()
                    .read(
                            (stream, chunk) -> {
                                stream.write(chunk);
                                echoed++;
                            });
            assertEchoAllocatesNothing(peer);
        }
    }

    @Test
    void anEchoedMessageAllocatesNothingWhenReadIntoABuffer() throws IOException {
        assumeReal("a peer with its own thread");
        try (PlainPeer peer = peerOf(listen())) {
            lastAccepted().read(buffer, echo);
            assertEchoAllocatesNothing(peer);
        }
    }

    /** The write uses the buffer in place, so the next read waits until the kernel has it all. */
    private void echo(ByteStream stream, ByteBuffer buffer, int count) {
        stream.write(buffer.flip(), readAgain);
        echoed++;
    }

    private void readAgain(ByteStream stream, @Nullable IoException failure) {
        if (failure == null && !stream.isClosing()) {
            stream.read(buffer.clear(), echo);
        }
    }

    private void assertEchoAllocatesNothing(PlainPeer peer) throws IOException {
        assumeTrue(AllocationMeter.isSupported(), "this virtual machine does not count");
        peer.playPingPong();
        AllocationMeter meter = AllocationMeter.ofCurrentThread();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least > 0; round++) {
            least = Math.min(least, allocatedInOneRound(meter));
            assertNull(peer.failure());
        }
        assertEquals(0, least, "bytes in the best of all rounds of " + MESSAGES_A_ROUND);
    }

    /** Reads its own count, on its own thread: that is exact. */
    private long allocatedInOneRound(AllocationMeter meter) throws IoException {
        int target = echoed + MESSAGES_A_ROUND;
        try (Watchdog watchdog = Watchdog.over(List.of(loop()), LoopRig.DEADLINE_NANOS)) {
            meter.restart();
            while (echoed < target && !lastAccepted().isClosing() && !watchdog.hasBarked()) {
                loop().run(RunMode.ONCE);
            }
            long allocated = meter.allocatedBytes();
            assertEquals(target, echoed, "the peer stopped");
            return allocated;
        }
    }

    @Test
    void anIdleLoopDoesNotTurn() throws IOException {
        assumeReal("a wait that takes time");
        TcpServer server = listen();
        try (PlainPeer first = peerOf(server);
                PlainPeer second = peerOf(server)) {
            accepted.get(0).read(new Journal().reader("server"));
            lastAccepted().readTimeout(Duration.ofMinutes(1), ByteStream::close);
            assertQuiet();
            first.send(bytes(1));
            second.send(bytes(1));
        }
    }

    @Test
    void aPausedReaderWithUnreadBytesDoesNotMakeTheLoopTurn() throws IOException {
        assumeReal("a wait that takes time");
        Journal journal = new Journal();
        try (PlainPeer peer = peerOf(listen())) {
            lastAccepted()
                    .read(
                            (stream, chunk) -> {
                                journal.take(chunk);
                                stream.pauseReading();
                            });
            peer.send(bytes(UNREAD_BYTES));
            until("some of it", () -> journal.receivedCount() > 0);
            assertQuiet();
            assertTrue(journal.receivedCount() < UNREAD_BYTES);
            lastAccepted().read(journal.reader("server"));
            until("all of it", () -> journal.receivedCount() == UNREAD_BYTES);
        }
        assertArrayEquals(bytes(UNREAD_BYTES), journal.received());
    }

    @Test
    void bytesThatNobodyEverReadDoNotMakeTheLoopTurn() throws IOException {
        assumeReal("a wait that takes time");
        try (PlainPeer peer = peerOf(listen())) {
            peer.send(bytes(UNREAD_BYTES));
            assertQuiet();
        }
    }

    @Test
    void anEndOrAResetThatNobodyReadsDoesNotMakeTheLoopTurn() throws IOException {
        assumeReal("a wait that takes time");
        Journal journal = new Journal();
        TcpServer server = listen();
        PlainPeer ending = peerOf(server);
        ByteStream ended = lastAccepted();
        PlainPeer resetting = peerOf(server);
        ByteStream reset = lastAccepted();
        for (ByteStream stream : List.of(ended, reset)) {
            stream.read(journal.reader(stream == ended ? "ended" : "reset"));
            stream.pauseReading();
        }
        ending.send(bytes(10));
        ending.close();
        resetting.reset();
        assertQuiet();
        journal.assertIs();
        ended.resumeReading();
        reset.resumeReading();
        until("both", () -> journal.lines().size() == 2);
        assertTrue(journal.has("ended end") && journal.has("reset ECONNRESET"));
    }

    @Test
    void anInterruptedThreadNeitherTurnsTheLoopNorBreaksItsConnections() throws IOException {
        assumeReal("a wait that takes time");
        Journal journal = new Journal();
        try (PlainPeer peer = peerOf(listen())) {
            lastAccepted().read(journal.reader("server"));
            Thread.currentThread().interrupt();
            assertQuiet();
            peer.send(bytes(UNREAD_BYTES));
            until("all of it", () -> journal.receivedCount() == UNREAD_BYTES);
            lastAccepted().write(ByteBuffer.wrap(bytes(10)), journal.written("written"));
            until("written", () -> journal.has("written"));
            assertArrayEquals(bytes(10), peer.receive(10));
            assertTrue(Thread.currentThread().isInterrupted(), "the interrupt was swallowed");
            assertFalse(lastAccepted().isClosing());
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void urgentDataDisturbsNeitherTheBytesAroundItNorTheLoop() throws IOException {
        assumeReal("a peer that sends urgent data");
        Journal journal = new Journal();
        try (PlainPeer peer = peerOf(listen())) {
            lastAccepted().read(journal.reader("server"));
            peer.send(bytes(5));
            peer.sendUrgent('!');
            peer.send(bytes(5));
            until("the bytes around it", () -> journal.receivedCount() == 10);
            assertQuiet();
        }
        assertArrayEquals(bytes(5), Arrays.copyOf(journal.received(), 5));
        assertArrayEquals(bytes(5), Arrays.copyOfRange(journal.received(), 5, 10));
        until("end", () -> journal.has("server end"));
        journal.assertIs("server end");
    }

    /** After a while to come to rest, the loop hardly turns in a span of time. */
    private void assertQuiet() throws IOException {
        waitQuietly();
        LoopMetrics before = loop().metrics();
        waitQuietly();
        LoopMetrics after = loop().metrics();
        long turns = after.turns() - before.turns();
        assertTrue(turns <= TURNS_OF_A_QUIET_LOOP, () -> turns + " turns without progress");
        long idle = after.idleNanos() - before.idleNanos();
        assertTrue(idle > 0, "the loop did not wait at all");
    }

    private void waitQuietly() throws IOException {
        Timer timer = Timer.open(loop());
        timer.start(QUIET, loop()::stop);
        loop().run();
        assertFalse(timer.isActive());
        timer.close();
    }

    @Test
    void aLoopHoldsAndServesVeryManyConnections() throws IOException {
        assumeReal("ten thousand sockets");
        assumeTrue(clientLoop() == serverLoop(), "no other loop has a part in it");
        long descriptors = freeDescriptors();
        int wanted = contract().connections();
        int clients = (int) Math.min(wanted, descriptors - RESERVED_DESCRIPTORS);
        TcpServer server =
                TcpServer.listen(
                        serverLoop(),
                        anyPort(),
                        ServerOptions.builder().backlog(4096).build(),
                        stream -> {
                            accepted.add(stream);
                            stream.read(
                                    (from, chunk) -> {
                                        from.write(chunk);
                                        echoed++;
                                    });
                        });
        int port = ((InetSocketAddress) Objects.requireNonNull(server.localAddress())).getPort();
        try (Crowd crowd = Crowd.of(clients, port)) {
            await(crowd, "connected " + clients);
            until("accepted", () -> accepted.size() == clients);
            crowd.goOn();
            await(crowd, "echoed " + clients);
            assertEquals(clients, echoed);
            assertEquals(clients, accepted.stream().filter(s -> !s.isClosing()).count());
        }
        assumeTrue(
                clients == wanted,
                () -> "only " + clients + " connections: no more descriptors are free here");
    }

    private static long freeDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount() - system.getOpenFileDescriptorCount()
                : Integer.MAX_VALUE;
    }

    /** Turns the loop until the crowd says something; it wakes no loop, so a timer does. */
    private void await(Crowd crowd, String words) throws IOException {
        Timer timer = Timer.open(serverLoop());
        Duration pause = Duration.ofMillis(5);
        timer.startWithFixedDelay(pause, pause, () -> {});
        until("the crowd has spoken", () -> crowd.hasSpoken() || !crowd.isAlive());
        timer.close();
        assertEquals(words, crowd.hear());
    }

    @Test
    void aQueueForAPeerThatNeverReadsIsBoundedAndSaysSo() throws IOException {
        assumeReal("a queue of 16 MiB");
        TcpPair pair = connectTcp();
        ByteStream writer = pair.client();
        ByteBuffer megabyte = ByteBuffer.allocateDirect(WRITE_BYTES);
        int writes = 0;
        while (writer.write(megabyte.clear())) {
            clientLoop().run(RunMode.NOWAIT);
            writes++;
            assertTrue(writes < 1_000, "a gigabyte was not too much");
        }
        IllegalStateException refusal =
                assertThrows(
                        IllegalStateException.class,
                        () -> {
                            for (int i = 0; i < 1_000; i++) {
                                writer.write(megabyte.clear());
                            }
                        });
        assertTrue(String.valueOf(refusal.getMessage()).contains("onWritable"));
        assertTrue(writer.writeQueueSize() <= DEFAULT_LIMIT);
        assertFalse(writer.isClosing());
        assertTheQueueDrains(pair);
    }

    /**
     * What was accepted is delivered once the peer reads, and the writer hears that it may go on.
     */
    private void assertTheQueueDrains(TcpPair pair) throws IOException {
        Journal journal = new Journal();
        pair.client().onWritable(journal.line("writable"));
        pair.server().read((stream, chunk) -> {});
        until("drained", () -> pair.client().writeQueueSize() == 0);
        until("told", () -> journal.has("writable"));
        assertTrue(pair.client().write(ByteBuffer.allocateDirect(1)));
        assertEquals(1, journal.lines().size());
    }
}
