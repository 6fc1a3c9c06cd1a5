// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileAdvice;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileReadCallback;
import io.millrace.file.FileSyncCallback;
import io.millrace.file.FileWriteCallback;
import io.millrace.internal.loop.Buffers;
import io.millrace.internal.loop.Delivery;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import io.millrace.spi.FileRequest;
import io.millrace.spi.FileRequest.Operation;
import io.millrace.spi.Log;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link AsyncFile}. */
public final class LoopFile extends LoopHandle implements AsyncFile {

    final FileOperations operations = new FileOperations(this);

    /** Where what is in line goes on; of a file that is not appended to. */
    long position;

    private final Path path;
    private final Set<StandardOpenOption> options;
    private final int openFlags;
    private final Outcome outcome = new Outcome();
    private final Opening opening;
    private final Closing closing = new LastRequest(this);
    private boolean closeBegun;

    /** Made for the first who asks. */
    private @Nullable Beside beside;

    private boolean isAbandoned;

    private LoopFile(Loop loop, Path path, Set<StandardOpenOption> options, int openFlags) {
        super(loop);
        this.path = path;
        this.options = options;
        this.openFlags = openFlags;
        opening =
                (openFlags & FileRequest.OPEN_TEMPORARY) != 0
                        ? new TemporaryOpening(loop, this, path, outcome)
                        : new Opening(loop, this, path, options, openFlags, outcome);
    }

    public static CompletionStage<AsyncFile> open(Loop loop, Path path, OpenOption... options) {
        Set<StandardOpenOption> supported =
                FileOptions.of(Objects.requireNonNull(options, "options"));
        return open(loop, path, supported, FileOptions.flagsOf(options));
    }

    /** A file without a name, for reading and writing. */
    public static CompletionStage<AsyncFile> openTemporary(Loop loop, Path directory) {
        return open(loop, directory, FileOptions.READ_AND_WRITE, FileRequest.OPEN_TEMPORARY);
    }

    static CompletionStage<AsyncFile> open(
            Loop loop, Path path, Set<StandardOpenOption> options, int openFlags) {
        Objects.requireNonNull(loop, "loop");
        LoopFile file =
                new LoopFile(loop, PathAttributes.ofDefaultFileSystem(path), options, openFlags);
        Path absolute = path.toAbsolutePath();
        file.join();
        loop.handles.requestBegins();
        file.opening.begin(absolute);
        file.updateActive();
        return file.outcome.future;
    }

    @Override
    public void read(ByteBuffer buffer, long position, FileReadCallback callback) {
        read("read", buffer, position, callback, false);
    }

    @Override
    public void readFully(ByteBuffer buffer, long position, FileReadCallback callback) {
        read("readFully", buffer, position, callback, true);
    }

    @Override
    public void read(ByteBuffer[] buffers, long position, FileReadCallback callback) {
        read("read", buffers, position, callback, false);
    }

    @Override
    public void readFully(ByteBuffer[] buffers, long position, FileReadCallback callback) {
        read("readFully", buffers, position, callback, true);
    }

    @Override
    public void read(ByteBuffer buffer, FileReadCallback callback) {
        operations.enterLine(reading("read", buffer, callback, false));
    }

    @Override
    public void readFully(ByteBuffer buffer, FileReadCallback callback) {
        operations.enterLine(reading("readFully", buffer, callback, true));
    }

    private void read(
            String method,
            ByteBuffer buffer,
            long position,
            FileReadCallback callback,
            boolean exact) {
        requirePosition(position);
        reading(method, buffer, callback, exact).begin(position);
    }

    private FileRead reading(
            String method, ByteBuffer buffer, FileReadCallback callback, boolean exact) {
        ensureUsable(method, options.contains(StandardOpenOption.READ), "READ");
        Buffers.ensureFillable(buffer);
        Objects.requireNonNull(callback, "callback");
        FileRead read = operations.read();
        read.take(buffer, callback, exact);
        return read;
    }

    private void read(
            String method,
            ByteBuffer[] buffers,
            long position,
            FileReadCallback callback,
            boolean exact) {
        ensureUsable(method, options.contains(StandardOpenOption.READ), "READ");
        requirePosition(position);
        Objects.requireNonNull(callback, "callback");
        requireBuffers(buffers, "to read into");
        for (ByteBuffer buffer : buffers) {
            Buffers.ensureFillable(buffer);
        }
        bytesOf(method, buffers);
        FileRead read = operations.read();
        read.take(buffers, callback, exact);
        read.begin(position);
    }

    private static void requireBuffers(ByteBuffer[] buffers, String what) {
        if (Objects.requireNonNull(buffers, "buffers").length == 0) {
            throw new IllegalArgumentException("no buffers " + what);
        }
    }

    private static int bytesOf(String method, ByteBuffer[] buffers) {
        long bytes = 0;
        for (ByteBuffer buffer : buffers) {
            bytes += Objects.requireNonNull(buffer, "buffer").remaining();
        }
        if (bytes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    method + " takes less than 2 GiB, and not " + bytes + " bytes");
        }
        return (int) bytes;
    }

    @Override
    public void write(ByteBuffer buffer, long position, FileWriteCallback callback) {
        ensureWritable(position);
        start("write", buffer, position, callback, false);
    }

    @Override
    public void write(ByteBuffer buffer, FileWriteCallback callback) {
        ensureWritable(0);
        start("write", buffer, 0, callback, true);
    }

    @Override
    public void write(Chunk chunk, long position, FileWriteCallback callback) {
        ensureWritable(position);
        start("write", chunk, position, callback, false);
    }

    @Override
    public void write(ByteBuffer[] buffers, long position, FileWriteCallback callback) {
        ensureWritable(position);
        start("write", buffers, position, callback, false);
    }

    @Override
    public void append(ByteBuffer buffer, FileWriteCallback callback) {
        ensureAppendable();
        start("append", buffer, 0, callback, true);
    }

    @Override
    public void append(Chunk chunk, FileWriteCallback callback) {
        ensureAppendable();
        start("append", chunk, 0, callback, true);
    }

    @Override
    public void append(ByteBuffer[] buffers, FileWriteCallback callback) {
        ensureAppendable();
        start("append", buffers, 0, callback, true);
    }

    private void ensureWritable(long position) {
        boolean allowed = options.contains(StandardOpenOption.WRITE) && !isAppending();
        ensureUsable("write", allowed, "WRITE, and without APPEND");
        requirePosition(position);
    }

    private void ensureAppendable() {
        ensureUsable("append", isAppending(), "APPEND");
    }

    private void start(
            String method, Chunk chunk, long position, FileWriteCallback callback, boolean inLine) {
        Objects.requireNonNull(callback, "callback");
        operations.ensureRoomForCopy(method, Objects.requireNonNull(chunk, "chunk").length());
        PoolChunk received = (PoolChunk) chunk;
        PoolChunk share =
                received.isOfAnotherThread()
                                || received.isFromScarcePool()
                                || !received.memory().isDirect()
                        ? loop().staging.copyOf(received)
                        : received.keep();
        start(share.buffer(), share, position, callback, inLine);
    }

    private void start(
            String method,
            ByteBuffer[] buffers,
            long position,
            FileWriteCallback callback,
            boolean inLine) {
        Objects.requireNonNull(callback, "callback");
        requireBuffers(buffers, "to write");
        int bytes = bytesOf(method, buffers);
        if (isAnyToBeCopied(buffers)) {
            operations.ensureRoomForCopy(method, bytes);
            PoolChunk copy = loop().staging.copy(buffers, bytes);
            start(buffers[buffers.length - 1], copy, position, callback, inLine);
        } else {
            FileWrite write = operations.write();
            write.take(buffers, bytes, position, callback);
            start(write, inLine);
        }
    }

    private boolean isAnyToBeCopied(ByteBuffer[] buffers) {
        for (ByteBuffer buffer : buffers) {
            if (loop().isToBeCopied(buffer)) {
                return true;
            }
        }
        return false;
    }

    private void start(
            ByteBuffer source,
            @Nullable PoolChunk share,
            long position,
            FileWriteCallback callback,
            boolean inLine) {
        FileWrite write = operations.write();
        write.take(source, share, position, callback);
        start(write, inLine);
    }

    private void start(FileWrite write, boolean inLine) {
        operations.copied(write);
        if (inLine) {
            operations.enterLine(write);
        } else {
            write.advance();
        }
    }

    private void start(
            String method,
            ByteBuffer buffer,
            long position,
            FileWriteCallback callback,
            boolean inLine) {
        Objects.requireNonNull(callback, "callback");
        PoolChunk copy = null;
        if (loop().isToBeCopied(buffer)) {
            operations.ensureRoomForCopy(method, buffer.remaining());
            copy = loop().staging.copy(buffer);
        }
        start(buffer, copy, position, callback, inLine);
    }

    @Override
    public void sync(FileSyncCallback callback) {
        sync("sync", Operation.SYNC, callback);
    }

    @Override
    public void syncData(FileSyncCallback callback) {
        sync("syncData", Operation.SYNC_DATA, callback);
    }

    private void sync(String method, Operation which, FileSyncCallback callback) {
        ensureUsable(method, true, "");
        Objects.requireNonNull(callback, "callback");
        operations.sync().begin(which, callback);
    }

    @Override
    public CompletionStage<Long> size() {
        ensureUsable("size", true, "");
        return new FileOperation.Rare<Long>(this, "size") {
            @Override
            void ask() {
                ask(Operation.SIZE, file.opened());
            }

            @Override
            Long answer(long result) {
                return result;
            }
        }.begin();
    }

    @Override
    public CompletionStage<FileAttributes> attributes() {
        ensureUsable("attributes", true, "");
        return new FileOperation.Rare<FileAttributes>(this, "attributes") {
            @Override
            void ask() {
                ask(Operation.STATUS_OF_FILE, file.opened());
            }

            @Override
            FileAttributes answer(long result) {
                return attributes();
            }
        }.begin();
    }

    @Override
    public CompletionStage<AsyncFile> truncate(long size) {
        ensureUsable("truncate", FileOptions.writes(options), "WRITE");
        if (size < 0) {
            throw new IllegalArgumentException("the size must not be negative: " + size);
        }
        return changing("truncate", Operation.TRUNCATE, size, 0, 0);
    }

    @Override
    public CompletionStage<AsyncFile> allocate(long position, long length) {
        ensureUsable("allocate", FileOptions.writes(options), "WRITE");
        requirePosition(position);
        if (length <= 0) {
            throw new IllegalArgumentException("the length must be positive: " + length);
        }
        return changing("allocate", Operation.ALLOCATE, position, length, 0);
    }

    @Override
    public CompletionStage<AsyncFile> advise(long position, long length, FileAdvice advice) {
        ensureUsable("advise", true, "");
        requirePosition(position);
        if (length < 0) {
            throw new IllegalArgumentException("the length must not be negative: " + length);
        }
        return changing("advise", Operation.ADVISE, position, length, numberOf(advice));
    }

    /** As in posix_fadvise(2). */
    private static int numberOf(FileAdvice advice) {
        return switch (Objects.requireNonNull(advice, "advice")) {
            case NORMAL -> 0;
            case RANDOM -> 1;
            case SEQUENTIAL -> 2;
            case WILL_NEED -> 3;
            case DONT_NEED -> 4;
            case NO_REUSE -> 5;
        };
    }

    private CompletionStage<AsyncFile> changing(
            String name, Operation which, long at, long length, int flags) {
        return new FileOperation.Rare<AsyncFile>(this, name) {
            @Override
            void ask() {
                askStretch(which, file.opened(), at, length, flags);
            }

            @Override
            AsyncFile answer(long result) {
                return LoopFile.this;
            }
        }.begin();
    }

    @Override
    public CompletionStage<Long> copyTo(
            AsyncFile target, long position, long targetPosition, long count) {
        ensureUsable("copyTo", options.contains(StandardOpenOption.READ), "READ");
        LoopFile into = (LoopFile) Objects.requireNonNull(target, "target");
        if (into.loop() != loop()) {
            throw new IllegalArgumentException(into + " is open on another loop than " + this);
        }
        into.ensureWritable(targetPosition);
        requirePosition(position);
        if (count < 0) {
            throw new IllegalArgumentException("the count must not be negative: " + count);
        }
        boolean isDisjoint = Math.abs(position - targetPosition) >= count;
        if (into == this && !isDisjoint) {
            throw new IllegalArgumentException(
                    "copyTo: " + count + " bytes at " + position + " would overlap their copy");
        }
        return new FileCopy(this, into, position, targetPosition, count).beginOnBoth();
    }

    /** Lends it to a stream of a loop, to be sent. */
    public FileLoan lend(Loop to, long from, long count) {
        ensureUsable("sendFile", options.contains(StandardOpenOption.READ), "READ");
        if (to != loop()) {
            throw new IllegalArgumentException(this + " is open on another loop than the stream");
        }
        requirePosition(from);
        if (count < 0) {
            throw new IllegalArgumentException("the count must not be negative: " + count);
        }
        return new FileLoan(this);
    }

    /** For threads that read beside the loop; null if the file is not for that. */
    public @Nullable ReadsAtHand readsAtHand() {
        ensureUsable("readsAtHand", true, "");
        boolean isDirect = (openFlags & FileRequest.OPEN_DIRECT) != 0;
        if (beside == null && !isDirect && options.contains(StandardOpenOption.READ)) {
            beside = new Beside(loop());
        }
        return beside == null ? null : beside.reads;
    }

    @Override
    public long position() {
        loop().check("position");
        requireNoAppend("position");
        return position;
    }

    @Override
    public void position(long newPosition) {
        ensureUsable("position", true, "");
        requireNoAppend("position");
        requirePosition(newPosition);
        if (!operations.isLineEmpty()) {
            throw new IllegalStateException(
                    "position: operations that move it are in flight on "
                            + this
                            + "; wait for their callbacks");
        }
        position = newPosition;
    }

    private void requireNoAppend(String method) {
        if (isAppending()) {
            throw new IllegalStateException(
                    method + ": " + path + " was opened with APPEND, and is written at its end");
        }
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public int inFlight() {
        loop().check("inFlight");
        return operations.inFlight();
    }

    boolean isAppending() {
        return options.contains(StandardOpenOption.APPEND);
    }

    OpenFile opened() {
        return Objects.requireNonNull(opening.result(), "not open yet");
    }

    void updateActive() {
        setActive(opening.isInFlight() || !operations.isEmpty());
    }

    @Override
    public boolean closesApart() {
        return true;
    }

    @Override
    public void startClosing() {
        if (beside != null) {
            beside.reads.shut();
        }
        opening.cancel();
        operations.cancel();
        closeWhenIdle();
    }

    @Override
    public void abandon() {
        isAbandoned = true;
        opening.abandon();
        operations.abandon();
        if (!closeBegun) {
            // What is still in flight waits for its turn to be told, and the close comes after it.
            closeWhenIdle();
        } else if (!isReleased() && closing.isWithEngine()) {
            super.abandon();
        }
    }

    /** Whether the loop was let go of, and who works for it may still use what it was lent. */
    boolean isAbandoned() {
        return isAbandoned;
    }

    /** After each end of an operation: when a closing file has none left, it is closed. */
    void closeWhenIdle() {
        if (isOpen() || closeBegun || opening.isInFlight() || !operations.isEmpty()) {
            return;
        }
        ReadsAtHand reads = beside == null ? null : beside.reads;
        if (reads != null && !reads.isLeft()) {
            if (isAbandoned) {
                closeBegun = true;
                // The last of its threads closes it, or who is in a call.
                reads.closeWhenLeft(closing.leaveToOthers(opened()));
                released();
            }
            return;
        }
        closeBegun = true;
        OpenFile opened = opening.result();
        if (opened == null) {
            released();
        } else {
            closing.begin(opened);
        }
    }

    /**
     * Reads of this file beside its loop, and the news that no thread is in one any more: told by
     * the last of them, and taken by the loop, or by nobody if that was let go of meanwhile.
     */
    private final class Beside extends Delivery {
        private final ReadsAtHand reads;

        Beside(Loop loop) {
            super(loop);
            reads = new ReadsAtHand(loop.driver.fileCalls(), opened(), this::left);
        }

        /** On the thread that was the last. */
        private void left() {
            try {
                loop().deliver(this);
            } catch (RejectedExecutionException closed) {
                abandon();
            }
        }

        @Override
        public void run() {
            if (isReleased()) {
                abandon();
            } else {
                closeWhenIdle();
            }
        }

        @Override
        public void abandon() {
            reads.leftAbandoned();
        }
    }

    private void ensureUsable(String method, boolean allowed, String option) {
        ensureOpen(method);
        if (opening.isInFlight() || opening.result() == null) {
            throw new IllegalStateException(method + ": " + this + " is still being opened");
        }
        if (!allowed) {
            throw new IllegalStateException(
                    method
                            + ": "
                            + path
                            + " was opened with "
                            + options
                            + "; open it with "
                            + option);
        }
        operations.ensureRoom(method);
    }

    private static void requirePosition(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("the position must not be negative: " + position);
        }
    }

    /** The end of opening it. Nobody has a file that could not be opened, so that closes itself. */
    private final class Outcome implements Opening.Listener {
        final LoopFuture<AsyncFile> future = new LoopFuture<>(loop());

        @Override
        public boolean wantsFile() {
            return isOpen();
        }

        @Override
        public void fileOpened(long size) {
            settled();
            future.complete(LoopFile.this);
            closeWhenIdle();
        }

        @Override
        public void fileFailed(IoException reason) {
            settled();
            future.completeExceptionally(reason);
            close();
            closeWhenIdle();
        }

        private void settled() {
            loop().handles.requestEnds();
            updateActive();
        }
    }

    /**
     * close(2) may tell of writes that failed long after they had been taken. Nobody waits for that
     * here, so it is logged; who wants to hear of it syncs.
     */
    private final class LastRequest extends Closing {
        LastRequest(LoopFile file) {
            super(file.loop(), file);
        }

        @Override
        void closed(int code) {
            if (code != Code.OK) {
                Log.CORE.report(
                        System.Logger.Level.WARNING,
                        () ->
                                path
                                        + ", closed without a sync, may have lost writes: "
                                        + Code.name(code),
                        null);
            }
            released();
        }
    }
}
