// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Prepare;
import io.millrace.Timer;
import io.millrace.net.DatagramCallback;
import io.millrace.net.TcpServer;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A flood of datagrams goes on in shares, beside sockets and timers. */
public abstract class UdpFairnessContract extends UdpFixture {
    private static final int SOCKETS = 4;

    /** Of the quiet neighbour, and of a timer. */
    private static final int TIMES = 30;

    /** In one turn, of all sockets: as many receive buffers as a ring has, and some. */
    private static final long MOST_IN_A_TURN = 2048;

    private long datagrams;
    private long mostInATurn;
    private int echoes;
    private int ticks;

    @Override
    boolean isRefereed() {
        return false;
    }

    private void measureTurns() {
        long[] before = {0};
        Prepare turns = Prepare.open(serverLoop());
        turns.start(
                () -> {
                    mostInATurn = Math.max(mostInATurn, datagrams - before[0]);
                    before[0] = datagrams;
                });
        Timer timer = Timer.open(serverLoop());
        timer.startWithFixedDelay(Duration.ofMillis(1), Duration.ofMillis(1), () -> ticks++);
    }

    @Test
    void aFloodOfDatagramsHoldsUpNeitherSocketsNorTimers() throws IOException {
        assumeReal("a peer with its own thread");
        List<InetSocketAddress> targets = new ArrayList<>();
        for (int i = 0; i < SOCKETS; i++) {
            UdpSocket server = server();
            server.receive(
                    (socket, datagram) -> {
                        datagrams++;
                        socket.reply(datagram, datagram.data());
                    });
            targets.add(server.localAddress());
        }
        TcpServer tcp =
                TcpServer.listen(
                        serverLoop(),
                        anyPort(),
                        stream ->
                                stream.read(
                                        (same, chunk) -> {
                                            echoes++;
                                            same.write(chunk);
                                        }));
        measureTurns();
        try (Flooder flooder = new Flooder(targets);
                PlainPeer neighbour = new PlainPeer(tcp.localAddress())) {
            until("the flood", () -> datagrams > 1000);
            neighbour.playPingPong();
            int before = ticks;
            until("the neighbour", () -> echoes >= TIMES && ticks - before >= TIMES);
            assertTrue(flooder.isAlive());
        }
        assertTrue(mostInATurn <= MOST_IN_A_TURN, () -> mostInATurn + " datagrams in one turn");
    }

    /** Each end of a send causes the next. */
    @Test
    void anEndlessChainOfSendsHoldsUpNobody() throws IOException {
        InetSocketAddress nobody = nobody();
        UdpSocket client = UdpSocket.bind(serverLoop(), anyPort());
        ByteBuffer data = direct(bytes(100));
        DatagramCallback[] again = new DatagramCallback[1];
        again[0] =
                (socket, failure) -> {
                    datagrams++;
                    if (!socket.isClosing()) {
                        for (int i = 0; i < 2 && socket.sendQueueSize() < 60_000; i++) {
                            socket.send(data.duplicate(), nobody, again[0]);
                        }
                    }
                };
        measureTurns();
        client.send(data.duplicate(), nobody, again[0]);
        until("ticks", () -> ticks >= TIMES && datagrams > 1000);
        assertTrue(mostInATurn <= MOST_IN_A_TURN, () -> mostInATurn + " ends in one turn");
        client.close();
        until("closed", client::isClosed);
    }

    /** Sends as fast as it can, on a thread of its own. */
    private static final class Flooder implements AutoCloseable {
        private final DatagramSocket socket = new DatagramSocket();
        private final Thread thread;

        Flooder(List<InetSocketAddress> targets) throws IOException {
            thread = new Thread(() -> flood(targets), "millrace-testkit-flood");
            thread.setDaemon(true);
            thread.start();
        }

        private void flood(List<InetSocketAddress> targets) {
            byte[] bytes = new byte[64];
            try {
                while (true) {
                    for (InetSocketAddress each : targets) {
                        socket.send(new DatagramPacket(bytes, bytes.length, each));
                    }
                }
            } catch (IOException closed) {
                // That is how it ends.
                return;
            }
        }

        boolean isAlive() {
            return thread.isAlive();
        }

        @Override
        public void close() {
            socket.close();
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
