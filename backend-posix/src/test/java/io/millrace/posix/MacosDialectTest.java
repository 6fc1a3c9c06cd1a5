// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.posix.SocketFixture.Pair;
import io.millrace.spi.Code;
import io.millrace.spi.OpenFile;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawStream;
import io.millrace.testkit.kernel.Interposer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sockets used as macOS wants it, on this kernel: the calls that both have are real, sendfile is
 * played.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "plays another system on Linux")
class MacosDialectTest {
    private static final int EPROTOTYPE = -91;

    private final SocketFixture fixture = new SocketFixture(OperatingSystem.MACOS);
    private final Interposer<SystemCalls> kernel = fixture.kernel;
    private final SocketConstants names =
            Platform.of(OperatingSystem.MACOS, Processor.AARCH64).constants();
    private final SocketDialect dialect =
            SocketDialect.of(OperatingSystem.MACOS, names, kernel.calls());

    @TempDir Path directory;

    private OpenFile file;

    @BeforeEach
    void openFile() throws IOException {
        Path path = Files.writeString(directory.resolve("file"), "0123456789");
        file = fixture.sockets.openFile(path);
    }

    @AfterEach
    void close() throws IOException {
        file.close();
        fixture.close();
    }

    @Test
    void newSocketsGetTheirFlagsAfterwards() throws IoException {
        RawStream stream = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        assertEquals(1, kernel.count("setCloseOnExec"));
        assertEquals(1, kernel.count("setNonBlocking"));
        assertEquals(1, Descriptors.closeOnExec(stream.descriptor()));
        assertTrue(Descriptors.isNonBlocking(stream.descriptor()));
    }

    @Test
    void sigpipeIsKeptAwayByTheSocket() {
        List<Object> options = new ArrayList<>();
        kernel.always(
                "setsockopt",
                (real, arguments) -> {
                    long value = (long) arguments[3];
                    options.add(List.of(arguments[1], arguments[2], arguments[4]));
                    assertEquals(1, NativeMemory.at(value, 4).getInt(0));
                    return Code.OK;
                });
        int linuxInet = 2;
        int fd = dialect.socket(linuxInet, names.sockStream);
        assertEquals(List.of(List.of(0xffff, 0x1022, 4)), options);
        assertEquals(0, dialect.sendFlags());
        kernel.calls().close(fd);
    }

    /** O_NONBLOCK and SO_NOSIGPIPE come from the listener. */
    @Test
    void anAcceptedSocketNeedsOneCallMore() throws IoException {
        RawListener listener = fixture.listen(SocketFixture.loopback());
        RawStream client = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        client.connect(listener.localAddress());
        int before = kernel.count("setNonBlocking");
        RawStream server = fixture.keep(fixture.sockets.adopt(fixture.accept(listener)));
        assertEquals(1, Descriptors.closeOnExec(server.descriptor()));
        assertEquals(1, kernel.count("accept"));
        assertEquals(0, kernel.count("accept4"));
        assertEquals(before, kernel.count("setNonBlocking"));
    }

    @Test
    void aSocketThatCannotBePreparedIsClosed() {
        kernel.answer("setCloseOnExec", Code.IO_ERROR);
        int closed = kernel.count("close");
        assertEquals(Code.IO_ERROR, dialect.socket(2, names.sockStream));
        assertEquals(closed + 1, kernel.count("close"));
    }

    @Test
    void pipesGetTheirFlagsAfterwards() {
        NativeMemory pair = NativeMemory.allocate(8);
        assertEquals(Code.OK, dialect.pipe(pair.address()));
        for (int end : new int[] {pair.getInt(0), pair.getInt(4)}) {
            assertEquals(1, Descriptors.closeOnExec(end));
            assertTrue(Descriptors.isNonBlocking(end));
            kernel.calls().close(end);
        }
        kernel.answer("setCloseOnExec", Code.OK, Code.IO_ERROR);
        int closed = kernel.count("close");
        assertEquals(Code.IO_ERROR, dialect.pipe(pair.address()));
        assertEquals(closed + 2, kernel.count("close"));
        kernel.answer("pipe", Code.TOO_MANY_FILES);
        assertEquals(Code.TOO_MANY_FILES, dialect.pipe(pair.address()));
    }

    /** The next call sent with sendfile sends so much and answers so. */
    private void playSendfile(long sent, int answer) {
        kernel.intercept(
                "sendfileOnMacos",
                (real, arguments) -> {
                    NativeMemory.at((long) arguments[3], 8).putLong(0, sent);
                    return answer;
                });
    }

    @Test
    void sendfileIsAskedForTheRestOfTheFile() throws IoException {
        Pair pair = fixture.connect();
        List<Object> asked = new ArrayList<>();
        kernel.intercept(
                "sendfileOnMacos",
                (real, arguments) -> {
                    asked.add(arguments[1]);
                    asked.add(arguments[2]);
                    asked.add(NativeMemory.at((long) arguments[3], 8).getLong(0));
                    return Code.OK;
                });
        assertEquals(6, pair.client().sendFile(file, 4, 6));
        assertEquals(List.of(pair.client().descriptor(), 4L, 6L), asked);
    }

    /** Ignored, what was sent before the socket was full would be sent twice. */
    @ParameterizedTest
    @ValueSource(ints = {Code.WOULD_BLOCK, Code.INTERRUPTED})
    void sendfileTellsWhatItSentBeforeItFailed(int answer) throws IoException {
        Pair pair = fixture.connect();
        playSendfile(3, answer);
        assertEquals(3, pair.client().sendFile(file, 0, 10));
    }

    @Test
    void sendfileThatSentNothingSaysWhy() throws IoException {
        Pair pair = fixture.connect();
        playSendfile(0, Code.WOULD_BLOCK);
        assertEquals(Code.WOULD_BLOCK, pair.client().sendFile(file, 0, 10));
        playSendfile(0, Code.OK);
        assertEquals(0, pair.client().sendFile(file, 10, 10), "the end of the file");
        kernel.answer("sendfileOnMacos", Code.BROKEN_PIPE);
        assertEquals(Code.BROKEN_PIPE, pair.client().sendFile(file, 0, 10), "not the length asked");
    }

    /** For macOS a length of 0 is the whole file. */
    @Test
    void sendfileOfNothingSendsNothing() throws IoException {
        Pair pair = fixture.connect();
        assertEquals(0, pair.client().sendFile(file, 0, 0));
        assertEquals(0, kernel.count("sendfileOnMacos"));
    }

    @Test
    void aFileSystemWithoutSendfileIsCopiedFrom() throws IoException {
        Pair pair = fixture.connect();
        kernel.answer("sendfileOnMacos", Code.NOT_SUPPORTED);
        assertEquals(6, pair.client().sendFile(file, 4, 100));
        assertEquals("456789", SocketFixture.receive(pair.server(), 20));
    }

    @Test
    void eprototypeOfASocketBeingTornDownIsEpipe() throws IoException {
        Pair pair = fixture.connect();
        kernel.answer("send", EPROTOTYPE);
        assertEquals(Code.BROKEN_PIPE, pair.client().send(SocketFixture.gather("a")));
        kernel.answer("sendmsg", EPROTOTYPE);
        assertEquals(Code.BROKEN_PIPE, pair.client().send(SocketFixture.gather("a", "b")));
        kernel.answer("sendfileOnMacos", EPROTOTYPE);
        assertEquals(Code.BROKEN_PIPE, pair.client().sendFile(file, 0, 1));
    }
}
