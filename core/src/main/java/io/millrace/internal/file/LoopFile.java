// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.file.AsyncFile;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileReadCallback;
import io.millrace.file.FileSyncCallback;
import io.millrace.file.FileWriteCallback;
import io.millrace.internal.loop.Buffers;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.FileRequest.Operation;
import io.millrace.spi.OpenedFile;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The one implementation of {@link AsyncFile}. */
public final class LoopFile extends LoopHandle implements AsyncFile {

    final FileOperations operations = new FileOperations(this);

    private final Path path;
    private final Set<StandardOpenOption> options;
    private final FileOpening opening = new FileOpening(this);
    private final FileClosing closing = new FileClosing(this);
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
        return new FileQuery(loop, PathAttributes.ofDefaultFileSystem(path)).begin();
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
        boolean allowed = options.contains(StandardOpenOption.WRITE) && !isAppending();
        ensureUsable("write", allowed, "WRITE, and without APPEND");
        requirePosition(position);
        start("write", buffer, position, callback);
    }

    @Override
    public void append(ByteBuffer buffer, FileWriteCallback callback) {
        ensureUsable("append", isAppending(), "APPEND");
        start("append", buffer, 0, callback);
    }

    private void start(
            String method, ByteBuffer buffer, long position, FileWriteCallback callback) {
        Objects.requireNonNull(callback, "callback");
        PoolChunk copy = null;
        if (!buffer.isDirect()) {
            operations.ensureRoomForCopy(method, buffer.remaining());
            copy = loop().staging.copy(buffer);
        }
        FileWrite write = operations.write();
        write.take(buffer, copy, position, callback);
        operations.start(write);
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

    OpenedFile opened() {
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
        OpenedFile opened = opening.result();
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
}
