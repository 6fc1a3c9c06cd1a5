// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.IoException;
import io.millrace.internal.loop.Deferred;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import io.millrace.spi.FileErrors;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.PortOption;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes when the driver says that there is something to read, or room: the one port of
 * pipes and terminals, on every engine that can watch.
 *
 * <p>So a ring reads a pipe by read(2) as well. Its own reads would hold a buffer for each silent
 * pipe, or fail at once, depending on flags that whoever shares the pipe may change.
 *
 * <p>What ends without the driver ends deferred, on nobody's stack. A descriptor is closed only
 * when the driver has let go of it.
 */
final class PipePort implements StreamPort {
    /** With chunks of 64 KiB, what the longest pipe commonly holds. */
    private static final int RECEIVES_PER_POLL = 4;

    private final Loop loop;
    private final LoopHandle owner;
    private final StreamSink sink;
    private final PipeChunks shared;
    private final Later later = new Later();
    private @Nullable Reading in;
    private @Nullable Writing out;
    private boolean closed;
    private boolean closeReported;

    /** Ends that the driver has not let go of. */
    private int watched;

    PipePort(Loop loop, LoopHandle owner, StreamSink sink) {
        this.loop = loop;
        this.owner = owner;
        this.sink = sink;
        shared = loop.part(PipeChunks.OF_LOOP);
    }

    /** On failure nothing of them is this port's. */
    void open(WatchEngine engine, @Nullable RawEnd source, @Nullable RawEnd target)
            throws IoException {
        Reading reading = source == null ? null : new Reading(source);
        Writing writing = target == null ? null : new Writing(target);
        if (reading != null) {
            reading.begin(engine);
        }
        if (writing != null) {
            try {
                writing.begin(engine);
            } catch (IoException | RuntimeException | Error failure) {
                if (reading != null) {
                    reading.isMine = false;
                    reading.close();
                }
                throw failure;
            }
        }
        in = reading;
        out = writing;
    }

    boolean reads() {
        return in != null;
    }

    boolean writes() {
        return out != null;
    }

    /** The end becomes somebody else's, and stays open when this port closes. */
    RawEnd give(boolean source) {
        End end = java.util.Objects.requireNonNull(source ? in : out);
        end.isMine = false;
        return end.raw;
    }

    /** The driver is gone: whatever it had is let go of. */
    void abandon() {
        for (End end : new End[] {in, out}) {
            if (end != null) {
                end.release();
            }
        }
    }

    // What is read.

    @Override
    public void startReceive() {
        reading().start(null);
    }

    @Override
    public void stopReceive() {
        reading().stop();
    }

    @Override
    public void receiveInto(ByteBuffer target) {
        reading().start(target);
    }

    private Reading reading() {
        return java.util.Objects.requireNonNull(in);
    }

    // What is written.

    @Override
    public int send() {
        return writing().send();
    }

    /** Memory is gathered right before each write, so this is like any other. */
    @Override
    public int sendPassing() {
        return writing().send();
    }

    @Override
    public int trySend(ByteBuffer source) {
        return writing().trySend(source);
    }

    @Override
    public int sendFile(OpenFile file, long position, long count) {
        return writing().sendFile(file, position, count);
    }

    /** A pipe's reader hears of the end when nobody can write any more. */
    @Override
    public int shutdownOutput() {
        writing().close();
        return Code.OK;
    }

    private Writing writing() {
        return java.util.Objects.requireNonNull(out);
    }

    // How it ends.

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (in != null) {
            in.close();
        }
        if (out != null) {
            out.close();
        }
        loop.completions.add(later);
    }

    private void letGoOfEnd() {
        watched--;
        if (closed && watched == 0) {
            loop.completions.add(later);
        }
    }

    private void runLater() {
        if (in != null) {
            in.runLater();
        }
        if (closed && watched == 0 && !closeReported) {
            closeReported = true;
            if (in != null) {
                in.end(Code.CANCELLED);
            }
            if (out != null) {
                out.end(Code.CANCELLED);
            }
            sink.onClosed();
        }
    }

    // What core asks.

    @Override
    public int connect(SocketAddress to) {
        return Code.IS_CONNECTED;
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return null;
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return null;
    }

    @Override
    public int setOption(PortOption option, int value) {
        return option == PortOption.RESET_AT_CLOSE ? Code.OK : Code.NOT_SUPPORTED;
    }

    @Override
    public int getOption(PortOption option) {
        return Code.NOT_SUPPORTED;
    }

    @Override
    public int descriptor() {
        return (in != null ? in : writing()).raw.descriptor();
    }

    private void countSystemCall() {
        loop.context().countSystemCalls(1);
    }

    /** What both ends have: a watch, and how they are let go of. */
    private abstract class End implements WatchSink {
        final RawEnd raw;
        private @Nullable WatchPort watch;
        private int awaited;
        private boolean closing;

        /** Whether the descriptor is this port's to close. */
        boolean isMine = true;

        /** Why nothing works any more, or OK. */
        int broken = Code.OK;

        End(RawEnd raw) {
            this.raw = raw;
        }

        void begin(WatchEngine engine) throws IoException {
            watch = raw.watch(engine, this);
            watched++;
        }

        final void await(int events) {
            WatchPort current = watch;
            if (events != awaited && current != null && !closing && broken == Code.OK) {
                awaited = events;
                current.await(events);
            }
        }

        final boolean isClosing() {
            return closing;
        }

        final void close() {
            WatchPort current = watch;
            if (!closing && current != null) {
                closing = true;
                awaited = 0;
                current.close();
            }
        }

        @Override
        public final void onFailed(int code) {
            broken = code;
            awaited = 0;
            end(code);
        }

        @Override
        public final void onClosed() {
            release();
            letGoOfEnd();
        }

        final void release() {
            if (isMine) {
                raw.close();
            }
        }

        /** Whatever is under way ends so. */
        abstract void end(int code);
    }

    private final class Reading extends End {
        private boolean receiving;
        private boolean stopping;
        private @Nullable ByteBuffer target;

        Reading(RawEnd raw) {
            super(raw);
        }

        void start(@Nullable ByteBuffer into) {
            assert !receiving && target == null;
            receiving = into == null;
            target = into;
            if (broken == Code.OK) {
                await(WatchEngine.READABLE);
            } else {
                loop.completions.add(later);
            }
        }

        void stop() {
            if (receiving && !stopping) {
                stopping = true;
                await(0);
                loop.completions.add(later);
            }
        }

        void runLater() {
            if (stopping) {
                stopped(Code.CANCELLED);
            } else if (broken != Code.OK) {
                end(broken);
            }
        }

        @Override
        public void onReady(int events) {
            for (int i = 0; i < RECEIVES_PER_POLL && !isClosing(); i++) {
                boolean goesOn;
                if (target != null) {
                    goesOn = receiveInto(target);
                } else {
                    goesOn = receiving && !stopping && receiveChunk();
                }
                if (!goesOn) {
                    break;
                }
            }
            await((receiving && !stopping) || target != null ? WatchEngine.READABLE : 0);
        }

        private boolean receiveInto(ByteBuffer into) {
            int result = raw.receive(into);
            countSystemCall();
            if (result == Code.WOULD_BLOCK) {
                return false;
            }
            target = null;
            sink.onReceivedInto(result);
            return result > 0;
        }

        /** Whether there may be more. */
        private boolean receiveChunk() {
            PoolChunk chunk = shared.chunks.acquire();
            if (chunk == null) {
                stopped(Code.NO_CHUNKS);
                return false;
            }
            try {
                int result = raw.receive(chunk);
                countSystemCall();
                if (result > 0) {
                    boolean isFull = result == chunk.capacity();
                    chunk.filled(0, result);
                    sink.onReceive(chunk);
                    return isFull;
                }
                if (result != Code.WOULD_BLOCK) {
                    stopped(result);
                }
                return false;
            } finally {
                chunk.release();
            }
        }

        private void stopped(int code) {
            receiving = false;
            stopping = false;
            sink.onReceiveStopped(code);
        }

        @Override
        void end(int code) {
            if (receiving) {
                stopped(code);
            } else if (target != null) {
                target = null;
                sink.onReceivedInto(code);
            }
        }
    }

    private final class Writing extends End {
        private boolean sending;
        private @Nullable OpenFile file;
        private long filePosition;
        private long fileCount;

        Writing(RawEnd raw) {
            super(raw);
        }

        int send() {
            return started(sendGathered());
        }

        private int started(int result) {
            if (result != Code.WOULD_BLOCK) {
                return result;
            }
            sending = true;
            await(WatchEngine.WRITABLE);
            return Code.PENDING;
        }

        private int sendGathered() {
            Gather gather = shared.gather;
            try {
                sink.gather(gather);
                return sendNow(gather);
            } finally {
                gather.clear();
            }
        }

        private int sendNow(Gather gather) {
            if (broken != Code.OK || isClosing()) {
                return broken != Code.OK ? broken : Code.BROKEN_PIPE;
            }
            countSystemCall();
            return raw.send(gather);
        }

        int trySend(ByteBuffer source) {
            int start = source.position();
            int limit = source.limit();
            Gather gather = shared.gather;
            int taken = 0;
            try {
                gather.add(source, 0, start, limit);
                int result = sendNow(gather);
                taken = Math.max(result, 0);
                return result;
            } finally {
                gather.clear();
                source.limit(limit).position(start + taken);
            }
        }

        int sendFile(OpenFile source, long position, long count) {
            int result = started(sendFrom(source, position, count));
            if (result == Code.PENDING) {
                file = source;
                filePosition = position;
                fileCount = count;
            }
            return result;
        }

        /** What does not fit is read again. */
        private int sendFrom(OpenFile source, long position, long count) {
            ByteBuffer buffer = shared.fileBuffer();
            buffer.limit((int) Math.min(buffer.capacity(), count));
            try {
                int read = source.read(buffer, position);
                if (read <= 0) {
                    return 0;
                }
            } catch (IOException failure) {
                return FileErrors.codeOf(failure);
            }
            return trySend(buffer.flip());
        }

        @Override
        public void onReady(int events) {
            if (!sending || isClosing()) {
                return;
            }
            OpenFile source = file;
            int result =
                    source == null ? sendGathered() : sendFrom(source, filePosition, fileCount);
            if (result != Code.WOULD_BLOCK) {
                sent(result);
            }
            await(sending ? WatchEngine.WRITABLE : 0);
        }

        private void sent(int result) {
            sending = false;
            file = null;
            sink.onSent(result);
        }

        @Override
        void end(int code) {
            if (sending) {
                sent(code);
            }
        }
    }

    private final class Later extends Deferred {
        @Override
        public void runDeferred() {
            runLater();
        }

        @Override
        public LoopHandle owner() {
            return owner;
        }
    }
}
