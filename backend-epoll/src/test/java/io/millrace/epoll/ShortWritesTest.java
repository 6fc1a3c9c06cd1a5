// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static io.millrace.epoll.InterposedEpoll.turnUntil;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.EventLoop;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A message in several segments and a piece of a file, cut at every byte boundary: the kernel takes
 * that many bytes, is full for a moment, and everything still arrives once and in order.
 */
@Timeout(60)
class ShortWritesTest {
    private static final List<String> SEGMENTS = List.of("one", "twotwo", "x", "four");
    private static final String MESSAGE = String.join("", SEGMENTS);

    private InterposedEpoll backend;
    private EventLoop loop;
    private final StringBuilder received = new StringBuilder();

    static Stream<Arguments> everyCut() {
        return IntStream.range(1, MESSAGE.length())
                .boxed()
                .flatMap(cut -> Stream.of(Arguments.of(cut, false), Arguments.of(cut, true)));
    }

    @AfterEach
    void close() throws IOException {
        loop.closeAll();
    }

    @ParameterizedTest
    @MethodSource("everyCut")
    void gatheredSegmentsSurviveAShortWrite(int cut, boolean edge) throws IOException {
        TcpStream client = connect(edge);
        backend.kernel
                .intercept("sendmsg", (kernel, arguments) -> sendPart(kernel, arguments, cut))
                .intercept("sendmsg", this::full)
                .intercept("send", this::full);
        List<String> written = new ArrayList<>();
        for (String segment : SEGMENTS) {
            client.write(direct(segment), (stream, failure) -> written.add(segment));
        }
        turnUntil(loop, () -> received.length() >= MESSAGE.length());
        turnUntil(loop, () -> written.size() == SEGMENTS.size());
        assertEquals(MESSAGE, received.toString());
        assertEquals(SEGMENTS, written, "and each write ended once, in order");
    }

    @ParameterizedTest
    @MethodSource("everyCut")
    void aFileSurvivesAShortWrite(int cut, boolean edge, @TempDir Path directory)
            throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "<" + MESSAGE + ">");
        TcpStream client = connect(edge);
        backend.kernel
                .intercept(
                        "sendfile",
                        (kernel, arguments) ->
                                kernel.sendfile(
                                        (int) arguments[0],
                                        (int) arguments[1],
                                        (long) arguments[2],
                                        cut))
                .intercept("sendfile", this::full)
                .answer("sendfile", Code.INTERRUPTED);
        client.sendFile(file, 1, MESSAGE.length(), null);
        turnUntil(loop, () -> received.length() >= MESSAGE.length());
        assertEquals(MESSAGE, received.toString());
    }

    private TcpStream connect(boolean edge) throws IOException {
        backend = new InterposedEpoll(edge);
        loop = backend.openLoop();
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        TcpServer server =
                TcpServer.listen(
                        loop,
                        loopback,
                        connection ->
                                connection.read(
                                        (stream, data) ->
                                                received.append(
                                                        StandardCharsets.US_ASCII.decode(
                                                                data.buffer()))));
        List<TcpStream> connected = new ArrayList<>();
        TcpStream.connect(loop, server.localAddress()).thenAccept(connected::add);
        turnUntil(loop, () -> !connected.isEmpty());
        return connected.get(0);
    }

    private long full(SystemCalls kernel, Object[] arguments) {
        backend.roomAgain(arguments[0]);
        return Code.WOULD_BLOCK;
    }

    /**
     * What the kernel does when only {@code limit} bytes fit: it follows the header up to there.
     */
    private long sendPart(SystemCalls kernel, Object[] arguments, int limit) {
        NativeMemory header = NativeMemory.at((long) arguments[1], 56);
        NativeMemory segments = NativeMemory.at(header.getLong(16), 16 * header.getInt(24));
        int sent = 0;
        for (int i = 0; sent < limit; i++) {
            int length = (int) Math.min(limit - sent, segments.getLong(16 * i + 8));
            int flags = (int) arguments[2];
            sent += kernel.send((int) arguments[0], segments.getLong(16 * i), length, flags);
        }
        backend.roomAgain(arguments[0]);
        return sent;
    }

    private static ByteBuffer direct(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
