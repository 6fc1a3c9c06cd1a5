// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.plain;

import io.millrace.benchmarks.load.Payload;
import io.millrace.benchmarks.server.Service;
import io.millrace.benchmarks.server.Sink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link NioLoop}, on its thread. While something is left to write it is not
 * read.
 */
abstract class NioConnection {
    private final SelectionKey key;
    private final SocketChannel channel;
    private @Nullable ByteBuffer unwritten;
    private boolean closing;

    private NioConnection(SelectionKey key, SocketChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    static NioConnection serving(Service service, SelectionKey key, SocketChannel channel) {
        return switch (service) {
            case ECHO -> new Echo(key, channel);
            case SINK -> new Counting(key, channel);
            case SOURCE -> new Sending(key, channel);
            case CLOSE -> throw new IllegalArgumentException("such connections are not served");
        };
    }

    void opened() throws IOException {}

    final void readable(ByteBuffer buffer) throws IOException {
        if (channel.read(buffer.clear()) < 0) {
            ended();
        } else {
            received(buffer.flip());
        }
    }

    final void writable() throws IOException {
        ByteBuffer rest = unwritten;
        if (rest != null) {
            channel.write(rest);
            if (rest.hasRemaining()) {
                return;
            }
            unwritten = null;
        }
        drained();
    }

    final void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    abstract void received(ByteBuffer bytes) throws IOException;

    void ended() throws IOException {
        close();
    }

    void drained() throws IOException {
        if (closing) {
            close();
        } else {
            key.interestOps(SelectionKey.OP_READ);
        }
    }

    /** Keeps a copy of what the kernel does not take. */
    final void write(ByteBuffer bytes) throws IOException {
        channel.write(bytes);
        if (bytes.hasRemaining()) {
            unwritten = ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip();
            key.interestOps(SelectionKey.OP_WRITE);
        }
    }

    final void writeAndClose(ByteBuffer bytes) throws IOException {
        closing = true;
        write(bytes);
        if (unwritten == null) {
            close();
        }
    }

    private static final class Echo extends NioConnection {
        Echo(SelectionKey key, SocketChannel channel) {
            super(key, channel);
        }

        @Override
        void received(ByteBuffer bytes) throws IOException {
            write(bytes);
        }
    }

    private static final class Counting extends NioConnection {
        private final Sink sink = new Sink();

        Counting(SelectionKey key, SocketChannel channel) {
            super(key, channel);
        }

        @Override
        void received(ByteBuffer bytes) {
            sink.accept(bytes);
        }

        @Override
        void ended() throws IOException {
            writeAndClose(sink.verdict());
        }
    }

    /** Writes what the kernel takes, and waits until it takes more. */
    private static final class Sending extends NioConnection {
        private static final int BLOCK_BYTES = 64 << 10;

        private final ByteBuffer view = Payload.newView();
        private final SelectionKey key;
        private final SocketChannel channel;
        private long sent;

        Sending(SelectionKey key, SocketChannel channel) {
            super(key, channel);
            this.key = key;
            this.channel = channel;
        }

        @Override
        void opened() {
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }

        @Override
        void received(ByteBuffer bytes) throws IOException {
            throw new IOException("a client of this service sends nothing");
        }

        @Override
        void drained() throws IOException {
            int taken;
            do {
                taken = channel.write(Payload.window(view, sent, BLOCK_BYTES));
                sent += taken;
            } while (taken == BLOCK_BYTES);
        }
    }
}
