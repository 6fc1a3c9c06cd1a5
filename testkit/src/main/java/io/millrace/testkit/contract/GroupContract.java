// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.net.ByteStream;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The two server patterns of several loops, each on a thread of its own: an acceptor that hands
 * connections to a group, and a listener on every loop. The clients live on the test's loop.
 */
public abstract class GroupContract extends ContractTest {
    private static final int LOOPS = 2;

    /** So many that a kernel which spreads them leaves no loop without any. */
    private static final int CONNECTIONS = 40;

    /** The threads that connections were handed over on, and what went wrong there. */
    private final Queue<String> served = new ConcurrentLinkedQueue<>();

    private final Queue<Throwable> uncaught = new ConcurrentLinkedQueue<>();
    private final Journal journal = new Journal();

    @BeforeEach
    void needThreads() {
        assumeReal("a group with its threads");
    }

    @Override
    boolean isRefereed() {
        return false;
    }

    private EventLoopGroup group() throws IoException {
        return EventLoopGroup.open(
                LOOPS,
                LoopOptions.builder()
                        .provider(serverBackend().provider())
                        .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                        .build());
    }

    private void serve(ByteStream connection) {
        boolean atHome = connection.loop().inLoop();
        served.add(atHome ? Thread.currentThread().getName() : "not the connection's thread");
        connection.read((stream, chunk) -> stream.write(chunk));
    }

    private void echoThroughEach(SocketAddress address, int connections) throws IOException {
        int expected = journal.receivedCount() + connections;
        for (int i = 0; i < connections; i++) {
            TcpStream client = TcpStream.open(clientLoop());
            client.connect(address);
            client.write(bytes(1), 0, 1);
            client.read(journal.reader("client"));
        }
        until("all echoes", () -> journal.receivedCount() == expected);
    }

    private Map<String, Long> servedByThread() {
        return served.stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    @Test
    void aKeptChunkIsItsOwnLoopsAndAStreamOfAnotherLoopCopiesIt() throws Exception {
        TcpPair pair = connectTcp();
        List<Chunk> kept = new ArrayList<>();
        pair.server().read((stream, chunk) -> kept.add(chunk.keep()));
        byte[] sent = bytes(1000);
        pair.client().write(sent, 0, sent.length);
        until("kept", () -> kept.stream().mapToInt(Chunk::length).sum() == sent.length);
        CompletableFuture<Object> outcome = new CompletableFuture<>();
        try (EventLoopGroup group = group()) {
            TcpServer away =
                    TcpServer.listen(
                                    group,
                                    anyPort(),
                                    ServerOptions.DEFAULT,
                                    stream -> writeAway(stream, kept, outcome))
                            .get(0);
            TcpStream reader = TcpStream.open(clientLoop());
            reader.connect(away.localAddress());
            reader.read(journal.reader("reader"));
            until("all bytes", () -> journal.receivedCount() == sent.length);
            until("written", outcome::isDone);
            assertEquals("[keep refused, release refused]", outcome.get().toString());
        }
        assertArrayEquals(sent, journal.received());
        kept.forEach(Chunk::release);
        assertEquals(List.of(), List.copyOf(uncaught));
    }

    private static void writeAway(
            ByteStream stream, List<Chunk> kept, CompletableFuture<Object> outcome) {
        List<String> refusals = new ArrayList<>();
        try {
            kept.get(0).keep();
        } catch (IllegalStateException elsewhere) {
            refusals.add("keep refused");
        }
        try {
            kept.get(0).release();
        } catch (IllegalStateException elsewhere) {
            refusals.add("release refused");
        }
        for (Chunk chunk : kept) {
            stream.write(chunk, (same, failure) -> {});
        }
        outcome.complete(refusals);
    }

    @Test
    void anAcceptorHandsConnectionsToTheLoopsOfAGroupInTurn() throws IOException {
        try (EventLoopGroup group = group()) {
            ServerOptions handing = ServerOptions.builder().handTo(group).build();
            TcpServer server = TcpServer.listen(serverLoop(), anyPort(), handing, this::serve);
            echoThroughEach(server.localAddress(), CONNECTIONS);
            Map<String, Long> shares = servedByThread();
            assertEquals(LOOPS, shares.size(), shares::toString);
            long share = CONNECTIONS / LOOPS;
            shares.forEach((thread, count) -> assertEquals(share, count, thread));
            shares.keySet().forEach(name -> assertTrue(name.matches("millrace-\\d+-\\d+"), name));
        }
        assertEquals(List.of(), List.copyOf(uncaught));
    }

    @Test
    void everyLoopOfAGroupTakesItsShareOfOneAddress() throws IOException {
        try (EventLoopGroup group = group()) {
            List<TcpServer> servers =
                    TcpServer.listen(group, anyPort(), ServerOptions.DEFAULT, this::serve);
            SocketAddress address = servers.get(0).localAddress();
            servers.forEach(server -> assertEquals(address, server.localAddress()));
            echoThroughEach(address, CONNECTIONS);
            Map<String, Long> shares = servedByThread();
            assertEquals(LOOPS, shares.size(), shares::toString);
            assertEquals(CONNECTIONS, served.size());
        }
        assertEquals(List.of(), List.copyOf(uncaught));
    }

    @Test
    void aGroupAcceptsForAnotherThatServes() throws IOException {
        try (EventLoopGroup accepting = group();
                EventLoopGroup serving = group()) {
            ServerOptions handing = ServerOptions.builder().handTo(serving).build();
            List<TcpServer> servers = TcpServer.listen(accepting, anyPort(), handing, this::serve);
            echoThroughEach(servers.get(0).localAddress(), CONNECTIONS);
            Map<String, Long> shares = servedByThread();
            List<String> threads =
                    serving.loops().stream().map(loop -> loop.toString()).sorted().toList();
            assertEquals(LOOPS, shares.size(), shares::toString);
            shares.keySet()
                    .forEach(
                            thread ->
                                    assertTrue(
                                            threads.stream()
                                                    .anyMatch(each -> each.contains(thread)),
                                            thread));
        }
        assertEquals(List.of(), List.copyOf(uncaught));
    }

    @Test
    void connectionsCannotBeHandedToAGroupThatIsClosed() throws IOException {
        EventLoopGroup group = group();
        group.close();
        ServerOptions handing = ServerOptions.builder().handTo(group).build();
        assertThrows(
                IllegalArgumentException.class,
                () -> TcpServer.listen(serverLoop(), anyPort(), handing, this::serve));
    }

    @Test
    void aGroupThatCannotListenSaysWhyAndGoesOn() throws IOException {
        TcpServer taken = TcpServer.listen(serverLoop(), anyPort(), this::serve);
        try (EventLoopGroup group = group()) {
            IoException failure =
                    assertThrows(
                            IoException.class,
                            () ->
                                    TcpServer.listen(
                                            group,
                                            taken.localAddress(),
                                            ServerOptions.DEFAULT,
                                            this::serve));
            assertEquals("EADDRINUSE", failure.errorName());
            List<TcpServer> servers =
                    TcpServer.listen(group, anyPort(), ServerOptions.DEFAULT, this::serve);
            echoThroughEach(servers.get(0).localAddress(), 1);
        }
    }

    @Test
    void aGroupClosesItsConnectionsAndItsAcceptorOutlivesIt() throws IOException {
        EventLoopGroup group = group();
        ServerOptions handing = ServerOptions.builder().handTo(group).build();
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), handing, this::serve);
        server.onAcceptError((each, failure) -> journal.add("server " + failure.errorName()));
        echoThroughEach(server.localAddress(), LOOPS);
        group.close();
        group.close();
        until("both ends", () -> journal.count("client end") == LOOPS);
        TcpStream late = TcpStream.open(clientLoop());
        late.connect(server.localAddress());
        late.read(journal.reader("late"));
        until("told", () -> journal.has("server ECANCELED"));
        until("late has ended", () -> journal.lines().size() == LOOPS + 2);
        assertTrue(!server.isClosing() && uncaught.isEmpty(), uncaught::toString);
    }

    @Test
    void waitingForItselfIsRefusedOnAThreadOfTheGroup() throws IOException {
        try (EventLoopGroup group = group()) {
            EventLoop loop = group.next();
            assertRefused("own threads", () -> onLoop(loop, group::close));
            assertRefused(
                    "thread of the group",
                    () ->
                            onLoop(
                                    loop,
                                    () -> {
                                        try {
                                            TcpServer.listen(
                                                    group,
                                                    anyPort(),
                                                    ServerOptions.DEFAULT,
                                                    this::serve);
                                        } catch (IoException unexpected) {
                                            throw new AssertionError(unexpected);
                                        }
                                    }));
        }
    }

    private static void onLoop(EventLoop loop, Runnable task) throws Throwable {
        try {
            CompletableFuture.runAsync(task, loop::execute).join();
        } catch (CompletionException failed) {
            throw Objects.requireNonNull(failed.getCause());
        }
    }
}
