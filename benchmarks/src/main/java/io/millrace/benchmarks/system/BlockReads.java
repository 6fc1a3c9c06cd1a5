// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.system;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileOption;
import io.millrace.file.FileReadCallback;
import io.millrace.file.FileSyncCallback;
import io.millrace.file.FileWriteCallback;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Blocks at random places of a file, {@value #IN_FLIGHT} under way at a time, by a loop that the
 * calling thread turns. When one ends, the next begins in its callback.
 */
final class BlockReads implements SystemWorker.Work {
    static final int BYTES = 4096;
    static final int IN_FLIGHT = 32;

    /** How many end between two looks at the clock. */
    private static final int LOOK = 64;

    private static final double NANOS_PER_SECOND = 1e9;

    /** What is done with a block. */
    enum Kind {
        READ,
        READ_FULLY,
        READ_VECTOR,
        READ_IN_LINE,
        WRITE,
        WRITE_VECTOR,
        APPEND,
        SYNC_DATA;

        boolean writes() {
            return this == WRITE || this == WRITE_VECTOR || this == SYNC_DATA;
        }
    }

    private final EventLoop loop;
    private final Kind kind;
    private final long blocks;
    private final SplittableRandom random = new SplittableRandom(1);
    private final Place[] places = new Place[IN_FLIGHT];
    private final LongSupplier allocated = allocatedBytesOfThisThread();
    private @Nullable AsyncFile file;
    private @Nullable Throwable failure;
    private long ended;
    private long lookAt;
    private long deadline;
    private boolean stops;
    private int underWay;

    /** Whether what is read in line has come to the end of the file, and has to begin anew. */
    private boolean isAtEnd;

    /** Opens a loop of this backend, and the file by it. */
    BlockReads(String backend, Kind kind, Path path, boolean direct) throws IOException {
        this.kind = kind;
        blocks = Files.size(path) / BYTES;
        for (int i = 0; i < IN_FLIGHT; i++) {
            places[i] = new Place(this);
        }
        List<OpenOption> options = new ArrayList<>();
        if (kind == Kind.APPEND) {
            options.add(StandardOpenOption.APPEND);
        } else {
            options.add(StandardOpenOption.READ);
            if (kind.writes()) {
                options.add(StandardOpenOption.WRITE);
            }
        }
        if (direct) {
            options.add(FileOption.DIRECT);
        }
        loop = EventLoop.open(LoopOptions.builder().backend(backend).build());
        try {
            AsyncFile.open(loop, path, options.toArray(new OpenOption[0]))
                    .whenComplete(
                            (opened, refusal) -> {
                                file = opened;
                                failure = refusal;
                            });
            loop.run();
            if (failure != null) {
                throw new IOException("cannot open " + path, failure);
            }
        } catch (IOException | RuntimeException e) {
            loop.closeAll();
            throw e;
        }
    }

    private static LongSupplier allocatedBytesOfThisThread() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        return threads instanceof com.sun.management.ThreadMXBean counting
                ? () -> counting.getThreadAllocatedBytes(thread)
                : () -> 0;
    }

    @Override
    public void prepare() {}

    @Override
    public long run(double seconds) throws IOException {
        ended = 0;
        lookAt = LOOK;
        stops = false;
        deadline = System.nanoTime() + (long) (seconds * NANOS_PER_SECOND);
        startAll();
        loop.run();
        if (failure != null) {
            throw new IOException("a block has failed", failure);
        }
        return ended;
    }

    private void startAll() {
        if (kind == Kind.READ_IN_LINE) {
            Objects.requireNonNull(file).position(0);
        }
        isAtEnd = false;
        for (Place place : places) {
            place.next();
        }
    }

    @Override
    public long allocatedBytes() {
        return allocated.getAsLong();
    }

    @Override
    public void close() throws IOException {
        loop.closeAll();
    }

    /** One block under way, and the callback of all that follow it. */
    private static final class Place
            implements FileReadCallback, FileWriteCallback, FileSyncCallback {
        private static final int PARTS = 4;

        private final BlockReads load;
        private final ByteBuffer buffer =
                ByteBuffer.allocateDirect(2 * BYTES).alignedSlice(BYTES).limit(BYTES).slice();
        private final ByteBuffer[] parts = new ByteBuffer[PARTS];

        Place(BlockReads load) {
            this.load = load;
            for (int i = 0; i < PARTS; i++) {
                parts[i] = buffer.slice(i * BYTES / PARTS, BYTES / PARTS);
            }
        }

        void next() {
            load.underWay++;
            AsyncFile file = Objects.requireNonNull(load.file);
            long position = load.random.nextLong(load.blocks) * BYTES;
            switch (load.kind) {
                case READ -> file.read(buffer.clear(), position, this);
                case READ_FULLY -> file.readFully(buffer.clear(), position, this);
                case READ_VECTOR -> file.read(cleared(), position, this);
                case READ_IN_LINE -> file.read(buffer.clear(), this);
                case WRITE -> file.write(buffer.clear(), position, this);
                case WRITE_VECTOR -> file.write(cleared(), position, this);
                case APPEND -> file.append(buffer.clear(), this);
                case SYNC_DATA -> file.syncData(this);
            }
        }

        private ByteBuffer[] cleared() {
            for (ByteBuffer part : parts) {
                part.clear();
            }
            return parts;
        }

        @Override
        public void onRead(AsyncFile file, ByteBuffer into, int count) {
            load.isAtEnd |= count < 0 && load.kind == Kind.READ_IN_LINE;
            boolean asExpected = count == BYTES || load.isAtEnd;
            end(asExpected ? null : new IOException(count + " B of a block"));
        }

        @Override
        public void onFailure(AsyncFile file, ByteBuffer into, IoException failure) {
            end(failure);
        }

        @Override
        public void onWritten(AsyncFile file, ByteBuffer from, @Nullable IoException failure) {
            end(failure);
        }

        @Override
        public void onSynced(AsyncFile file, @Nullable IoException failure) {
            end(failure);
        }

        private void end(@Nullable IOException problem) {
            load.underWay--;
            load.ended++;
            if (problem != null) {
                load.failure = problem;
            }
            if (load.ended >= load.lookAt) {
                load.lookAt += LOOK;
                load.stops |= System.nanoTime() - load.deadline >= 0;
            }
            if (load.stops || load.failure != null) {
                return;
            }
            if (!load.isAtEnd) {
                next();
            } else if (load.underWay == 0) {
                load.startAll();
            }
        }
    }
}
