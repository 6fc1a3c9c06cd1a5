// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Something happens to a handshake after its first byte, after its second, and so on to its last:
 * the connection is cut, or an end closes. Whatever it is, each end is told once, nobody waits for
 * anything any more, and everything is closed. In a simulated world, where a relay counts the bytes
 * of both directions.
 */
class EveryByteOfAHandshakeTest {
    /** More than a handshake has, whoever makes it. */
    private static final int MOST_BYTES = 4_000;

    private static final int LONGEST_NANOS = 60_000_000;

    /** Sessions are found by host and port, and none is to be resumed. */
    private static int nextPort;

    /** What happens. */
    private enum Event {
        /** The connection ends in both directions. */
        FIN,
        /** The connection is reset. */
        RESET,
        CLIENT_CLOSES,
        CLIENT_RESETS,
        CLIENT_ENDS,
        SERVER_CLOSES,
        SERVER_RESETS,
        SERVER_ENDS
    }

    /**
     * Conscrypt's handshakes take a fifth of the JDK's, so those are cut at each byte.
     *
     * @param cutStep how many bytes further each cut is
     * @param closeStep how many each close
     */
    @ParameterizedTest
    @CsvSource({
        "conscrypt,TLSv1.3,1,13",
        "conscrypt,TLSv1.2,5,17",
        "jdk,TLSv1.3,97,199",
        "jdk,TLSv1.2,97,199"
    })
    void whateverHappensAfterAnyByteIsToldOnceAndLeavesNothing(
            String engine, String protocol, int cutStep, int closeStep) throws IOException {
        TlsContext clients =
                TestContexts.client(engine).protocols(protocol).tasksInline(true).build();
        TlsContext servers =
                TestContexts.server(engine).protocols(protocol).tasksInline(true).build();
        World world = new World();
        for (Event event : Event.values()) {
            boolean isCut = event == Event.FIN || event == Event.RESET;
            boolean happened = true;
            int bytes = 0;
            while (happened && bytes < MOST_BYTES) {
                try {
                    happened = new Conversation(world, clients, servers).run(event, bytes);
                } catch (AssertionError | RuntimeException failed) {
                    throw new AssertionError(event + " at byte " + bytes + ": " + failed, failed);
                }
                bytes += isCut ? cutStep : closeStep;
            }
            assertTrue(bytes > 600, event + ": the handshake had only " + bytes + " bytes");
            assertTrue(!happened, event + ": the handshake has no end");
        }
        world.loop.close();
    }

    /** Where nothing goes wrong by itself. */
    private static final class World {
        final SimWorld simulated = new SimWorld(7, FaultProfile.NONE);
        final List<Throwable> uncaught = new ArrayList<>();
        final EventLoop loop;

        World() throws IOException {
            simulated.limitPolls(Long.MAX_VALUE);
            loop =
                    EventLoop.open(
                            LoopOptions.builder()
                                    .provider(
                                            new SimBackend(
                                                    simulated, SimBackend.Boundary.COMPLETION))
                                    .clock(simulated::nanoTime)
                                    .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                                    .build());
        }
    }

    /** One handshake, from end to end. */
    private static final class Conversation {
        private final List<TcpStream> relayed = new ArrayList<>();
        private final List<Object> outcomes = new ArrayList<>();
        private final List<Runnable> held = new ArrayList<>();
        private final List<ByteStream> closed = new ArrayList<>();
        private final List<ByteStream> ended = new ArrayList<>();
        private final World world;
        private final EventLoop loop;
        private final TlsContext clients;
        private final TcpServer server;
        private final TcpServer relay;
        private TlsStream client;
        private TlsStream served;
        private Event event;
        private int left;
        private int known;
        private boolean happened;
        private boolean hasHappened;

        Conversation(World world, TlsContext clients, TlsContext servers) throws IOException {
            this.world = world;
            this.clients = clients;
            loop = world.loop;
            InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            server =
                    TcpServer.listen(
                            loop,
                            any,
                            accepted -> {
                                served = TlsStream.server(accepted, servers);
                                watch(served);
                            });
            relay = TcpServer.listen(loop, any, this::relay);
        }

        private void watch(TlsStream stream) {
            stream.handshake()
                    .whenComplete(
                            (done, failure) -> outcomes.add(failure == null ? done : failure));
            stream.onClosed(() -> closed.add(stream));
            stream.onWriteFailure((from, reason) -> {});
            stream.read(
                    new ReadHandler() {
                        @Override
                        public void onRead(ByteStream from, Chunk chunk) {
                            throw new AssertionError("nobody has said anything");
                        }

                        @Override
                        public void onEnd(ByteStream from) {
                            ended.add(from);
                        }

                        @Override
                        public void onFailure(ByteStream from, IoException reason) {
                            ended.add(from);
                        }
                    });
        }

        private void relay(TcpStream accepted) {
            TcpStream onward = TcpStream.open(loop);
            onward.connect(server.localAddress());
            pipe(accepted, onward);
            pipe(onward, accepted);
        }

        private void pipe(TcpStream from, TcpStream to) {
            relayed.add(from);
            from.onWriteFailure((stream, reason) -> {});
            from.read(
                    new ReadHandler() {
                        @Override
                        public void onRead(ByteStream stream, Chunk chunk) {
                            byte[] bytes = new byte[chunk.length()];
                            chunk.copyTo(0, bytes, 0, bytes.length);
                            handOn(to, bytes);
                        }

                        @Override
                        public void onEnd(ByteStream stream) {
                            to.closeWhenWritten();
                            stream.closeWhenWritten();
                        }

                        @Override
                        public void onFailure(ByteStream stream, IoException reason) {
                            to.closeReset();
                            stream.close();
                        }
                    });
        }

        private void handOn(TcpStream to, byte[] bytes) {
            int before = Math.min(bytes.length, left);
            write(to, bytes, 0, before);
            left -= before;
            if (before == bytes.length) {
                return;
            }
            held.add(() -> write(to, bytes, before, bytes.length - before));
            if (!happened) {
                happened = true;
                // What came before has come when it happens, and been worked on.
                after(1_000_000, this::happens);
            } else if (hasHappened) {
                release();
            }
        }

        private static void write(TcpStream to, byte[] bytes, int start, int count) {
            if (count > 0 && !to.isClosing()) {
                to.write(bytes, start, count);
            }
        }

        private void release() {
            List<Runnable> due = List.copyOf(held);
            held.clear();
            due.forEach(Runnable::run);
        }

        private void after(long nanos, Runnable action) {
            Timer timer = Timer.open(loop);
            timer.start(
                    Duration.ofNanos(nanos),
                    () -> {
                        timer.close();
                        action.run();
                    });
        }

        private void happens() {
            hasHappened = true;
            switch (event) {
                case FIN -> {
                    relayed.forEach(ByteStream::closeWhenWritten);
                    return;
                }
                case RESET -> {
                    relayed.forEach(ByteStream::closeReset);
                    return;
                }
                case CLIENT_CLOSES -> client.close();
                case CLIENT_RESETS -> client.closeReset();
                case CLIENT_ENDS -> client.closeWhenWritten();
                case SERVER_CLOSES -> served.close();
                case SERVER_RESETS -> served.closeReset();
                case SERVER_ENDS -> served.closeWhenWritten();
            }
            release();
        }

        /** Whether it has happened before all was said. */
        boolean run(Event what, int bytes) throws IOException {
            event = what;
            left = bytes;
            TcpStream below = TcpStream.open(loop);
            below.connect(relay.localAddress());
            client = TlsStream.client(below, clients, "localhost", ++nextPort);
            watch(client);
            after(
                    LONGEST_NANOS,
                    () -> {
                        known = outcomes.size();
                        // Whoever was not closed by what has happened: that is its owner's to do.
                        client.close();
                        served.close();
                        relay.close();
                        server.close();
                        relayed.forEach(ByteStream::close);
                    });
            loop.run();
            assertEquals(List.of(), world.uncaught);
            assertEquals(2, known, () -> "ends that know without their owner's doing: " + outcomes);
            assertEquals(2, outcomes.size(), "outcomes of handshakes");
            assertEquals(2, closed.size(), "streams that are closed");
            assertTrue(ended.stream().distinct().count() == ended.size(), "told twice");
            assertEquals(0, world.simulated.openSockets(), "open sockets");
            return happened;
        }
    }
}
