// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Socket options before and after there is a socket, and the socket's own number. */
public abstract class TcpOptionsContract extends ContractTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int DEADLINE_MILLIS = 30_000;

    /** More probes than Linux takes; it is the kernel, and not this library, that refuses it. */
    private static final int TOO_MANY_PROBES = 1000;

    private final Journal journal = new Journal();

    @Test
    void smallWritesLeaveAtOnceUnlessAskedOtherwise() throws IOException {
        TcpPair pair = connectTcp();
        assertTrue(pair.client().options().noDelay());
        assertTrue(pair.server().options().noDelay());
        assertFalse(pair.server().options().noDelay(false).noDelay());
        assertTrue(pair.server().options().noDelay(true).noDelay());
    }

    @Test
    void optionsMayBeChangedOnAConnection() throws IOException {
        TcpOptions options = connectTcp().client().options();
        assertFalse(options.keepAlive());
        assertTrue(options.keepAlive(true).keepAlive());
        assertFalse(options.keepAlive(false).keepAlive());
        assertTrue(options.keepAlive(MINUTE, Duration.ofSeconds(5), 3).keepAlive());
        assertNull(options.linger());
        assertEquals(Duration.ofSeconds(3), options.linger(Duration.ofSeconds(3)).linger());
        assertNull(options.linger(null).linger());
        assertTrue(options.receiveBufferSize(BUFFER_BYTES).receiveBufferSize() >= BUFFER_BYTES);
        assertTrue(options.sendBufferSize(BUFFER_BYTES).sendBufferSize() >= BUFFER_BYTES);
    }

    @Test
    void optionsSetBeforeConnectingAreThoseOfTheConnection() throws IOException {
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), stream -> {});
        TcpStream stream = TcpStream.open(clientLoop());
        stream.options()
                .noDelay(false)
                .keepAlive(MINUTE, MINUTE, 2)
                .linger(Duration.ofSeconds(7))
                .receiveBufferSize(BUFFER_BYTES)
                .sendBufferSize(BUFFER_BYTES);
        assertFalse(stream.options().noDelay());
        assertEquals(BUFFER_BYTES, stream.options().sendBufferSize());
        stream.connect(server.localAddress()).whenComplete(journal.outcome("connect"));
        until("connected", () -> !journal.lines().isEmpty());
        journal.assertIs("connect");
        assertFalse(stream.options().noDelay());
        assertTrue(stream.options().keepAlive());
        assertEquals(Duration.ofSeconds(7), stream.options().linger());
        assertTrue(stream.options().receiveBufferSize() >= BUFFER_BYTES);
        assertTrue(stream.options().sendBufferSize() >= BUFFER_BYTES);
        stream.options().linger(null);
    }

    @Test
    void whatOnlyTheSystemKnowsIsUnknownBeforeThereIsASocket() {
        TcpStream stream = TcpStream.open(clientLoop());
        assertRefused("connect", () -> stream.options().receiveBufferSize());
        assertRefused("connect", () -> stream.options().keepAlive());
    }

    @Test
    void lingeringForNoTimeMakesTheCloseAReset() throws IOException {
        TcpPair pair = connectTcp();
        pair.server().read(journal.reader("server"));
        pair.client().options().linger(Duration.ZERO);
        pair.client().close();
        until("reset", () -> !journal.lines().isEmpty());
        journal.assertIs("server ECONNRESET");
    }

    /**
     * Set where an engine might take it for what close(2) makes of it: to wait, and the longest of
     * these is longer than a test may take, or, for less than its unit, to discard.
     */
    @Test
    void lingeringForSomeTimeNeitherHoldsUpTheLoopNorLosesBytes() throws IOException {
        assumeReal("a peer without a loop");
        List<Duration> times =
                List.of(
                        Duration.ofNanos(1),
                        Duration.ofMillis(900),
                        Duration.ofMillis(1_001),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(32_766));
        for (Duration time : times) {
            for (boolean beforeConnecting : new boolean[] {true, false}) {
                closeLingering(time, beforeConnecting);
            }
        }
    }

    private void closeLingering(Duration time, boolean beforeConnecting) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, anyPort().getAddress())) {
            TcpStream stream = TcpStream.open(clientLoop());
            if (beforeConnecting) {
                stream.options().linger(time);
            }
            List<TcpStream> connected = new ArrayList<>();
            stream.connect(listener.getLocalSocketAddress()).thenAccept(connected::add);
            until("connected", () -> !connected.isEmpty());
            try (Socket peer = listener.accept()) {
                if (!beforeConnecting) {
                    stream.options().linger(time);
                }
                Duration told = Objects.requireNonNull(stream.options().linger());
                assertTrue(told.compareTo(time) >= 0, () -> time + " became " + told);
                long sent = fill(stream);
                stream.close();
                until("closed although it lingers for " + time, stream::isClosed);
                peer.setSoTimeout(DEADLINE_MILLIS);
                long received = peer.getInputStream().transferTo(OutputStream.nullOutputStream());
                assertEquals(sent, received, () -> "lingering for " + time);
            }
        }
    }

    /** Writes until the kernel takes no more. */
    private static long fill(ByteStream stream) throws IOException {
        ByteBuffer some = ByteBuffer.allocateDirect(1 << 16);
        long sent = 0;
        for (int taken = -1; taken != 0; sent += taken) {
            taken = stream.tryWrite(some.clear());
        }
        return sent;
    }

    @Test
    void timesAreRoundedUpToTheSystemsUnit() throws IOException {
        TcpOptions options = connectTcp().client().options();
        Duration second = Duration.ofSeconds(1);
        assertEquals(second, options.linger(Duration.ofNanos(1)).linger());
        assertEquals(second, options.linger(Duration.ofMillis(900)).linger());
        assertEquals(second.multipliedBy(2), options.linger(Duration.ofMillis(1_001)).linger());
        assertEquals(Duration.ZERO, options.linger(Duration.ZERO).linger());
        assertNull(options.linger(null).linger());
        Duration tooLong = Duration.ofSeconds(32_766).plusNanos(1);
        assertThrows(IllegalArgumentException.class, () -> options.linger(tooLong));
        Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
        for (Duration time : List.of(tooLong.plusSeconds(1), longest)) {
            assertThrows(IllegalArgumentException.class, () -> options.linger(time));
            assertThrows(IllegalArgumentException.class, () -> options.keepAlive(time, MINUTE, 1));
            assertThrows(IllegalArgumentException.class, () -> options.keepAlive(MINUTE, time, 1));
        }
        assertNull(options.linger(), "a refused call changes nothing");
        assertFalse(options.keepAlive(), "a refused call changes nothing");
    }

    @Test
    void valuesThatCannotBeAreRefusedAtTheCall() throws IOException {
        TcpStream stream = connectTcp().client();
        TcpOptions options = stream.options();
        assertThrows(IllegalArgumentException.class, () -> options.keepAlive(MINUTE, MINUTE, 0));
        assertThrows(
                IllegalArgumentException.class,
                () -> options.keepAlive(Duration.ofMillis(999), MINUTE, 1));
        assertThrows(
                IllegalArgumentException.class,
                () -> options.keepAlive(MINUTE, Duration.ofDays(1), 1));
        assertThrows(IllegalArgumentException.class, () -> options.linger(Duration.ofSeconds(-1)));
        assertThrows(IllegalArgumentException.class, () -> options.linger(Duration.ofDays(1)));
        assertThrows(IllegalArgumentException.class, () -> options.receiveBufferSize(0));
        assertThrows(IllegalArgumentException.class, () -> options.sendBufferSize(-1));
        assertFalse(options.keepAlive(), "a refused call changes nothing");
        stream.close();
        assertThrows(IllegalStateException.class, () -> options.noDelay(true));
        assertThrows(IllegalStateException.class, options::noDelay);
    }

    @Test
    void aValueThatTheSystemRefusesFailsTheConnectOrTheCall() throws IOException {
        assumeReal("a refusal by the kernel");
        assumeTrue(System.getProperty("os.name").equals("Linux"), "others take more probes");
        TcpPair pair = connectTcp();
        TcpStream stream = TcpStream.open(clientLoop());
        stream.options().keepAlive(MINUTE, MINUTE, TOO_MANY_PROBES);
        stream.connect(pair.listener().localAddress()).whenComplete(journal.outcome("connect"));
        until("refused", () -> !journal.lines().isEmpty());
        journal.assertIs("connect EINVAL");
        TcpOptions options = pair.client().options();
        UncheckedIOException refusal =
                assertThrows(
                        UncheckedIOException.class,
                        () -> options.keepAlive(MINUTE, MINUTE, TOO_MANY_PROBES));
        assertEquals(" EINVAL", Journal.symbol(refusal.getCause()));
        assertFalse(options.keepAlive(), "a refused call turns nothing on");
    }

    @Test
    void addressesAreKnownAsLongAsThereIsAConnection() throws IOException {
        TcpPair pair = connectTcp();
        assertNotNull(pair.server().localAddress());
        assertNotNull(pair.server().remoteAddress());
        pair.server().close();
        until("closed", pair.server()::isClosed);
        assertNull(pair.server().localAddress());
    }

    @Test
    void aSocketHasADescriptorOrTheBackendSaysThatItHasNone() throws IOException {
        TcpStream connected = connectTcp().server();
        TcpStream fresh = TcpStream.open(serverLoop());
        if (hasDescriptors(connected)) {
            assertTrue(connected.fileDescriptor() >= 0);
            assertRefused("no socket yet", fresh::fileDescriptor);
        } else {
            assertThrows(UnsupportedOperationException.class, fresh::fileDescriptor);
        }
        connected.close();
        assertThrows(IllegalStateException.class, connected::fileDescriptor);
    }

    @Test
    void whatIsNoSocketCannotBeAdopted() throws IOException {
        TcpStream connected = connectTcp().server();
        assertThrows(IllegalArgumentException.class, () -> TcpStream.adopt(serverLoop(), -1));
        if (hasDescriptors(connected)) {
            IoException failure =
                    assertThrows(
                            IoException.class,
                            () -> TcpStream.adopt(serverLoop(), Integer.MAX_VALUE));
            assertEquals("EBADF", failure.errorName());
            assertEquals("adopt", failure.operation());
        } else {
            assertThrows(
                    UnsupportedOperationException.class, () -> TcpStream.adopt(serverLoop(), 0));
        }
    }

    /** Refusing must be in plain words; which backends have none, their own tests say. */
    private boolean hasDescriptors(ByteStream connected) {
        try {
            return connected.fileDescriptor() >= 0;
        } catch (UnsupportedOperationException refusal) {
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.contains(serverLoop().backend().name()), message);
            return false;
        }
    }
}
