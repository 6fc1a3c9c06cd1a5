// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static io.millrace.testkit.program.Program.check;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend;
import io.millrace.testkit.sim.SimBackend.Boundary;
import io.millrace.testkit.sim.SimWorld;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * A loop that talks to itself while its chunks run out: both ends of a connection receive from one
 * pool of sixteen, so whoever holds all of them keeps the other from ever releasing one.
 */
final class Starvation {
    private static final int CHUNK_BYTES = 1024;

    /** More than the pool and both socket buffers hold. */
    private static final int MANY_BYTES = 400_000;

    /** More than the pool, less than the pool and the copies that it allows. */
    private static final int KEPT_BYTES = 20 * CHUNK_BYTES;

    private final EventLoop loop;
    private int sent;
    private int back;

    private Starvation(long seed, String profile, String boundary) throws Exception {
        SimWorld world = new SimWorld(seed, FaultProfile.valueOf(profile));
        SimBackend backend = new SimBackend(world, Boundary.valueOf(boundary));
        loop =
                EventLoop.open(
                        LoopOptions.builder()
                                .provider(backend)
                                .clock(world::nanoTime)
                                .chunks(16, CHUNK_BYTES)
                                .build());
    }

    /** An echo that heeds no watermark, and a client that reads late. */
    static final class InQueues {
        private InQueues() {}

        static void play(long seed, String profile, String boundary) throws Exception {
            new Starvation(seed, profile, boundary)
                    .run(MANY_BYTES, (stream, chunk) -> stream.write(chunk));
        }
    }

    /** A receiver that keeps what it gets until it has all of it. */
    static final class InHands {
        private InHands() {}

        static void play(long seed, String profile, String boundary) throws Exception {
            ArrayDeque<Chunk> kept = new ArrayDeque<>();
            int[] bytes = new int[1];
            ReadHandler keeper =
                    (stream, chunk) -> {
                        bytes[0] += chunk.length();
                        kept.add(chunk.keep());
                        while (bytes[0] == KEPT_BYTES && !kept.isEmpty()) {
                            stream.write(kept.peek());
                            kept.remove().release();
                        }
                    };
            new Starvation(seed, profile, boundary).run(KEPT_BYTES, keeper);
        }
    }

    private void run(int total, ReadHandler server) throws Exception {
        TcpServer listener =
                TcpServer.listen(
                        loop,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        connection -> connection.read(server));
        TcpStream client = TcpStream.open(loop);
        client.connect(listener.localAddress());
        client.read(
                new ReadHandler() {
                    @Override
                    public void onRead(ByteStream stream, Chunk chunk) {
                        back += chunk.length();
                        if (back == total) {
                            stream.close();
                            listener.close();
                        }
                    }
                });
        client.pauseReading();
        while (sent < total) {
            int size = Math.min(CHUNK_BYTES, total - sent);
            client.write(new byte[size], 0, size);
            sent += size;
        }
        Timer later = Timer.open(loop);
        later.start(Duration.ofSeconds(1), client::resumeReading);
        loop.run();
        check(back == total, back + " of " + total + " bytes came back");
        loop.closeAll();
    }
}
