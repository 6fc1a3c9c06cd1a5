// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.Timer;
import io.millrace.net.ConnectOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.testkit.contract.ScriptedResolver;
import io.millrace.testkit.sim.SimBackend.Boundary;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * When each attempt of a connect by name begins, and which one wins, in simulated time. At the
 * loopback addresses of this world somebody listens or connects are refused; everywhere else nobody
 * ever answers.
 */
class HappyEyeballsTest {
    private static final String LIVE = "127.0.0.1";
    private static final String DEAD = "192.0.2.1";
    private static final String DEAD_TOO = "192.0.2.2";
    private static final String DEAD_6 = "2001:db8::1";
    private static final long MILLISECOND = 1_000_000;

    private final SimWorld world = new SimWorld(3, FaultProfile.NONE);
    private final List<Long> begun = new ArrayList<>();
    private final List<TcpStream> attempts = new ArrayList<>();
    private EventLoop loop;
    private @Nullable TcpStream winner;
    private @Nullable IoException failure;
    private long endedAt;

    private int open(Boundary boundary, boolean listens) throws IOException {
        loop =
                EventLoop.open(
                        LoopOptions.builder()
                                .provider(new SimBackend(world, boundary))
                                .clock(world::nanoTime)
                                .workExecutor(world.executor())
                                .build());
        TcpServer server =
                TcpServer.listen(loop, new InetSocketAddress(LIVE, 0), stream -> stream.close());
        server.unref();
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        if (!listens) {
            server.close();
        }
        return port;
    }

    private ConnectOptions.Builder options(ScriptedResolver resolver) {
        return ConnectOptions.builder()
                .resolver(resolver)
                .configure(
                        stream -> {
                            attempts.add(stream);
                            begun.add(world.elapsedNanos() / MILLISECOND);
                        });
    }

    private void connect(int port, ConnectOptions.Builder options) throws IOException {
        TcpStream.connect(loop, "host", port, options.build()).stream()
                .whenComplete(
                        (stream, thrown) -> {
                            winner = stream;
                            failure = (IoException) thrown;
                            endedAt = world.elapsedNanos() / MILLISECOND;
                        });
        loop.run();
        loop.walk(
                handle -> {
                    boolean left = handle instanceof TcpStream && handle != winner;
                    assertTrue(!left, () -> "left open: " + handle);
                });
        loop.closeAll();
        assertEquals(0, world.openSockets());
    }

    private String peer(TcpStream stream) {
        return ((InetSocketAddress) assertPresent(stream.remoteAddress()))
                .getAddress()
                .getHostAddress();
    }

    private static <T> T assertPresent(@Nullable T object) {
        assertNotNull(object);
        return object;
    }

    private List<String> tried() {
        return attempts.stream().map(this::peer).toList();
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void aDeadFirstAddressCostsTheDelayAndNoMore(Boundary boundary) throws IOException {
        int port = open(boundary, true);
        connect(port, options(ScriptedResolver.knowing(DEAD, LIVE)));
        assertEquals(attempts.get(1), winner);
        assertEquals(List.of(0L, 250L), begun);
        assertEquals(250, endedAt);
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void anAddressThatRefusesIsFollowedAtOnce(Boundary boundary) throws IOException {
        int port = open(boundary, false);
        connect(port, options(ScriptedResolver.knowing(LIVE, "127.0.0.2", "::1")));
        assertNull(winner);
        assertEquals(List.of(0L, 0L, 0L), begun);
        assertEquals("ECONNREFUSED", assertPresent(failure).errorName());
        assertEquals(3, failure.getSuppressed().length);
    }

    /** To the JDK they are equal. */
    @ParameterizedTest
    @EnumSource(Boundary.class)
    void addressesThatDifferInTheirScopeAreTwo(Boundary boundary) throws IOException {
        int port = open(boundary, true);
        String[] hosts = {"fe80::1%1", "fe80::1%2", "fe80::1%1"};
        connect(port, options(ScriptedResolver.knowing(hosts)));
        assertEquals(List.of("fe80:0:0:0:0:0:0:1%1", "fe80:0:0:0:0:0:0:1%2"), tried());
        assertEquals(2, assertPresent(failure).getSuppressed().length);
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains("%1], [fe80:0:0:0:0:0:0:1%2]"), message);
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void familiesTakeTurnsAndEachKeepsItsOrder(Boundary boundary) throws IOException {
        int port = open(boundary, true);
        connect(
                port,
                options(ScriptedResolver.knowing(DEAD, DEAD_TOO, DEAD, LIVE, DEAD_6))
                        .attemptDelay(Duration.ofMillis(100)));
        assertEquals(List.of(DEAD, "2001:db8:0:0:0:0:0:1", DEAD_TOO, LIVE), tried());
        assertEquals(List.of(0L, 100L, 200L, 300L), begun);
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void aRefusalStartsTheDelayAnew(Boundary boundary) throws IOException {
        int port = open(boundary, false);
        connect(
                port,
                options(ScriptedResolver.knowing(DEAD, LIVE, DEAD_TOO, "127.0.0.2"))
                        .deadline(Duration.ofMillis(600)));
        assertEquals(List.of(0L, 250L, 250L, 500L), begun);
        IoException late = assertPresent(failure);
        assertEquals("ETIMEDOUT", late.errorName());
        assertEquals(600, endedAt);
        assertEquals(
                "connect host:"
                        + port
                        + ": ETIMEDOUT: not connected within PT0.6S: ECONNREFUSED (connection"
                        + " refused) at 127.0.0.1, 127.0.0.2; unanswered: 192.0.2.1, 192.0.2.2",
                late.getMessage());
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void whatWasNotTriedWithinTheDeadlineIsSaid(Boundary boundary) throws IOException {
        int port = open(boundary, true);
        connect(
                port,
                options(ScriptedResolver.knowing(DEAD, DEAD_TOO, LIVE))
                        .deadline(Duration.ofMillis(300)));
        String message = String.valueOf(assertPresent(failure).getMessage());
        assertTrue(
                message.endsWith("; unanswered: 192.0.2.1, 192.0.2.2; not tried: 127.0.0.1"),
                message);
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void theLastOfOneHundredIsReached(Boundary boundary) throws IOException {
        int port = open(boundary, true);
        String[] hosts = new String[100];
        Arrays.setAll(hosts, i -> "192.0.2." + (i + 1));
        hosts[99] = LIVE;
        connect(port, options(ScriptedResolver.knowing(hosts)));
        assertEquals(attempts.get(99), winner);
        assertEquals(99 * 250L, endedAt);
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void ifNobodyAnswersEachEndsAsTheSystemSays(Boundary boundary) throws IOException {
        int port = open(boundary, true);
        connect(port, options(ScriptedResolver.knowing(DEAD, DEAD_TOO)));
        assertEquals("ETIMEDOUT", assertPresent(failure).errorName());
        assertEquals(2, failure.getSuppressed().length);
        assertTrue(endedAt > 60_000, () -> "after " + endedAt + " ms");
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void aLateResolverCountsAgainstTheDeadlineAndIsNotHeardAfterIt(Boundary boundary)
            throws IOException {
        int port = open(boundary, true);
        ScriptedResolver resolver = ScriptedResolver.silent();
        Timer late = Timer.open(loop);
        late.start(Duration.ofMillis(400), () -> resolver.answer(DEAD, LIVE));
        connect(port, options(resolver).deadline(Duration.ofMillis(500)));
        assertEquals(List.of(400L), begun);
        assertEquals(500, endedAt);
        assertEquals("ETIMEDOUT", assertPresent(failure).errorName());
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void outOfDescriptorsIsTheReasonOfEach(Boundary boundary) throws IOException {
        int port = open(boundary, true);
        world.limitDescriptors(world.openSockets());
        connect(port, options(ScriptedResolver.knowing(LIVE, "::1")));
        assertEquals("EMFILE", assertPresent(failure).errorName());
        assertEquals(2, failure.getSuppressed().length);
    }

    @ParameterizedTest
    @EnumSource(Boundary.class)
    void twoThatAnswerTogetherLeaveOneStream(Boundary boundary) throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            SimWorld rough = new SimWorld(seed, FaultProfile.NONE).with(Fault.DELAY, 0.7);
            EventLoop racing =
                    EventLoop.open(
                            LoopOptions.builder()
                                    .provider(new SimBackend(rough, boundary))
                                    .clock(rough::nanoTime)
                                    .build());
            TcpServer server =
                    TcpServer.listen(
                            racing, new InetSocketAddress(LIVE, 0), stream -> stream.close());
            server.unref();
            List<TcpStream> won = new ArrayList<>();
            TcpStream.connect(
                            racing,
                            "host",
                            ((InetSocketAddress) server.localAddress()).getPort(),
                            ConnectOptions.builder()
                                    .resolver(ScriptedResolver.knowing(DEAD, LIVE, "127.0.0.2"))
                                    .attemptDelay(ConnectOptions.LEAST_ATTEMPT_DELAY)
                                    .build())
                    .stream()
                    .thenAccept(won::add);
            racing.run();
            List<Handle> open = new ArrayList<>();
            racing.walk(handle -> open.add(handle));
            assertEquals(List.of(server, won.get(0)), open);
            racing.closeAll();
            assertEquals(0, rough.openSockets());
        }
    }
}
