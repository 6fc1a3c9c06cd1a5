// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileReadCallback;
import io.millrace.file.FileSyncCallback;
import io.millrace.file.FileWriteCallback;
import io.millrace.internal.loop.Awaited;
import io.millrace.internal.loop.Buffers;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import io.millrace.spi.Failures;
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
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link AsyncFile}. */
public final class LoopFile extends LoopHandle implements AsyncFile {

    final FileOperations operations = new FileOperations(this);

    private final Path path;
    private final Set<StandardOpenOption> options;
    private final Opening opening = new Opening(this);
    private final Closing closing = new Closing(this);
    private boolean closeBegun;

    private LoopFile(Loop loop, Path path, Set<StandardOpenOption> options) {
        super(loop);
        this.path = path;
        this.options = options;
    }

    public static CompletionStage<AsyncFile> open(Loop loop, Path path, OpenOption... options) {
        Objects.requireNonNull(loop, "loop");
        Set<StandardOpenOption> supported =
                FileOptions.of(Objects.requireNonNull(options, "options"));
        LoopFile file = new LoopFile(loop, PathAttributes.ofDefaultFileSystem(path), supported);
        Path absolute = path.toAbsolutePath();
        file.join();
        return file.opening.begin(absolute);
    }

    public static CompletionStage<FileAttributes> attributes(Loop loop, Path path) {
        Objects.requireNonNull(loop, "loop").check("attributes");
        loop.ensureOpen();
        return new Query(loop, PathAttributes.ofDefaultFileSystem(path)).begin();
    }

    @Override
    public void read(ByteBuffer buffer, long position, FileReadCallback callback) {
        read("read", buffer, position, callback, false);
    }

    @Override
    public void readFully(ByteBuffer buffer, long position, FileReadCallback callback) {
        read("readFully", buffer, position, callback, true);
    }

    private void read(
            String method,
            ByteBuffer buffer,
            long position,
            FileReadCallback callback,
            boolean exact) {
        ensureUsable(method, options.contains(StandardOpenOption.READ), "READ");
        Buffers.ensureFillable(buffer);
        requirePosition(position);
        Objects.requireNonNull(callback, "callback");
        operations.read().begin(buffer, position, callback, exact);
    }

    @Override
    public void write(ByteBuffer buffer, long position, FileWriteCallback callback) {
        ensureWritable(position);
        start("write", buffer, position, callback);
    }

    @Override
    public void write(Chunk chunk, long position, FileWriteCallback callback) {
        ensureWritable(position);
        start("write", chunk, position, callback);
    }

    @Override
    public void write(ByteBuffer[] buffers, long position, FileWriteCallback callback) {
        ensureWritable(position);
        start("write", buffers, position, callback);
    }

    @Override
    public void append(ByteBuffer buffer, FileWriteCallback callback) {
        ensureAppendable();
        start("append", buffer, 0, callback);
    }

    @Override
    public void append(Chunk chunk, FileWriteCallback callback) {
        ensureAppendable();
        start("append", chunk, 0, callback);
    }

    @Override
    public void append(ByteBuffer[] buffers, FileWriteCallback callback) {
        ensureAppendable();
        start("append", buffers, 0, callback);
    }

    private void ensureWritable(long position) {
        boolean allowed = options.contains(StandardOpenOption.WRITE) && !isAppending();
        ensureUsable("write", allowed, "WRITE, and without APPEND");
        requirePosition(position);
    }

    private void ensureAppendable() {
        ensureUsable("append", isAppending(), "APPEND");
    }

    private void start(String method, Chunk chunk, long position, FileWriteCallback callback) {
        Objects.requireNonNull(callback, "callback");
        operations.ensureRoomForCopy(method, Objects.requireNonNull(chunk, "chunk").length());
        PoolChunk received = (PoolChunk) chunk;
        PoolChunk share =
                received.isOfAnotherThread()
                                || received.isFromScarcePool()
                                || !received.memory().isDirect()
                        ? loop().staging.copyOf(received)
                        : received.keep();
        start(share.buffer(), share, position, callback);
    }

    private void start(
            String method, ByteBuffer[] buffers, long position, FileWriteCallback callback) {
        Objects.requireNonNull(callback, "callback");
        if (Objects.requireNonNull(buffers, "buffers").length == 0) {
            throw new IllegalArgumentException("no buffers to write");
        }
        long bytes = 0;
        for (ByteBuffer buffer : buffers) {
            bytes += Objects.requireNonNull(buffer, "buffer").remaining();
        }
        operations.ensureRoomForCopy(method, bytes);
        PoolChunk copy = loop().staging.copy(buffers, (int) bytes);
        start(buffers[buffers.length - 1], copy, position, callback);
    }

    private void start(
            ByteBuffer source,
            @Nullable PoolChunk share,
            long position,
            FileWriteCallback callback) {
        FileOperation.Write write = operations.write();
        write.take(source, share, position, callback);
        operations.start(write);
    }

    private void start(
            String method, ByteBuffer buffer, long position, FileWriteCallback callback) {
        Objects.requireNonNull(callback, "callback");
        PoolChunk copy = null;
        if (loop().isToBeCopied(buffer)) {
            operations.ensureRoomForCopy(method, buffer.remaining());
            copy = loop().staging.copy(buffer);
        }
        start(buffer, copy, position, callback);
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
        return operations.size().begin();
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

    Set<StandardOpenOption> options() {
        return options;
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
        opening.cancel();
        operations.cancel();
        closeWhenIdle();
    }

    @Override
    public void abandon() {
        opening.abandon();
        operations.abandon();
        if (!closeBegun) {
            closeWhenIdle();
        } else if (!isReleased() && closing.isWithEngine()) {
            super.abandon();
        }
    }

    /** After each end of an operation: when a closing file has none left, it is closed. */
    void closeWhenIdle() {
        if (isOpen() || closeBegun || opening.isInFlight() || !operations.isEmpty()) {
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

    private void ensureUsable(String method, boolean allowed, String option) {
        ensureOpen(method);
        if (opening.result() == null) {
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

    /**
     * How a file comes to be open: asks what is there, and opens it if it is a regular file or
     * nothing.
     *
     * <p>Asked first because opening a FIFO would wait for its other end, and because systems
     * disagree whether a directory can be opened. What appears in between is opened as the system
     * sees fit.
     */
    private static final class Opening extends LoopFileRequest {
        private final LoopFile file;
        private final LoopFuture<AsyncFile> future;
        private boolean inFlight;
        private @Nullable OpenFile opened;

        Opening(LoopFile file) {
            super(file.loop());
            this.file = file;
            future = new LoopFuture<>(file.loop());
        }

        CompletionStage<AsyncFile> begin(Path absolute) {
            inFlight = true;
            file.updateActive();
            file.loop().handles.requestBegins();
            askStatus(absolute);
            start();
            return future;
        }

        boolean isInFlight() {
            return inFlight;
        }

        /** The open file, or null before there is one, or if it could not be opened. */
        @Nullable OpenFile result() {
            return opened;
        }

        @Override
        LoopHandle owner() {
            return file;
        }

        @Override
        void ended(long result) {
            int code = (int) result;
            if (operation() == Operation.OPEN) {
                if (code == Code.OK) {
                    opened = file();
                }
                end(code);
            } else if (!file.isOpen()) {
                end(Code.CANCELLED);
            } else if (code == Code.NO_SUCH_FILE) {
                open();
            } else if (code != Code.OK) {
                end(code);
            } else {
                IoException refusal = PathAttributes.refusal(file.path(), attributes());
                if (refusal == null) {
                    open();
                } else {
                    fail(refusal);
                }
            }
        }

        private void open() {
            askOpen(path(), file.options());
            start();
        }

        private void end(int code) {
            if (code != Code.OK || !file.isOpen()) {
                int reason = file.isOpen() ? code : Code.CANCELLED;
                fail(Failures.ofFile(reason, "open", file.path(), 0, cause()));
                return;
            }
            settled();
            future.complete(file);
            file.closeWhenIdle();
        }

        /** Nobody has a file that could not be opened, so nobody else would close it. */
        private void fail(IoException reason) {
            settled();
            future.completeExceptionally(reason);
            file.close();
            file.closeWhenIdle();
        }

        private void settled() {
            inFlight = false;
            file.loop().handles.requestEnds();
            file.updateActive();
        }
    }

    /**
     * The last request of a file. Made with it, because closing must not fail for lack of memory.
     *
     * <p>close(2) may tell of writes that failed long after they had been taken. Nobody waits for
     * that here, so it is logged; who wants to hear of it syncs.
     */
    private static final class Closing extends LoopFileRequest {
        private final LoopFile file;

        Closing(LoopFile file) {
            super(file.loop());
            this.file = file;
        }

        void begin(OpenFile opened) {
            ask(Operation.CLOSE, opened);
            Loop loop = file.loop();
            if (loop.isClosed()) {
                onEnded(closeNow(opened));
            } else {
                start();
            }
        }

        @Override
        LoopHandle owner() {
            return file;
        }

        @Override
        void ended(long result) {
            if (result < 0) {
                Log.CORE.report(
                        System.Logger.Level.WARNING,
                        () ->
                                file.path()
                                        + ", closed without a sync, may have lost writes: "
                                        + Code.name((int) result),
                        null);
            }
            file.released();
        }
    }

    /** The question what is known of a file that need not be open. It keeps the loop running. */
    private static final class Query extends LoopFileRequest {
        private final Loop loop;
        private final Path path;
        private final LoopFuture<FileAttributes> future;

        /** What the loop knows it by while it is in flight. */
        private final Awaited inLoop = this::abandon;

        Query(Loop loop, Path path) {
            super(loop);
            this.loop = loop;
            this.path = path;
            future = new LoopFuture<>(loop);
        }

        CompletionStage<FileAttributes> begin() {
            askStatus(path.toAbsolutePath());
            loop.begins(inLoop);
            start();
            return future;
        }

        @Override
        @Nullable LoopHandle owner() {
            return null;
        }

        @Override
        void ended(long result) {
            loop.ends(inLoop);
            if (result == Code.OK) {
                future.complete(attributes());
            } else {
                future.completeExceptionally(
                        Failures.ofFile((int) result, "attributes", path, 0, cause()));
            }
        }
    }
}
