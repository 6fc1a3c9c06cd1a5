// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.plain;

import io.millrace.benchmarks.load.Payload;
import io.millrace.benchmarks.server.Service;
import io.millrace.benchmarks.server.Sink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;

/** One connection: at most one read or write is under way. A broken one is closed. */
abstract class Nio2Connection {
    private final AsynchronousSocketChannel channel;
    private final ReadCompletion reading = new ReadCompletion();
    private final WriteCompletion writing = new WriteCompletion();

    private Nio2Connection(AsynchronousSocketChannel channel) {
        this.channel = channel;
    }

    static Nio2Connection serving(Service service, AsynchronousSocketChannel channel) {
        return switch (service) {
            case ECHO -> new Echo(channel);
            case SINK -> new Counting(channel);
            case SOURCE -> new Sending(channel);
            case CLOSE -> throw new IllegalArgumentException("such connections are not served");
        };
    }

    abstract void opened();

    /** {@code bytes} have come. */
    abstract void received(ByteBuffer bytes);

    /** The client has finished. */
    abstract void ended();

    /** All of the last write has left. */
    abstract void written();

    final void read(ByteBuffer buffer) {
        channel.read(buffer.clear(), buffer, reading);
    }

    final void write(ByteBuffer bytes) {
        channel.write(bytes, bytes, writing);
    }

    final void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final class ReadCompletion implements CompletionHandler<Integer, ByteBuffer> {
        @Override
        public void completed(Integer count, ByteBuffer buffer) {
            if (count < 0) {
                ended();
            } else {
                received(buffer.flip());
            }
        }

        @Override
        public void failed(Throwable broken, ByteBuffer buffer) {
            close();
        }
    }

    private final class WriteCompletion implements CompletionHandler<Integer, ByteBuffer> {
        @Override
        public void completed(Integer count, ByteBuffer bytes) {
            if (bytes.hasRemaining()) {
                write(bytes);
            } else {
                Nio2Connection.this.written();
            }
        }

        @Override
        public void failed(Throwable broken, ByteBuffer bytes) {
            close();
        }
    }

    /** With a buffer of its own, as every pending read needs one. */
    private abstract static class Reader extends Nio2Connection {
        private static final int BUFFER_BYTES = 64 << 10;

        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

        Reader(AsynchronousSocketChannel channel) {
            super(channel);
        }

        @Override
        void opened() {
            read(buffer);
        }

        @Override
        void written() {
            read(buffer);
        }

        @Override
        void ended() {
            close();
        }
    }

    private static final class Echo extends Reader {
        Echo(AsynchronousSocketChannel channel) {
            super(channel);
        }

        @Override
        void received(ByteBuffer bytes) {
            write(bytes);
        }
    }

    private static final class Counting extends Reader {
        private final Sink sink = new Sink();
        private boolean told;

        Counting(AsynchronousSocketChannel channel) {
            super(channel);
        }

        @Override
        void received(ByteBuffer bytes) {
            sink.accept(bytes);
            read(bytes);
        }

        @Override
        void ended() {
            told = true;
            write(sink.verdict());
        }

        @Override
        void written() {
            if (told) {
                close();
            }
        }
    }

    private static final class Sending extends Nio2Connection {
        private static final int BLOCK_BYTES = 64 << 10;

        private final ByteBuffer view = Payload.newView();
        private long sent;

        Sending(AsynchronousSocketChannel channel) {
            super(channel);
        }

        @Override
        void opened() {
            written();
        }

        /** The write may call this again before it returns. */
        @Override
        void written() {
            ByteBuffer block = Payload.window(view, sent, BLOCK_BYTES);
            sent += BLOCK_BYTES;
            write(block);
        }

        @Override
        void received(ByteBuffer bytes) {
            close();
        }

        @Override
        void ended() {
            close();
        }
    }
}
