// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import io.millrace.benchmarks.server.RunningServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;

/**
 * Echo over TLS: each connection has one message under way. An operation is a message that came
 * back whole.
 */
public final class TlsEchoLoad extends Load {
    private static final long STRIDE = 65_537;
    private static final int BUFFER_BYTES = 128 << 10;

    private final int messageBytes;
    private final Payload payload = new Payload();
    private final ByteBuffer received = ByteBuffer.allocate(BUFFER_BYTES);
    private final Connection[] connections;
    private int underWay;
    private int open;
    private boolean finishing;

    private final class Connection {
        private final long origin;
        private final TlsChannel tls;
        private final SelectionKey key;
        private long queued;
        private long written;
        private long read;

        Connection(int number, SSLEngine engine) throws IOException {
            origin = number * STRIDE;
            SocketChannel channel = Connecting.toServer(server);
            tls = new TlsChannel(engine, channel);
            key = register(channel, SelectionKey.OP_READ, this);
            tls.speak();
        }

        void send() throws IOException {
            queued += messageBytes;
            underWay++;
            write();
        }

        private void write() throws IOException {
            tls.flush();
            if (written < queued) {
                ByteBuffer plain = payload.at(origin + written, (int) (queued - written));
                int before = plain.remaining();
                tls.write(plain);
                written += before - plain.remaining();
            }
            key.interestOps(tls.interests());
        }

        void ready() throws IOException {
            boolean wasShaken = tls.isShaken();
            boolean goesOn = true;
            if (key.isReadable()) {
                goesOn = tls.read(received.clear());
                verify(received.flip());
            }
            if (!goesOn) {
                end();
                return;
            }
            if (!wasShaken && tls.isShaken() && queued == 0) {
                send();
            }
            write();
        }

        private void verify(ByteBuffer bytes) throws IOException {
            progress();
            if (!bytes.hasRemaining()) {
                return;
            }
            if (read + bytes.remaining() > written || !payload.matches(bytes, origin + read)) {
                throw new IOException("wrong bytes after " + read + " of a connection");
            }
            read += bytes.remaining();
            if (read == queued) {
                underWay--;
                count(1);
                if (!finishing) {
                    send();
                }
            }
        }

        private void end() throws IOException {
            if (!finishing || read < queued) {
                throw new IOException("the server has closed a connection");
            }
            key.cancel();
            tls.close();
            open--;
        }
    }

    /**
     * Connects, and begins the handshakes.
     *
     * @param engines makes those of clients
     */
    public TlsEchoLoad(
            RunningServer server, Supplier<SSLEngine> engines, int connections, int messageBytes)
            throws IOException {
        super(server);
        this.messageBytes = messageBytes;
        this.connections = new Connection[connections];
        try {
            for (int i = 0; i < connections; i++) {
                this.connections[i] = new Connection(i, engines.get());
                open++;
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public void finish() throws IOException {
        finishing = true;
        drain(() -> underWay);
        for (Connection connection : connections) {
            connection.tls.end();
        }
        drain(() -> open);
    }

    @Override
    void ready(SelectionKey key) throws IOException {
        ((Connection) key.attachment()).ready();
    }
}
