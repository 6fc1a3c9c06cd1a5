// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static io.millrace.epoll.InterposedEpoll.turnUntil;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.net.UnixServer;
import io.millrace.spi.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a loop costs and survives on epoll, seen at the system calls; both triggers. */
@Timeout(60)
class LoopOnEpollTest {
    private static final InetSocketAddress LOOPBACK =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private InterposedEpoll backend;
    private EventLoop loop;

    private void open(boolean edge) throws IoException {
        backend = new InterposedEpoll(edge);
        loop = backend.openLoop();
    }

    @AfterEach
    void close() throws IoException {
        loop.closeAll();
    }

    private TcpServer echo() throws IoException {
        return TcpServer.listen(
                loop, LOOPBACK, connection -> connection.read((from, data) -> from.write(data)));
    }

    private TcpStream connect(TcpServer server) throws IoException {
        List<TcpStream> connected = new ArrayList<>();
        TcpStream.connect(loop, server.localAddress()).thenAccept(connected::add);
        turnUntil(loop, () -> !connected.isEmpty());
        return connected.get(0);
    }

    /** One receive and one send a request at each end, and nothing besides but waits. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anEchoCostsTwoSystemCallsAndNoEpollCtl(boolean edge) throws IoException {
        open(edge);
        TcpStream client = connect(echo());
        int[] answers = {0};
        client.read(
                (from, data) -> {
                    if (++answers[0] < 1_000) {
                        from.write(data);
                    }
                });
        client.write(ByteBuffer.allocateDirect(64));
        turnUntil(loop, () -> answers[0] == 10);
        int before = backend.epoll.count("epoll_ctl");
        int received = backend.kernel.count("recv");
        int sent = backend.kernel.count("send");
        turnUntil(loop, () -> answers[0] == 1_000);
        int messages = 2 * 990;
        assertEquals(before, backend.epoll.count("epoll_ctl"));
        assertTrue(backend.kernel.count("recv") - received <= messages + 2);
        assertTrue(backend.kernel.count("send") - sent <= messages + 2);
        assertEquals(0, backend.kernel.count("sendmsg"));
        assertEquals(0, backend.kernel.count("read"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void econnabortedAndEintrOnAcceptAreNobodysBusiness(boolean edge) throws IoException {
        open(edge);
        TcpServer server = echo();
        List<IoException> errors = new ArrayList<>();
        server.onAcceptError((where, failure) -> errors.add(failure));
        backend.kernel.answer("accept4", Code.INTERRUPTED, Code.ABORTED, Code.INTERRUPTED);
        connect(server);
        turnUntil(loop, () -> backend.kernel.left("accept4") == 0);
        assertEquals(List.of(), errors);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void emfileOnAcceptIsReportedAndSurvived(boolean edge) throws IoException {
        open(edge);
        List<TcpStream> accepted = new ArrayList<>();
        TcpServer server = TcpServer.listen(loop, LOOPBACK, accepted::add);
        List<IoException> errors = new ArrayList<>();
        server.onAcceptError((where, failure) -> errors.add(failure));
        backend.kernel.answer("accept4", Code.TOO_MANY_FILES);
        connect(server);
        turnUntil(loop, () -> !accepted.isEmpty());
        assertEquals(1, errors.size());
        assertEquals(Code.TOO_MANY_FILES, errors.get(0).code());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void enomemFromEpollCtlFailsOneStreamAlone(boolean edge) throws IoException {
        open(edge);
        TcpServer server = echo();
        TcpStream healthy = connect(server);
        int[] echoed = {0};
        healthy.read((from, data) -> echoed[0] += data.length());
        healthy.write(ByteBuffer.allocateDirect(5));
        turnUntil(loop, () -> echoed[0] == 5);
        TcpStream unlucky = TcpStream.open(loop);
        List<Throwable> failures = new ArrayList<>();
        backend.epoll.answer("epoll_ctl", Code.NO_MEMORY);
        unlucky.connect(server.localAddress())
                .whenComplete((stream, failure) -> failures.add(failure));
        turnUntil(loop, () -> !failures.isEmpty());
        assertEquals(Code.NO_MEMORY, ((IoException) failures.get(0)).code());
        healthy.write(ByteBuffer.allocateDirect(5));
        turnUntil(loop, () -> echoed[0] == 10);
    }

    /** EPIPE, ECONNRESET, ETIMEDOUT, ENOBUFS and ENOMEM while sending fail that write, once. */
    @ParameterizedTest
    @ValueSource(
            ints = {Code.BROKEN_PIPE, Code.RESET, Code.TIMED_OUT, Code.NO_CHUNKS, Code.NO_MEMORY})
    void aFailedSendIsToldToItsWrite(int code) throws IoException {
        open(false);
        TcpStream client = connect(echo());
        List<IoException> outcomes = new ArrayList<>();
        backend.kernel.answer("send", code);
        client.write(ByteBuffer.allocateDirect(5), (stream, failure) -> outcomes.add(failure));
        turnUntil(loop, () -> !outcomes.isEmpty());
        assertEquals(code, outcomes.get(0).code());
        assertEquals("write", outcomes.get(0).operation());
    }

    @ParameterizedTest
    @ValueSource(ints = {Code.RESET, Code.TIMED_OUT, Code.HOST_UNREACHABLE, Code.NO_MEMORY})
    void aFailedReceiveIsToldToTheReader(int code) throws IoException {
        open(true);
        TcpStream client = connect(echo());
        List<IoException> failures = new ArrayList<>();
        client.read(new FailureNote(failures));
        backend.kernel.always("recv", (kernel, arguments) -> code);
        client.write(ByteBuffer.allocateDirect(5));
        turnUntil(loop, () -> !failures.isEmpty());
        assertEquals(code, failures.get(0).code());
    }

    @Test
    void aUnixListenThatFailsBehindItsBindLeavesNoFile(@TempDir Path directory) throws IOException {
        open(false);
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("socket"));
        backend.kernel.answer("listen", Code.NO_MEMORY);
        assertThrows(IoException.class, () -> UnixServer.listen(loop, address, accepted -> {}));
        assertFalse(Files.exists(address.getPath()));
        UnixServer.listen(loop, address, accepted -> {});
    }

    private record FailureNote(List<IoException> failures) implements ReadHandler {
        @Override
        public void onRead(ByteStream stream, Chunk chunk) {}

        @Override
        public void onFailure(ByteStream stream, IoException failure) {
            failures.add(failure);
        }
    }

    /**
     * A hundred connections have data in one batch. The first to be told closes all others and
     * opens as many, which get their numbers; the newcomers must hear nothing of it.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fdNumberReuseWithinOneBatchDisturbsNobody(boolean edge) throws IoException {
        open(edge);
        List<TcpStream> accepted = new ArrayList<>();
        TcpServer server = TcpServer.listen(loop, LOOPBACK, accepted::add);
        List<TcpStream> clients = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            clients.add(connect(server));
        }
        turnUntil(loop, () -> accepted.size() == 100);
        List<String> heard = new ArrayList<>();
        List<TcpStream> victims = List.copyOf(accepted);
        for (TcpStream victim : victims) {
            victim.read((stream, data) -> replaceAll(victims, stream, server, heard));
        }
        loop.run(RunMode.NOWAIT);
        for (TcpStream client : clients) {
            client.write(ByteBuffer.allocateDirect(1));
        }
        turnUntil(loop, () -> accepted.size() == 199);
        assertEquals(List.of("replaced"), heard);
    }

    private void replaceAll(
            List<TcpStream> victims, ByteStream survivor, TcpServer server, List<String> heard) {
        heard.add("replaced");
        for (TcpStream victim : victims) {
            if (victim != survivor) {
                victim.close();
                TcpStream successor = TcpStream.open(loop);
                successor.connect(server.localAddress());
                successor.read((stream, data) -> heard.add("a stale event"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void onlyASleepingLoopIsSignalled(boolean edge) throws Exception {
        open(edge);
        int[] ran = {0};
        for (int i = 0; i < 100; i++) {
            loop.execute(() -> ran[0]++);
        }
        turnUntil(loop, () -> ran[0] == 100);
        assertEquals(0, backend.kernel.count("write"), "it was awake");
        Thread other = new Thread(() -> loop.execute(() -> ran[0]++));
        Timer keepsRunning = Timer.open(loop);
        keepsRunning.start(Duration.ofSeconds(30), () -> {});
        other.start();
        while (ran[0] < 101) {
            loop.run(RunMode.ONCE);
        }
        other.join();
        assertTrue(backend.kernel.count("write") <= 1);
    }
}
