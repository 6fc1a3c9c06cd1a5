// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Accepted;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.Gather;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import io.millrace.spi.LoopContext;
import io.millrace.spi.PortOption;
import io.millrace.spi.SendableFile;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import io.millrace.spi.reactor.ChunkPool;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The worst peers there are, on the fastest machine: sockets take whatever they are given at once,
 * and in every poll bring as much as the test says. Whoever does not stop by itself never does.
 */
final class GreedyBackend implements BackendProvider {
    static final long FILE_SIZE = 5L << 30;

    /** Of all streams that were made, in their order. */
    final List<GreedyStream> streams = new ArrayList<>();

    /** Called at the beginning of every poll, which is where a neighbour's event would be seen. */
    Runnable onPoll = () -> {};

    /** Whether sends are pending until the next poll, as in a ring. */
    boolean sendsArePending;

    /** How many chunks a stream that receives is brought in one poll, as long as there are any. */
    int chunksPerPoll;

    long chunksLeft;

    int bytesPerChunk = 1;

    /** How many connections a listener reports in one poll, stopped or not. */
    int connectionsPerPoll;

    int connectionsLeft;

    private final ArrayDeque<Runnable> events = new ArrayDeque<>();

    @Override
    public String name() {
        return "greedy";
    }

    @Override
    public int rank() {
        return -1;
    }

    @Override
    public Availability probe() {
        return Availability.usable("made for tests", Map.of());
    }

    @Override
    public Driver open(DriverConfig config, LoopContext context) {
        return new GreedyDriver(context, new ChunkPool(config, buffer -> 0, context));
    }

    private final class GreedyDriver implements Driver {
        private final LoopContext context;
        private final ChunkPool chunks;
        private final List<GreedyListener> listeners = new ArrayList<>();

        GreedyDriver(LoopContext context, ChunkPool chunks) {
            this.context = context;
            this.chunks = chunks;
        }

        @Override
        public Capabilities capabilities() {
            return new Capabilities(false, false, true, 64);
        }

        @Override
        public int poll(long timeoutNanos) {
            onPoll.run();
            context.waitEnded(0);
            List.copyOf(streams).forEach(GreedyStream::bringChunks);
            listeners.forEach(GreedyListener::bringConnections);
            int due = events.size();
            for (int i = 0; i < due; i++) {
                events.remove().run();
            }
            return due;
        }

        @Override
        public void wakeup() {}

        @Override
        public ListenerPort listen(ListenSpec spec, ListenerSink sink) {
            GreedyListener listener = new GreedyListener(sink);
            listeners.add(listener);
            return listener;
        }

        @Override
        public StreamPort stream(boolean ipv6, StreamSink sink) {
            GreedyStream stream = new GreedyStream(sink, chunks);
            streams.add(stream);
            return stream;
        }

        @Override
        public StreamPort adopt(Accepted connection, StreamSink sink) {
            return stream(false, sink);
        }

        @Override
        public SendableFile openFile(Path path) {
            return new EndlessFile();
        }

        @Override
        public void close() {}
    }

    private static final class EndlessFile implements SendableFile {
        @Override
        public long size() {
            return FILE_SIZE;
        }

        @Override
        public void close() {}
    }

    /** What ports have in common, and nobody here asks for. */
    private abstract static class AnyPort {
        public @Nullable SocketAddress localAddress() {
            return null;
        }

        public int setOption(PortOption option, int value) {
            return Code.OK;
        }

        public int getOption(PortOption option) {
            return 0;
        }

        public int descriptor() {
            return -1;
        }
    }

    private final class GreedyListener extends AnyPort implements ListenerPort {
        private final ListenerSink sink;
        private boolean accepting;

        GreedyListener(ListenerSink sink) {
            this.sink = sink;
        }

        @Override
        public void startAccept() {
            accepting = true;
        }

        @Override
        public void stopAccept() {
            events.add(
                    () -> {
                        accepting = false;
                        sink.onAcceptStopped(Code.CANCELLED);
                    });
        }

        void bringConnections() {
            for (int i = 0; accepting && i < connectionsPerPoll && connectionsLeft > 0; i++) {
                connectionsLeft--;
                sink.onAccept(() -> {});
            }
        }

        @Override
        public void close() {
            if (accepting) {
                stopAccept();
            }
            events.add(sink::onClosed);
        }
    }

    /** A socket without a bottom, and with counts of what it was given. */
    final class GreedyStream extends AnyPort implements StreamPort {
        int starts;
        int sends;
        long bytesSent;
        int largestSend;
        int largestReceive;

        private final StreamSink sink;
        private final ChunkPool chunks;
        private final Gather gather = new Gather(64);
        private boolean receiving;
        private boolean stopping;
        private byte next;

        GreedyStream(StreamSink sink, ChunkPool chunks) {
            this.sink = sink;
            this.chunks = chunks;
        }

        @Override
        public int connect(SocketAddress to) {
            return Code.OK;
        }

        @Override
        public void startReceive() {
            receiving = true;
            starts++;
        }

        @Override
        public void stopReceive() {
            stopping = true;
            events.add(() -> receiveEnds(Code.CANCELLED));
        }

        /** The peer has finished. */
        void end() {
            events.add(() -> receiveEnds(Code.END_OF_STREAM));
        }

        private void receiveEnds(int code) {
            if (receiving) {
                receiving = false;
                stopping = false;
                sink.onReceiveStopped(code);
            }
        }

        /** As a ring does, also those that come after the stop. */
        void bringChunks() {
            for (int i = 0; receiving && i < chunksPerPoll && chunksLeft > 0; i++) {
                var chunk = chunks.acquire();
                if (chunk == null) {
                    receiveEnds(Code.NO_CHUNKS);
                    return;
                }
                chunksLeft--;
                for (int b = 0; b < bytesPerChunk; b++) {
                    chunk.memory().put(b, next++);
                }
                chunk.filled(0, bytesPerChunk);
                sink.onReceive(chunk);
                chunk.release();
            }
        }

        @Override
        public void receiveInto(ByteBuffer target) {
            int room = target.remaining();
            largestReceive = Math.max(largestReceive, room);
            events.add(() -> sink.onReceivedInto(room));
        }

        @Override
        public int send() {
            if (sendsArePending) {
                events.add(() -> sink.onSent(sendNow()));
                return Code.PENDING;
            }
            return sendNow();
        }

        @Override
        public int sendPassing() {
            return sendNow();
        }

        private int sendNow() {
            sink.gather(gather);
            int bytes = (int) gather.bytes();
            gather.clear();
            return sent(bytes);
        }

        @Override
        public int sendFile(SendableFile file, long position, long count) {
            return sent((int) Math.min(count, Integer.MAX_VALUE));
        }

        @Override
        public int trySend(ByteBuffer source) {
            return Code.WOULD_BLOCK;
        }

        private int sent(int bytes) {
            sends++;
            bytesSent += bytes;
            largestSend = Math.max(largestSend, bytes);
            return bytes;
        }

        @Override
        public int shutdownOutput() {
            return Code.OK;
        }

        @Override
        public @Nullable SocketAddress remoteAddress() {
            return null;
        }

        @Override
        public void close() {
            if (receiving && !stopping) {
                stopReceive();
            }
            events.add(sink::onClosed);
        }
    }
}
