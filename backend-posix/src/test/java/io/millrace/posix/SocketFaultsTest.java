// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.posix.SocketFixture.Pair;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawStream;
import io.millrace.spi.reactor.ReceiveRow;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the kernel does rarely: each answer given on purpose, some of them for real. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere loopback takes its time")
class SocketFaultsTest {
    private final SocketFixture fixture = new SocketFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void eintrIsRetriedByEveryTransfer(@TempDir Path directory) throws IOException {
        Pair pair = fixture.connect();
        fixture.kernel.answer("send", Code.INTERRUPTED, Code.INTERRUPTED);
        assertEquals(1, pair.client().send(SocketFixture.gather("a")));
        fixture.kernel.answer("sendmsg", Code.INTERRUPTED);
        assertEquals(2, pair.client().send(SocketFixture.gather("b", "c")));
        fixture.kernel.answer("sendfile", Code.INTERRUPTED);
        Path path = Files.writeString(directory.resolve("file"), "d");
        try (OpenFile file = fixture.sockets.openFile(path)) {
            assertEquals(1, pair.client().sendFile(file, 0, 1));
        }
        fixture.kernel.answer("recv", Code.INTERRUPTED, Code.INTERRUPTED);
        assertEquals("abcd", SocketFixture.receive(pair.server(), 10));
    }

    @Test
    void whatSendfileDoesNotDoIsReadAndSent(@TempDir Path directory) throws IOException {
        Pair pair = fixture.connect();
        Path path = Files.writeString(directory.resolve("file"), "0123456789");
        int[] refusals = {Code.INVALID_ARGUMENT, Code.NOT_IMPLEMENTED, Code.NOT_SUPPORTED};
        try (OpenFile file = fixture.sockets.openFile(path)) {
            for (int refusal : refusals) {
                fixture.kernel.answer("sendfile", refusal);
                assertEquals(3, pair.client().sendFile(file, 4, 3));
                assertEquals("456", SocketFixture.receive(pair.server(), 10));
            }
            fixture.kernel.answer("sendfile", Code.IO_ERROR);
            assertEquals(Code.IO_ERROR, pair.client().sendFile(file, 0, 1));
        }
    }

    @Test
    void eintrInARowOfReceivesIsRetried() throws IoException {
        Pair first = fixture.connect();
        Pair second = fixture.connect();
        assertEquals(1, first.client().send(SocketFixture.gather("a")));
        assertEquals(2, second.client().send(SocketFixture.gather("bc")));
        ReceiveRow row = fixture.sockets.receiveRow(2);
        row.add(first.server(), fixture.chunks.acquire());
        row.add(second.server(), fixture.chunks.acquire());

        fixture.kernel.answer("recv", Code.INTERRUPTED);
        assertEquals(2, row.run(100));

        fixture.kernel.answer("recv", Code.INTERRUPTED);
        assertEquals(1, row.result(0));
        assertEquals(2, row.result(1));
        assertEquals(0, fixture.kernel.left("recv"));
        assertEquals(4, fixture.kernel.count("recv"));
    }

    @Test
    void eintrDuringAcceptIsRetried() throws IoException {
        RawListener listener = fixture.listen(SocketFixture.loopback());
        RawStream client = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        client.connect(listener.localAddress());
        fixture.kernel.answer("accept4", Code.INTERRUPTED);
        fixture.accept(listener).close();
    }

    /** A connect that was interrupted goes on by itself; a second one would answer EALREADY. */
    @Test
    void eintrDuringConnectMeansInProgress() throws IoException {
        RawListener listener = fixture.listen(SocketFixture.loopback());
        RawStream client = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        fixture.kernel.intercept(
                "connect",
                (kernel, arguments) -> {
                    kernel.connect((int) arguments[0], (long) arguments[1], (int) arguments[2]);
                    return Code.INTERRUPTED;
                });
        assertEquals(Code.IN_PROGRESS, client.connect(listener.localAddress()));
        assertEquals(Code.OK, client.finishConnect());
        assertEquals(1, fixture.kernel.count("connect"));
    }

    /** Linux has freed the number when close reports EINTR: a second close may hit a stranger. */
    @Test
    void eintrDuringCloseIsNotRetried() throws IoException {
        RawStream stream = fixture.sockets.stream(StandardProtocolFamily.INET);
        fixture.kernel.intercept(
                "close",
                (kernel, arguments) -> {
                    kernel.close((int) arguments[0]);
                    return Code.INTERRUPTED;
                });
        stream.close();
        stream.close();
        assertEquals(1, fixture.kernel.count("close"));
    }

    @Test
    void eagainIsWouldBlock() throws IoException {
        Pair pair = fixture.connect();
        assertEquals("EAGAIN", SocketFixture.receive(pair.client(), 1));
        RawListener listener = fixture.listen(SocketFixture.loopback());
        assertEquals(Code.WOULD_BLOCK, listener.accept());
        assertNull(listener.accepted());
        Gather gather = SocketFixture.gather("x".repeat(100_000));
        while (pair.client().send(gather) > 0) {
            gather = SocketFixture.gather("x".repeat(100_000));
        }
        assertEquals(Code.WOULD_BLOCK, pair.client().send(gather));
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Code.NO_CHUNKS, // ENOBUFS
                Code.NO_MEMORY,
                Code.BROKEN_PIPE,
                Code.RESET,
                Code.TIMED_OUT,
                Code.HOST_UNREACHABLE
            })
    void enobufsEnomemEpipeEconnresetAndEtimedoutComeThrough(int code) throws IoException {
        Pair pair = fixture.connect();
        fixture.kernel.answer("send", code).answer("sendmsg", code).answer("recv", code);
        assertEquals(code, pair.client().send(SocketFixture.gather("x")));
        assertEquals(code, pair.client().send(SocketFixture.gather("x", "y")));
        assertEquals(Code.name(code), SocketFixture.receive(pair.client(), 1));
        assertEquals(1, pair.client().send(SocketFixture.gather("x")), "and it can go on");
    }

    @Test
    void etimedoutAndEconnrefusedEndAConnect() throws IoException {
        RawListener listener = fixture.listen(SocketFixture.loopback());
        InetSocketAddress vacant = (InetSocketAddress) listener.localAddress();
        listener.close();
        RawStream refused = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        assertEquals(Code.IN_PROGRESS, refused.connect(vacant));
        assertEquals(Code.REFUSED, refused.finishConnect());
        RawStream late = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        fixture.kernel.answer("connect", Code.IN_PROGRESS);
        late.connect(vacant);
        fixture.kernel.answer("getsockopt", Code.TIMED_OUT);
        assertEquals(Code.TIMED_OUT, late.finishConnect());
    }

    @Test
    void emfileIsToldByAcceptAndLeavesTheConnectionInTheQueue() throws IoException {
        RawListener listener = fixture.listen(SocketFixture.loopback());
        RawStream client = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        client.connect(listener.localAddress());
        fixture.kernel.answer("accept4", Code.TOO_MANY_FILES, Code.FILE_TABLE_OVERFLOW);
        assertEquals(Code.TOO_MANY_FILES, listener.accept());
        assertEquals(Code.FILE_TABLE_OVERFLOW, listener.accept());
        assertNull(listener.accepted());
        fixture.accept(listener).close();
    }

    @Test
    void emfileWhenOpeningNamesTheOperation() {
        fixture.kernel.answer("socket", Code.TOO_MANY_FILES, Code.TOO_MANY_FILES);
        IoException connect =
                assertThrows(
                        IoException.class,
                        () -> fixture.sockets.stream(StandardProtocolFamily.INET));
        assertEquals("socket: EMFILE (too many open files in process)", connect.getMessage());
        IoException listen =
                assertThrows(IoException.class, () -> fixture.listen(SocketFixture.loopback()));
        assertEquals(Code.TOO_MANY_FILES, listen.code());
        assertEquals("listen", listen.operation());
    }

    @Test
    void econnabortedIsToldByAccept() throws IoException {
        RawListener listener = fixture.listen(SocketFixture.loopback());
        fixture.kernel.answer("accept4", Code.ABORTED);
        assertEquals(Code.ABORTED, listener.accept());
        assertEquals(Code.WOULD_BLOCK, listener.accept());
    }

    @ParameterizedTest
    @ValueSource(strings = {"setsockopt", "bind", "listen"})
    void aListenerThatFailsHalfwayLeavesNoDescriptor(String call) {
        fixture.kernel.answer(call, Code.NO_MEMORY);
        IoException failure =
                assertThrows(IoException.class, () -> fixture.listen(SocketFixture.loopback()));
        assertEquals(Code.NO_MEMORY, failure.code());
        assertEquals(fixture.kernel.count("socket"), fixture.kernel.count("close"));
    }

    /** A socket that never connected has no error either, and is reported as hung up. */
    @Test
    void hupBeforeConnectIsNotAConnection() throws IoException {
        RawStream stream = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        assertEquals(Code.IN_PROGRESS, stream.finishConnect());
        assertNull(stream.remoteAddress());
    }

    /** SO_ERROR is this system's number, not yet a code. */
    @Test
    void aPendingErrorIsTranslated() throws IoException {
        Pair pair = fixture.connect();
        fixture.kernel.intercept(
                "getsockopt",
                (kernel, arguments) -> {
                    NativeMemory.at((long) arguments[3], 4).putInt(0, 104);
                    return 0;
                });
        assertEquals(Code.RESET, pair.client().finishConnect());
    }

    @Test
    void aDescriptorBeyondTheLimitIsClosedAndExplained() throws IoException {
        LibcSockets limited = fixture.sockets(new DescriptorLimit(1, "too high; use poll"));
        IoException refusal =
                assertThrows(IoException.class, () -> limited.stream(StandardProtocolFamily.INET));
        assertTrue(refusal.getMessage().contains("too high; use poll"), refusal.getMessage());
        assertEquals(Code.TOO_MANY_FILES, refusal.code());
        assertEquals(1, fixture.kernel.count("close"));
        RawListener listener = fixture.listen(SocketFixture.loopback());
        RawStream client = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        client.connect(listener.localAddress());
        var accepted = fixture.accept(listener);
        assertThrows(IoException.class, () -> limited.adopt(accepted));
        assertEquals(2, fixture.kernel.count("close"), "the peer is not left waiting");
    }

    @Test
    void aFileWhoseSizeIsUnknownIsClosedAgain(@TempDir Path directory) throws IOException {
        Path path = Files.createFile(directory.resolve("file"));
        fixture.kernel.answer("lseek", Code.IO_ERROR);
        assertThrows(IoException.class, () -> fixture.sockets.openFile(path));
        assertEquals(1, fixture.kernel.count("close"));
    }

    /** kqueue may take a socket's error by reporting it: a reset must not pass for the end. */
    @Test
    void anErrorTakenByThePollerIsReportedOnce() throws IoException {
        Pair pair = fixture.connect();
        pair.server().close();
        pair.client().takenError = Code.RESET;
        assertEquals("ECONNRESET", SocketFixture.receive(pair.client(), 10));
        assertEquals("", SocketFixture.receive(pair.client(), 10));
        pair.client().takenError = Code.TIMED_OUT;
        fixture.kernel.answer("send", Code.BROKEN_PIPE, Code.BROKEN_PIPE);
        assertEquals(Code.TIMED_OUT, pair.client().send(SocketFixture.gather("x")));
        assertEquals(Code.BROKEN_PIPE, pair.client().send(SocketFixture.gather("x")));
    }

    /** tcp(7), TCP_FASTOPEN_CONNECT: where the cookie has become useless, the SYN goes alone. */
    @Test
    void aFirstSendWhoseBytesDoNotGoWithTheSynWaitsForTheConnection() throws IOException {
        Pair pair = fixture.connect();
        for (String call : List.of("send", "sendmsg")) {
            fixture.kernel.answer(call, Code.IN_PROGRESS);
        }
        assertEquals(Code.WOULD_BLOCK, pair.client().send(SocketFixture.gather("x")));
        assertEquals(Code.WOULD_BLOCK, pair.client().send(SocketFixture.gather("x", "y")));
        assertEquals(2, pair.client().send(SocketFixture.gather("x", "y")));
    }

    /** Nobody has been told of it, and the next poller does not hear of it again. */
    @Test
    void anErrorTakenByThePollerGoesAlongToTheNextLoop() throws IoException {
        Pair pair = fixture.connect();
        pair.server().close();
        pair.client().takenError = Code.RESET;
        RawStream moved = fixture.keep(fixture.sockets.adopt(pair.client().release()));
        assertEquals("ECONNRESET", SocketFixture.receive(moved, 10));
        assertEquals("", SocketFixture.receive(moved, 10));
    }

    @Test
    void anErrorTakenByThePollerComesAfterTheBytes() throws IoException {
        Pair pair = fixture.connect();
        assertEquals(2, pair.server().send(SocketFixture.gather("ab")));
        pair.server().close();
        pair.client().takenError = Code.RESET;
        assertEquals("ab", SocketFixture.receive(pair.client(), 10));
        assertEquals("ECONNRESET", SocketFixture.receive(pair.client(), 10));
    }

    @Test
    void aRefusedConnectIsNotForgottenWhenThePollerTookTheError() throws IoException {
        RawStream client = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        client.takenError = Code.REFUSED;
        assertEquals(Code.REFUSED, client.finishConnect());
        assertEquals(Code.IN_PROGRESS, client.finishConnect());
    }
}
