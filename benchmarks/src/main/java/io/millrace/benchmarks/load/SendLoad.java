// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import io.millrace.benchmarks.server.RunningServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/**
 * This load sends as fast as the server reads, and the server compares. An operation is one byte
 * that the kernel took. At the end the server says how many right bytes it has read.
 */
public final class SendLoad extends Load {
    private static final int WRITE_BYTES = 256 << 10;

    private final Payload payload = new Payload();
    private int openConnections;
    private boolean finishing;

    /** How far a connection is in its stream, and what the server says of it. */
    private static final class Progress {
        private final SocketChannel channel;
        private final ByteBuffer verdict = ByteBuffer.allocate(Long.BYTES);
        private long written;

        Progress(SocketChannel channel) {
            this.channel = channel;
        }
    }

    public SendLoad(RunningServer server, int connections) throws IOException {
        super(server);
        openConnections = connections;
        try {
            for (int i = 0; i < connections; i++) {
                SocketChannel channel = Connecting.toServer(server);
                register(
                        channel,
                        SelectionKey.OP_READ | SelectionKey.OP_WRITE,
                        new Progress(channel));
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /** Ends each stream, and compares what the server counted. */
    @Override
    public void finish() throws IOException {
        finishing = true;
        drain(() -> openConnections);
    }

    @Override
    void ready(SelectionKey key) throws IOException {
        Progress progress = (Progress) key.attachment();
        if (key.isReadable()) {
            receive(key, progress);
        } else if (finishing) {
            progress.channel.shutdownOutput();
            key.interestOps(SelectionKey.OP_READ);
        } else {
            send(progress);
        }
    }

    private void send(Progress progress) throws IOException {
        int taken = progress.channel.write(payload.at(progress.written, WRITE_BYTES));
        progress.written += taken;
        count(taken);
        progress();
    }

    private void receive(SelectionKey key, Progress progress) throws IOException {
        int count = progress.channel.read(progress.verdict);
        if (progress.verdict.hasRemaining()) {
            if (count < 0) {
                throw new IOException("the server has closed a connection without its count");
            }
            return;
        }
        long counted = progress.verdict.getLong(0);
        if (counted != progress.written) {
            throw new IOException(
                    "the server read " + counted + " right bytes of " + progress.written);
        }
        key.cancel();
        progress.channel.close();
        openConnections--;
        progress();
    }
}
