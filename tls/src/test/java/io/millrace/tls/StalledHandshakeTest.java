// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.ErrorCode;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend;
import io.millrace.testkit.sim.SimWorld;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Handshakes that stand still in the middle: because the peer does not read, or because a task
 * computes. In a simulated world, where ten seconds take no time and a task as long as the test
 * wants.
 */
class StalledHandshakeTest {
    private final SimWorld world = new SimWorld(5, FaultProfile.NONE);
    private final List<Throwable> uncaught = new ArrayList<>();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final EventLoop loop;

    StalledHandshakeTest() throws IOException {
        loop =
                EventLoop.open(
                        LoopOptions.builder()
                                .provider(new SimBackend(world, SimBackend.Boundary.COMPLETION))
                                .clock(world::nanoTime)
                                .workExecutor(tasks::add)
                                .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                                .build());
    }

    /** What becomes of a stream. */
    private static final class Fate {
        final TlsStream stream;
        final List<Object> outcomes = new ArrayList<>();
        int closed;

        Fate(TlsStream stream) {
            this.stream = stream;
            stream.onWriteFailure((from, failure) -> {});
            stream.onClosed(() -> closed++);
            stream.handshake()
                    .whenComplete(
                            (done, failure) -> outcomes.add(failure == null ? done : failure));
        }

        ErrorCode failure() {
            assertEquals(1, outcomes.size(), outcomes::toString);
            return ((IoException) outcomes.get(0)).errorCode();
        }
    }

    private static InetSocketAddress any() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** Its certificate is larger than what a connection has room for on its way. */
    private static Identity large() {
        List<String> names = new ArrayList<>(List.of("localhost"));
        names.addAll(Collections.nCopies(12_000, "a-name.test"));
        return new CertificateMaker("large", names).make(TestContexts.AUTHORITY);
    }

    @Test
    void aClientThatDoesNotReadItsServersAnswerIsNotWaitedForForEver() throws IOException {
        Identity own = large();
        TlsServer server =
                TlsServer.listen(
                        loop,
                        any(),
                        TlsContext.builder()
                                .identity(own.key(), own.chain())
                                .tasksInline(true)
                                .build(),
                        stream -> {
                            throw new AssertionError("accepted: " + stream);
                        });
        TcpStream silent = TcpStream.open(loop);
        List<IoException> refused = new ArrayList<>();
        List<Long> owed = new ArrayList<>();
        server.onHandshakeFailure(
                (stream, failure) -> {
                    owed.add(stream.below().writeQueueSize());
                    refused.add(failure);
                    stream.onClosed(
                            () -> {
                                silent.close();
                                server.close();
                            });
                });
        byte[] hello =
                MalformedInputTest.hello(TestContexts.client("jdk").tasksInline(true).build());
        silent.connect(server.localAddress());
        silent.write(hello, 0, hello.length);
        loop.run();
        assertEquals(List.of(), uncaught);
        assertEquals(ErrorCode.ETIMEDOUT, refused.get(0).errorCode());
        assertTrue(owed.get(0) > 0, "all of it was on its way");
        assertEquals(0, server.handshakes());
        assertEquals(0, world.openSockets());
        loop.close();
    }

    /** TLS 1.2, in which a client is not done before its server says so. */
    @Test
    void aServerThatDoesNotReadItsClientsCertificateIsNotWaitedForForEver() throws IOException {
        Identity own = large();
        TlsContext strict =
                TestContexts.server("jdk")
                        .clientCertificates(ClientCertificates.NEEDED)
                        .trust(List.of(TestContexts.AUTHORITY.chain().get(0)))
                        .protocols("TLSv1.2")
                        .tasksInline(true)
                        .build();
        List<Fate> served = new ArrayList<>();
        TcpServer behind =
                TcpServer.listen(
                        loop,
                        any(),
                        accepted -> served.add(new Fate(TlsStream.server(accepted, strict))));
        List<TcpStream> relayed = new ArrayList<>();
        TcpServer relay =
                TcpServer.listen(
                        loop,
                        any(),
                        accepted -> {
                            TcpStream onward = TcpStream.open(loop);
                            onward.connect(behind.localAddress());
                            relayed.addAll(List.of(accepted, onward));
                            onward.read(new Pipe(accepted));
                            accepted.read(
                                    (stream, chunk) -> {
                                        onward.write(chunk);
                                        stream.pauseReading();
                                    });
                        });
        TcpStream below = TcpStream.open(loop);
        below.connect(relay.localAddress());
        Fate client =
                new Fate(
                        TlsStream.client(
                                below,
                                TestContexts.client("jdk")
                                        .identity(own.key(), own.chain())
                                        .tasksInline(true)
                                        .build(),
                                "localhost",
                                443));
        client.stream
                .handshake()
                .whenComplete(
                        (done, failure) -> {
                            assertTrue(below.writeQueueSize() > 0, "all of it was on its way");
                            client.stream.close();
                            client.stream.onClosed(
                                    () -> {
                                        client.closed++;
                                        served.get(0).stream.close();
                                        relayed.forEach(ByteStream::close);
                                        relay.close();
                                        behind.close();
                                    });
                        });
        loop.run();
        assertEquals(List.of(), uncaught);
        assertEquals(ErrorCode.ETIMEDOUT, client.failure());
        assertEquals(1, client.closed);
        assertEquals(0, world.openSockets());
        loop.close();
    }

    /** Hands on what comes. */
    private record Pipe(TcpStream to) implements ReadHandler {
        @Override
        public void onRead(ByteStream stream, Chunk chunk) {
            to.write(chunk);
        }

        @Override
        public void onEnd(ByteStream stream) {
            to.closeWhenWritten();
        }

        @Override
        public void onFailure(ByteStream stream, IoException reason) {
            to.close();
        }
    }

    /** What is done while a task computes. */
    private enum Step {
        CLOSE,
        RESET,
        CLOSE_BELOW,
        NOTHING
    }

    /** At each of the tasks of a handshake, be it the client's or the server's. */
    @ParameterizedTest
    @EnumSource
    void whateverHappensWhileATaskComputesIsToldOnce(Step step) throws IOException {
        int most = 0;
        boolean happened = true;
        while (happened) {
            happened = play(step, most++);
            assertTrue(most < 20, "a handshake has no end of tasks");
        }
        assertTrue(most > 3, "a handshake had only " + most + " tasks");
        loop.close();
    }

    /** Whether there was a task of that number. */
    private boolean play(Step step, int number) throws IOException {
        TlsContext clients = TestContexts.client("jdk").build();
        TlsContext servers = TestContexts.server("jdk").build();
        List<Fate> fates = new ArrayList<>();
        TcpServer listener =
                TcpServer.listen(
                        loop,
                        any(),
                        accepted -> fates.add(new Fate(TlsStream.server(accepted, servers))));
        TcpStream below = TcpStream.open(loop);
        below.connect(listener.localAddress());
        fates.add(new Fate(TlsStream.client(below, clients, "localhost", 443)));
        for (int i = 0; i < number; i++) {
            awaitTask();
            if (tasks.isEmpty()) {
                break;
            }
            tasks.remove().run();
        }
        awaitTask();
        boolean happens = !tasks.isEmpty();
        Fate chosen = fates.get(number % fates.size());
        boolean wasDone = !chosen.outcomes.isEmpty();
        if (happens) {
            act(step, chosen.stream);
            turn();
        }
        while (!tasks.isEmpty()) {
            tasks.remove().run();
            turn();
        }
        // In TLS 1.3 a client may be done while its server still computes.
        boolean isClean = step == Step.NOTHING || !happens;
        assertEquals(isClean || wasDone, chosen.outcomes.get(0) == chosen.stream);
        for (Fate fate : fates) {
            assertEquals(1, fate.outcomes.size(), fate.outcomes::toString);
            fate.stream.close();
        }
        listener.close();
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
        loop.run();
        assertFalse(fates.stream().anyMatch(fate -> fate.closed != 1), "closed once each");
        assertEquals(List.of(), uncaught);
        assertEquals(0, world.openSockets());
        return happens;
    }

    private static void act(Step step, TlsStream stream) {
        switch (step) {
            case CLOSE -> stream.close();
            case RESET -> stream.closeReset();
            case CLOSE_BELOW -> stream.below().close();
            case NOTHING -> {}
        }
    }

    private void awaitTask() throws IOException {
        for (int i = 0; i < 200 && tasks.isEmpty(); i++) {
            loop.run(RunMode.NOWAIT);
        }
    }

    private void turn() throws IOException {
        for (int i = 0; i < 200; i++) {
            loop.run(RunMode.NOWAIT);
        }
    }
}
