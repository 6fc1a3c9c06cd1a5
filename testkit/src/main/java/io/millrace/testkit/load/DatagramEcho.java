// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.load;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.UdpSocket;
import io.millrace.testkit.AllocationMeter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Datagrams that go to and fro between many sockets and one, all on one loop, so that what it
 * allocates is what they cost. Used by one thread.
 */
public final class DatagramEcho {
    private static final int PEERS = 64;
    private static final int BYTES = 64;

    /** In flight for each peer, so that several come at once. */
    private static final int WINDOW = 4;

    private static final int ROUNDS = 5;

    private final EventLoop loop;
    private final ByteBuffer ball = ByteBuffer.allocateDirect(BYTES);
    private long echoes;

    private DatagramEcho(EventLoop loop) {
        this.loop = loop;
    }

    /**
     * What a loop of a backend allocates for so many datagrams, each of which is answered: the
     * least of a few rounds, because the first pay for compilation. In bytes.
     */
    public static long leastAllocated(String backend, int datagrams) throws IOException {
        try (EventLoop loop = EventLoop.open(LoopOptions.builder().backend(backend).build())) {
            DatagramEcho echo = new DatagramEcho(loop);
            echo.begin();
            long least = Long.MAX_VALUE;
            AllocationMeter meter = AllocationMeter.ofCurrentThread();
            for (int round = 0; round < ROUNDS; round++) {
                meter.restart();
                long end = echo.echoes + datagrams;
                while (echo.echoes < end) {
                    loop.run(RunMode.ONCE);
                }
                least = Math.min(least, meter.allocatedBytes());
            }
            loop.closeAll();
            return least;
        }
    }

    private void begin() throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        UdpSocket server = UdpSocket.bind(loop, any);
        server.receive((socket, datagram) -> socket.reply(datagram, datagram.data()));
        List<UdpSocket> clients = new ArrayList<>();
        for (int i = 0; i < PEERS; i++) {
            // Half of them say with each datagram where it is to go.
            UdpSocket client =
                    i % 2 == 0
                            ? UdpSocket.connect(loop, server.localAddress())
                            : UdpSocket.bind(loop, any);
            client.receive(
                    (socket, datagram) -> {
                        echoes++;
                        send(socket, server.localAddress());
                    });
            clients.add(client);
        }
        for (UdpSocket client : clients) {
            for (int i = 0; i < WINDOW; i++) {
                send(client, server.localAddress());
            }
        }
    }

    private void send(UdpSocket client, InetSocketAddress server) {
        client.send(ball.clear(), client.remoteAddress() == null ? server : null);
    }
}
