// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import io.millrace.benchmarks.server.RunningServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** The server sends as fast as this load reads. An operation is one byte. */
public final class ReceiveLoad extends Load {
    private static final int BUFFER_BYTES = 256 << 10;

    private final Payload payload = new Payload();
    private final ByteBuffer received = ByteBuffer.allocateDirect(BUFFER_BYTES);

    /** How far a connection is in its stream. */
    private static final class Progress {
        private final SocketChannel channel;
        private long read;

        Progress(SocketChannel channel) {
            this.channel = channel;
        }
    }

    public ReceiveLoad(RunningServer server, int connections) throws IOException {
        super(server);
        try {
            for (int i = 0; i < connections; i++) {
                SocketChannel channel = Connecting.toServer(server);
                register(channel, SelectionKey.OP_READ, new Progress(channel));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** The streams have no end: closing cuts them off. */
    @Override
    public void finish() {}

    @Override
    void ready(SelectionKey key) throws IOException {
        Progress progress = (Progress) key.attachment();
        int count = progress.channel.read(received.clear());
        if (count < 0) {
            throw new IOException("the server ended its stream after " + progress.read + " B");
        }
        if (!payload.matches(received.flip(), progress.read)) {
            throw new IOException("wrong bytes after " + progress.read + " B of a stream");
        }
        progress.read += count;
        count(count);
        progress();
    }
}
