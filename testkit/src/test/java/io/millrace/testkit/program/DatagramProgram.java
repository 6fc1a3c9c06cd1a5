// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.net.Datagram;
import io.millrace.net.UdpSocket;
import io.millrace.testkit.referee.Referee;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend;
import io.millrace.testkit.sim.SimBackend.Boundary;
import io.millrace.testkit.sim.SimWorld;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that asks and answers by datagrams and asks again until it has heard, at every
 * boundary, in worlds where datagrams are lost, doubled, overtaken, cut, refused, and find no room.
 * What must hold: each send has one end, in order; what comes was sent; and in the end all was
 * heard.
 */
final class DatagramProgram {
    private static final int QUESTIONS = 30;
    private static final Duration PATIENCE = Duration.ofMillis(5);

    private final SimWorld world;
    private final Referee referee = new Referee();
    private final List<Throwable> uncaught = new ArrayList<>();
    private final EventLoop loop;
    private final List<Integer> started = new ArrayList<>();
    private final List<Integer> ended = new ArrayList<>();
    private final boolean[] heard = new boolean[QUESTIONS];

    /** Runs the program of a seed; whatever it throws is a fault found. */
    static SimWorld play(long seed, FaultProfile profile, Boundary boundary) throws IOException {
        SimWorld world = new SimWorld(seed, profile);
        try {
            new DatagramProgram(world, boundary).play();
            return world;
        } catch (Throwable failure) {
            throw new AssertionError("at " + boundary + ", " + world.replayHint(), failure);
        }
    }

    private DatagramProgram(SimWorld world, Boundary boundary) throws IOException {
        this.world = world;
        loop = open(boundary);
    }

    /** There may be no descriptor for what a loop opens. */
    private EventLoop open(Boundary boundary) throws IOException {
        return EventLoop.open(
                LoopOptions.builder()
                        .provider(referee.watch(new SimBackend(world, boundary)))
                        .clock(world::nanoTime)
                        .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                        .build());
    }

    private UdpSocket bind() throws IOException {
        while (true) {
            try {
                return UdpSocket.bind(
                        loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            } catch (IoException passing) {
                loop.run(RunMode.NOWAIT);
            }
        }
    }

    private void play() throws IOException {
        UdpSocket server = bind();
        UdpSocket client = bind();
        if (world.random().nextBoolean()) {
            client.connect(server.localAddress());
        }
        server.receive(
                (socket, datagram) -> {
                    if (world.random().nextInt(10) == 0) {
                        socket.pauseReceiving();
                        loop.execute(() -> goOn(socket));
                    }
                    socket.reply(datagram, datagram.data());
                });
        client.receive((socket, datagram) -> answered(datagram, server));
        Timer timer = Timer.open(loop);
        timer.startWithFixedDelay(Duration.ZERO, PATIENCE, () -> askAgain(client, server));
        while (!isDone()) {
            loop.run(RunMode.ONCE);
        }
        client.close();
        loop.closeAll();
        assertEquals(started, ended);
        assertEquals(List.of(), uncaught);
        referee.assertSettled();
        assertEquals(0, world.openSockets());
        assertTrue(world.longestStall() < 50, () -> "spun for " + world.longestStall());
    }

    /** All may have been heard meanwhile, and the loop be closing. */
    private static void goOn(UdpSocket socket) {
        if (!socket.isClosing()) {
            socket.resumeReceiving();
        }
    }

    private boolean isDone() {
        for (boolean each : heard) {
            if (!each) {
                return false;
            }
        }
        return true;
    }

    private void askAgain(UdpSocket client, UdpSocket server) {
        for (int i = 0; i < QUESTIONS; i++) {
            if (!heard[i]) {
                ByteBuffer question = ByteBuffer.allocateDirect(8).putInt(i).putInt(~i).flip();
                int number = started.size();
                started.add(number);
                boolean connected = client.remoteAddress() != null;
                client.send(
                        question,
                        connected ? null : server.localAddress(),
                        (socket, failure) -> ended.add(number));
            }
        }
    }

    /** Whole, and as it was; or cut, and then it says so. */
    private void answered(Datagram datagram, UdpSocket server) {
        assertTrue(datagram.isFrom(server.localAddress()));
        ByteBuffer data = datagram.data().buffer();
        if (data.remaining() < 8) {
            // The server may have got it so.
            return;
        }
        int number = data.getInt();
        assertEquals(~number, data.getInt());
        heard[number] = true;
    }
}
