// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend;
import io.millrace.testkit.sim.SimWorld;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A client and an echo on one loop in a world made of a seed, which decides how bytes are split and
 * when they come, what fails, how much is said, and who leaves when and how.
 */
final class SimulatedTls {
    /** What the client does in the end, or in the middle. */
    private enum Leaving {
        /** Says that it has ended, and reads what comes. */
        POLITELY,
        /** Closes at some moment, maybe in the handshake. */
        CLOSE,
        /** Has the connection reset. */
        RESET,
        /** Closes what is below, without a word. */
        CUT
    }

    private final SimWorld world;
    private final EventLoop loop;
    private final SplittableRandom random;
    private final boolean isHostile;
    private final boolean plainEngines;
    private final TlsContext clients;
    private final TlsContext servers;
    private final List<Throwable> uncaught = new ArrayList<>();
    private final List<TlsStream> served = new ArrayList<>();
    private final TlsRig.Received back = new TlsRig.Received();
    private byte[] sent = new byte[0];
    private int writes;
    private int writesEnded;
    private int handshakes;
    private int handshakesEnded;
    private int serverEnds;

    private SimulatedTls(
            SimWorld world,
            SimBackend.Boundary boundary,
            boolean isHostile,
            boolean plainEngines,
            TlsContext clients,
            TlsContext servers)
            throws IoException {
        this.world = world;
        this.isHostile = isHostile;
        this.plainEngines = plainEngines;
        this.clients = clients;
        this.servers = servers;
        random = new SplittableRandom(world.random().nextLong());
        loop =
                EventLoop.open(
                        LoopOptions.builder()
                                .provider(new SimBackend(world, boundary))
                                .clock(world::nanoTime)
                                .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                                .build());
    }

    /**
     * Plays one seed with engines that do not compute; answers the world, which knows what struck.
     */
    static SimWorld play(long seed, FaultProfile profile, SimBackend.Boundary boundary)
            throws Exception {
        TlsContext context = TlsContext.client();
        return play(seed, profile, boundary, true, context, context);
    }

    /**
     * Plays one seed to its end.
     *
     * @param plainEngines whether engines are those that do not compute
     */
    static SimWorld play(
            long seed,
            FaultProfile profile,
            SimBackend.Boundary boundary,
            boolean plainEngines,
            TlsContext clients,
            TlsContext servers)
            throws Exception {
        SimWorld world = new SimWorld(seed, profile);
        SimulatedTls played;
        try {
            played =
                    new SimulatedTls(
                            world,
                            boundary,
                            profile == FaultProfile.HOSTILE,
                            plainEngines,
                            clients,
                            servers);
        } catch (IoException noLoop) {
            assertTrue(profile == FaultProfile.HOSTILE, noLoop::toString);
            return world;
        }
        try {
            played.run();
            return world;
        } catch (AssertionError | Exception failed) {
            throw new AssertionError(
                    "at "
                            + boundary
                            + ", "
                            + world.replayHint()
                            + ": "
                            + failed
                            + "\n"
                            + played.loop.describe(),
                    failed);
        }
    }

    private void run() throws Exception {
        Leaving leaving = Leaving.values()[random.nextInt(Leaving.values().length)];
        TcpServer listener;
        try {
            listener =
                    TcpServer.listen(
                            loop,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            this::serve);
        } catch (IoException refused) {
            assertTrue(isHostile, refused::toString);
            loop.close();
            return;
        }
        listener.onAcceptError((server, failure) -> {});
        TcpStream below = TcpStream.open(loop);
        below.connect(listener.localAddress());
        TlsStream client =
                plainEngines
                        ? TlsConnection.begin(
                                below, clients, new PlainEngine(true, 1 + random.nextInt(20_000)))
                        : TlsStream.client(below, clients, "localhost", 443);
        watch(client);
        client.onClosed(
                () -> {
                    listener.close();
                    // Whoever has not been told by the world that the peer is gone.
                    Timer patience = Timer.open(loop);
                    patience.start(
                            Duration.ofSeconds(60),
                            () -> {
                                served.forEach(ByteStream::close);
                                patience.close();
                            });
                });
        listen(client);
        say(client);
        Timer moment = Timer.open(loop);
        switch (leaving) {
            case POLITELY -> {
                client.shutdown().whenComplete((done, failure) -> leaveUnless(failure, client));
                moment.close();
            }
            case CLOSE -> later(moment, client::close);
            case RESET -> later(moment, client::closeReset);
            case CUT -> later(moment, () -> client.below().close());
        }
        loop.run();
        check(leaving);
        loop.close();
    }

    private void listen(TlsStream client) {
        client.read(
                new ReadHandler() {
                    @Override
                    public void onRead(ByteStream stream, Chunk chunk) {
                        back.onRead(stream, chunk);
                        if (random.nextInt(4) == 0) {
                            stream.pauseReading();
                            loop.execute(() -> goOn(stream));
                        }
                    }

                    @Override
                    public void onEnd(ByteStream stream) {
                        back.onEnd(stream);
                        stream.close();
                    }

                    @Override
                    public void onFailure(ByteStream stream, IoException reason) {
                        assertFalse(back.ended, "an end, and then " + reason);
                        back.onFailure(stream, reason);
                        stream.close();
                    }
                });
    }

    /** In a while, which is shorter than most conversations. */
    private void later(Timer moment, Runnable leave) {
        moment.start(
                Duration.ofNanos(1 + random.nextLong(3_000_000)),
                () -> {
                    leave.run();
                    moment.close();
                });
    }

    private void watch(TlsStream stream) {
        handshakes++;
        stream.handshake()
                .whenComplete(
                        (done, failure) -> {
                            handshakesEnded++;
                            if (failure != null) {
                                stream.close();
                            }
                        });
    }

    private void say(TlsStream client) {
        sent = new byte[random.nextInt(60_000)];
        random.nextBytes(sent);
        for (int at = 0; at < sent.length; ) {
            int part = Math.min(sent.length - at, 1 + random.nextInt(30_000));
            writes++;
            client.write(sent, at, part, this::written);
            at += part;
        }
    }

    /** Who could not say that it has ended would wait for an answer for ever. */
    private static void leaveUnless(@Nullable Throwable failure, TlsStream client) {
        if (failure != null) {
            client.close();
        }
    }

    private static void goOn(ByteStream stream) {
        if (!stream.isClosing()) {
            stream.resumeReading();
        }
    }

    /** Who has not said everything does not wait for all of it to come back. */
    private void written(ByteStream stream, @Nullable IoException failure) {
        writesEnded++;
        if (failure != null) {
            stream.close();
        }
    }

    private void serve(TcpStream accepted) {
        TlsStream stream =
                plainEngines
                        ? TlsConnection.begin(
                                accepted,
                                servers,
                                new PlainEngine(false, 1 + random.nextInt(20_000)))
                        : TlsStream.server(accepted, servers);
        served.add(stream);
        watch(stream);
        stream.onWriteFailure((from, failure) -> from.close());
        stream.read(
                new ReadHandler() {
                    @Override
                    public void onRead(ByteStream from, Chunk chunk) {
                        from.write(chunk);
                    }

                    @Override
                    public void onEnd(ByteStream from) {
                        serverEnds++;
                        from.closeWhenWritten();
                    }

                    @Override
                    public void onFailure(ByteStream from, IoException reason) {
                        serverEnds++;
                        from.close();
                    }
                });
    }

    private void check(Leaving leaving) {
        assertEquals(List.of(), uncaught);
        assertEquals(handshakes, handshakesEnded, "handshakes without an outcome");
        assertEquals(writes, writesEnded, "writes without an outcome");
        assertTrue(serverEnds <= 1, "the server was told of two ends");
        assertEquals(0, world.openSockets(), "sockets that are open");
        assertFalse(back.ended && back.failure != null, "an end and a failure");
        byte[] came = back.array();
        byte[] expected = Arrays.copyOf(sent, Math.min(came.length, sent.length));
        assertArrayEquals(expected, came);
        if (leaving == Leaving.POLITELY && !isHostile) {
            assertEquals(null, back.failure, () -> String.valueOf(back.failure));
            assertTrue(back.ended);
            assertEquals(sent.length, came.length);
        }
    }
}
