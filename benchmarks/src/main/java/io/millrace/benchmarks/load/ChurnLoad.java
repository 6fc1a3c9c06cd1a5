// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import io.millrace.benchmarks.server.RunningServer;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * Short-lived connections, a fixed number of them at any time. An operation is one whole life of a
 * connection.
 */
public final class ChurnLoad extends Load {
    private final Life life;
    private final int messageBytes;
    private final Payload payload = new Payload();
    private final ByteBuffer received;
    private int alive;
    private long born;
    private boolean finishing;

    /** What happens between the birth and the death of a connection. */
    public enum Life {
        /** One message comes back, and the client closes in good order. */
        ECHO_THEN_FINISH,
        /** One message comes back, and the client closes with a reset. */
        ECHO_THEN_RESET,
        /** The server closes as soon as it has accepted. */
        UNTIL_SERVER_CLOSES
    }

    private final class Connection {
        private final SocketChannel channel = SocketChannel.open();
        private final long origin;
        private final SelectionKey key;
        private int written;
        private int read;

        Connection(long origin) throws IOException {
            this.origin = origin;
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean connected = connect();
            key = register(channel, connected ? 0 : SelectionKey.OP_CONNECT, this);
            if (connected) {
                connected();
            }
        }

        private boolean connect() throws IOException {
            try {
                return channel.connect(server.address());
            } catch (BindException e) {
                throw new IOException(
                        "no local port is free: connections of the last minute hold them all", e);
            }
        }

        private void connected() throws IOException {
            if (life == Life.UNTIL_SERVER_CLOSES) {
                key.interestOps(SelectionKey.OP_READ);
            } else {
                send();
            }
        }

        private void send() throws IOException {
            written += channel.write(payload.at(origin + written, messageBytes - written));
            key.interestOps(
                    written < messageBytes
                            ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                            : SelectionKey.OP_READ);
        }

        private void receive() throws IOException {
            int count = channel.read(received.clear());
            if (life == Life.UNTIL_SERVER_CLOSES) {
                requireEnd(count);
                die();
                return;
            }
            if (count < 0) {
                throw new IOException("the server closed a connection after " + read + " B");
            }
            if (read + count > written || !payload.matches(received.flip(), origin + read)) {
                throw new IOException("wrong bytes after " + read + " of " + messageBytes + " B");
            }
            read += count;
            if (read == messageBytes) {
                die();
            }
        }

        private void requireEnd(int count) throws IOException {
            if (count >= 0) {
                throw new IOException("the server sent bytes where it was to close");
            }
        }

        private void die() throws IOException {
            if (life == Life.ECHO_THEN_RESET) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            channel.close();
            alive--;
            count(1);
            if (!finishing) {
                giveBirth();
            }
        }
    }

    /** Opens the first {@code atOnce} connections. */
    public ChurnLoad(RunningServer server, int atOnce, int messageBytes, Life life)
            throws IOException {
        super(server);
        this.life = life;
        this.messageBytes = messageBytes;
        received = ByteBuffer.allocateDirect(messageBytes + 1);
        try {
            for (int i = 0; i < atOnce; i++) {
                giveBirth();
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    @Override
    public void finish() throws IOException {
        finishing = true;
        drain(() -> alive);
    }

    @Override
    void ready(SelectionKey key) throws IOException {
        progress();
        Connection connection = (Connection) key.attachment();
        if (key.isConnectable()) {
            connection.channel.finishConnect();
            connection.connected();
        } else if (key.isReadable()) {
            connection.receive();
        } else {
            connection.send();
        }
    }

    private void giveBirth() throws IOException {
        alive++;
        new Connection(born++ * messageBytes);
    }
}
