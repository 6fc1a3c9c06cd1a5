// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.millrace;

import io.millrace.Chunk;
import io.millrace.Handle;
import io.millrace.benchmarks.load.Payload;
import io.millrace.benchmarks.server.Handicap;
import io.millrace.benchmarks.server.Service;
import io.millrace.benchmarks.server.Sink;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.ReadHandler;
import io.millrace.net.TcpStream;
import java.nio.ByteBuffer;

/** The services as a user of Millrace would write them. */
final class Services {
    private static final ReadHandler ECHO = (stream, chunk) -> stream.write(chunk);

    private static final ReadHandler SLOWER_ECHO =
            (stream, chunk) -> {
                Handicap.work();
                stream.write(chunk);
            };

    private Services() {}

    /** Echo with a {@link Handicap} for each piece that comes. */
    static ConnectionHandler<? super TcpStream> slowerEcho() {
        return connection -> connection.read(SLOWER_ECHO);
    }

    static ConnectionHandler<? super TcpStream> handler(Service service) {
        return switch (service) {
            case ECHO -> connection -> connection.read(ECHO);
            case SINK -> connection -> connection.read(new Counting());
            case SOURCE -> connection -> new Sending(connection).fill();
            case CLOSE -> Handle::close;
        };
    }

    private static final class Counting implements ReadHandler {
        private final Sink sink = new Sink();

        @Override
        public void onRead(ByteStream stream, Chunk chunk) {
            sink.accept(chunk.buffer());
        }

        @Override
        public void onEnd(ByteStream stream) {
            stream.write(sink.verdict());
            stream.closeWhenWritten();
        }
    }

    /**
     * Fills the write queue up to its high watermark, and again when it has fallen to the low one.
     * Then at most one block is still queued, so three views never show the same block twice.
     */
    private static final class Sending {
        private static final int BLOCK_BYTES = 64 << 10;
        private static final int VIEWS = 3;

        private final ByteBuffer[] views = new ByteBuffer[VIEWS];
        private final ByteStream stream;
        private long blocks;

        Sending(ByteStream stream) {
            this.stream = stream;
            for (int i = 0; i < VIEWS; i++) {
                views[i] = Payload.newView();
            }
            stream.onWritable(this::fill);
        }

        void fill() {
            boolean hasRoom = true;
            while (hasRoom) {
                ByteBuffer view = views[(int) (blocks % VIEWS)];
                hasRoom = stream.write(Payload.window(view, blocks * BLOCK_BYTES, BLOCK_BYTES));
                blocks++;
            }
        }
    }
}
