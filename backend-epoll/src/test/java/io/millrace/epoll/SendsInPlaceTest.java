// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static io.millrace.epoll.InterposedEpoll.turnUntil;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sends in place where the kernel does what loopback does not: it sends from the memory and makes
 * no copy, takes long to say so, or lacks what it takes to keep track.
 */
@Timeout(60)
class SendsInPlaceTest {
    private static final int MSG_ZEROCOPY = 0x4000000;
    private static final int MSG_ERRQUEUE = 0x2000;
    private static final int EXTENDED_ERROR_CODE = 16 + 6;
    private static final int LARGE = 20_000;
    private static final int WINDOW = 64 << 10;
    private static final int MORE_THAN_A_WINDOW = 512 << 10;
    private static final int THRESHOLD = 1000;

    /**
     * Far more than a loop that waits needs in so short a time, and far less than one that spins.
     */
    private static final int MANY_WAITS = 100;

    private final List<String> ends = new ArrayList<>();
    private final List<TcpStream> accepted = new ArrayList<>();
    private InterposedEpoll backend;
    private EventLoop loop;
    private TcpStream client;
    private long received;
    private boolean noticesAreHeldBack;
    private int noticesAskedFor;
    private int sendsInPlace;

    @AfterEach
    void close() throws IOException {
        noticesAreHeldBack = false;
        loop.closeAll();
    }

    private void connect(boolean edge) throws IOException {
        backend = new InterposedEpoll(edge);
        backend.kernel.always("recvmsg", this::noticeOfNoCopy);
        loop = backend.openLoop();
        ServerOptions options = ServerOptions.builder().receiveBufferSize(WINDOW).build();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        TcpServer server = TcpServer.listen(loop, any, options, accepted::add);
        client = TcpStream.open(loop);
        client.options().zeroCopyBytes(THRESHOLD);
        client.connect(server.localAddress()).thenAccept(same -> ends.add("connected"));
        turnUntil(loop, () -> accepted.size() == 1 && !ends.isEmpty());
    }

    /** As from a network device: nothing says that there was a copy. */
    private long noticeOfNoCopy(SystemCalls kernel, Object[] arguments) {
        int flags = (int) arguments[2];
        boolean ofNotices = (flags & MSG_ERRQUEUE) != 0;
        if (ofNotices) {
            noticesAskedFor++;
            if (noticesAreHeldBack) {
                return Code.WOULD_BLOCK;
            }
        }
        long result = kernel.recvmsg((int) arguments[0], (long) arguments[1], flags);
        if (ofNotices && result >= 0) {
            NativeMemory header = NativeMemory.at((long) arguments[1], 56);
            NativeMemory control = NativeMemory.at(header.getLong(32), 48);
            control.putByte(EXTENDED_ERROR_CODE, (byte) 0);
        }
        return result;
    }

    private void countSends() {
        backend.kernel.always(
                "sendmsg",
                (kernel, arguments) -> {
                    sendsInPlace += ((int) arguments[2] & MSG_ZEROCOPY) != 0 ? 1 : 0;
                    return kernel.sendmsg(
                            (int) arguments[0], (long) arguments[1], (int) arguments[2]);
                });
    }

    private void write(int bytes, String name) {
        client.write(
                ByteBuffer.allocateDirect(bytes),
                (stream, failure) ->
                        ends.add(name + (failure == null ? "" : " " + failure.errorName())));
    }

    private void peerReads() {
        accepted.get(0).read((stream, data) -> received += data.length());
    }

    /** Turns for so long, and answers how often it waited. */
    private int waitsDuring(Duration time) throws IOException {
        int before = waits();
        List<String> over = new ArrayList<>();
        Timer timer = Timer.open(loop);
        timer.start(time, () -> over.add("over"));
        while (over.isEmpty()) {
            loop.run(RunMode.ONCE);
        }
        timer.close();
        return waits() - before;
    }

    private int waits() {
        return backend.epoll.count("epoll_wait") + backend.epoll.count("epoll_pwait2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereTheKernelMakesNoCopyEveryLargeWriteStaysInPlace(boolean edge) throws IOException {
        connect(edge);
        countSends();
        peerReads();
        List<String> expected = new ArrayList<>(List.of("connected"));
        for (int i = 0; i < 20; i++) {
            write(LARGE, "large " + i);
            expected.add("large " + i);
            turnUntil(loop, () -> ends.size() == expected.size());
            write(10, "small " + i);
            expected.add("small " + i);
            turnUntil(loop, () -> ends.size() == expected.size());
        }
        turnUntil(loop, () -> received == 20 * (LARGE + 10));
        assertEquals(expected, ends);
        assertTrue(sendsInPlace >= 20, () -> "only " + sendsInPlace);
        assertEquals(THRESHOLD, client.options().zeroCopyBytes());
    }

    @ParameterizedTest
    @CsvSource({
        "false, -105, true", // ENOBUFS
        "true, -105, true",
        "false, -22, false",
        "true, -95, false",
        "false, -12, false",
        "false, -14, false"
    })
    void whatCannotStayInPlaceIsCopied(boolean edge, int refusal, boolean triesAgain)
            throws IOException {
        connect(edge);
        peerReads();
        backend.kernel.answer("sendmsg", refusal);
        write(LARGE, "refused");
        turnUntil(loop, () -> received == LARGE && ends.size() == 2);
        assertEquals(List.of("connected", "refused"), ends);
        assertEquals(0, noticesAskedFor);
        assertEquals(triesAgain ? THRESHOLD : 0, client.options().zeroCopyBytes());
        countSends();
        write(LARGE, "next");
        turnUntil(loop, () -> received == 2 * LARGE && ends.size() == 3);
        assertEquals(triesAgain, sendsInPlace > 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoWaitsForANoticeDoesNotSpin(boolean edge) throws IOException {
        connect(edge);
        client.read((stream, data) -> {});
        client.pauseReading();
        write(MORE_THAN_A_WINDOW, "large");
        accepted.get(0).write(new byte[100], 0, 100);
        accepted.get(0).shutdown();
        loop.run(RunMode.NOWAIT);
        int waits = waitsDuring(Duration.ofMillis(30));
        assertTrue(waits < MANY_WAITS, () -> waits + " waits");
        assertEquals(List.of("connected"), ends);
        peerReads();
        turnUntil(loop, () -> ends.size() == 2 && received == MORE_THAN_A_WINDOW);
    }

    /** What a network device still has of a connection that is reset. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHangUpIsNoNotice(boolean edge) throws IOException {
        connect(edge);
        write(MORE_THAN_A_WINDOW, "large");
        loop.run(RunMode.NOWAIT);
        noticesAreHeldBack = true;
        accepted.get(0).closeReset();
        turnUntil(loop, () -> noticesAskedFor > 0);
        int waits = waitsDuring(Duration.ofMillis(30));
        assertTrue(waits < MANY_WAITS, () -> waits + " waits");
        assertEquals(List.of("connected"), ends, "the memory is the kernel's");
        noticesAreHeldBack = false;
        backend.roomAgain(client.fileDescriptor());
        turnUntil(loop, () -> ends.size() == 2);
    }

    /** Who has the loop in another one is told when to look, and that this is not all the time. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEmbeddedLoopDoesNotSpinUntilTheNotice(boolean edge) throws IOException {
        connect(edge);
        write(MORE_THAN_A_WINDOW, "large");
        loop.run(RunMode.NOWAIT);
        noticesAreHeldBack = true;
        client.close();
        loop.run(RunMode.NOWAIT);
        int turns = 0;
        long end = System.nanoTime() + 30_000_000;
        for (; System.nanoTime() < end || noticesAskedFor <= 1; turns++) {
            loop.run(RunMode.NOWAIT);
            Duration left = loop.untilNextEvent();
            assertTrue(left != null, "there is something to look at");
            LockSupport.parkNanos(left.toNanos());
        }
        int counted = turns;
        assertTrue(counted < MANY_WAITS, () -> counted + " turns");
        assertTrue(noticesAskedFor > 1, "it is looked for again");
        noticesAreHeldBack = false;
        turnUntil(loop, () -> client.isClosed());
        loop.run(RunMode.NOWAIT);
        assertEquals(null, loop.untilNextEvent());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClosedSocketKeepsItsDescriptorUntilTheNotice(boolean edge) throws IOException {
        connect(edge);
        int descriptor = client.fileDescriptor();
        List<Object> closed = new ArrayList<>();
        backend.kernel.always(
                "close",
                (kernel, arguments) -> {
                    closed.add(arguments[0]);
                    return kernel.close((int) arguments[0]);
                });
        write(MORE_THAN_A_WINDOW, "large");
        loop.run(RunMode.NOWAIT);
        noticesAreHeldBack = true;
        client.close();
        int waits = waitsDuring(Duration.ofMillis(30));
        assertTrue(waits < MANY_WAITS, () -> waits + " waits");
        turnUntil(loop, () -> noticesAskedFor > 1);
        assertFalse(client.isClosed());
        assertFalse(closed.contains(descriptor));
        assertEquals(List.of("connected"), ends);
        noticesAreHeldBack = false;
        turnUntil(loop, () -> client.isClosed());
        assertTrue(closed.contains(descriptor));
        assertEquals(List.of("connected", "large ECANCELED"), ends);
    }
}
