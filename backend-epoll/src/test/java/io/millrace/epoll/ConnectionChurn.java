// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.RunMode;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.spi.Code;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Connections that come and go on one loop, both ends of each, in every way a connection can end;
 * which way, after how many bytes, is drawn from a seed.
 *
 * <p>Spread over several ports, because a closed connection keeps its pair of ports for a while.
 */
final class ConnectionChurn {
    private static final int PORTS = 8;
    private static final int AT_ONCE = 64;
    private static final int LARGEST = 200_000;

    private final EventLoop loop;
    private final Random random;
    private final List<TcpServer> servers = new ArrayList<>();
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(LARGEST);
    private final List<Throwable> surprises = new ArrayList<>();
    private int begun;
    private int ended;

    ConnectionChurn(EventLoop loop, long seed) throws IoException {
        this.loop = loop;
        this.random = new Random(seed);
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        for (int i = 0; i < PORTS; i++) {
            servers.add(TcpServer.listen(loop, loopback, this::serve));
        }
    }

    /** Has {@code count} more connections come and go. */
    void run(int count) throws IoException {
        int target = ended + count;
        while (ended < target) {
            while (begun - ended < AT_ONCE && begun < target) {
                begin();
            }
            loop.run(RunMode.ONCE);
        }
    }

    /** What went wrong in ways that nobody drew. */
    List<Throwable> surprises() {
        return surprises;
    }

    void stop() {
        servers.forEach(TcpServer::close);
    }

    private void serve(ByteStream connection) {
        if (random.nextInt(10) == 0) {
            connection.closeReset();
        } else {
            connection.read((stream, data) -> stream.write(data));
        }
    }

    private void begin() {
        TcpServer server = servers.get(begun++ % PORTS);
        TcpStream client = TcpStream.open(loop);
        client.onClosed(() -> ended++);
        client.onWriteFailure((stream, failure) -> stream.close());
        client.connect(server.localAddress())
                .whenComplete((stream, failure) -> connected(client, failure));
        if (random.nextInt(20) == 0) {
            client.close();
        }
    }

    private void connected(ByteStream client, Throwable failure) {
        if (client.isClosing()) {
            return;
        }
        if (failure != null) {
            noteUnlessReset(failure);
            client.close();
            return;
        }
        int length = 1 + random.nextInt(random.nextInt(20) == 0 ? LARGEST : 100);
        client.write(bytes.duplicate().limit(length));
        switch (random.nextInt(6)) {
            case 0 -> client.close();
            case 1 -> client.closeReset();
            case 2 -> client.closeWhenWritten();
            case 3 -> client.shutdown();
            default -> {}
        }
        if (!client.isClosing()) {
            client.read(new Until(length));
        }
    }

    /** The server may reset a connection before this end has heard that there is one. */
    private void noteUnlessReset(Throwable failure) {
        if (!(failure instanceof IoException reason) || reason.code() != Code.RESET) {
            surprises.add(failure);
        }
    }

    /** Closes when everything has come back, or the peer says that no more will. */
    private static final class Until implements ReadHandler {
        private int missing;

        Until(int length) {
            missing = length;
        }

        @Override
        public void onRead(ByteStream stream, Chunk chunk) {
            missing -= chunk.length();
            if (missing == 0) {
                stream.close();
            }
        }
    }
}
