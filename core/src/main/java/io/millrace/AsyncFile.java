// SPDX-License-Identifier: Apache-2.0
package io.millrace;

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

/**
 * An open regular file whose operations do not block the loop: by io_uring where the loop has it,
 * else by the threads of {@link LoopOptions.Builder#workExecutor}.
 *
 * <p>Loop thread only. A call either throws, because its arguments or the moment are wrong, or has
 * exactly one completion, later, never on the caller's stack.
 *
 * <p><b>Order.</b> Up to {@value #MAXIMUM_IN_FLIGHT} operations may be in flight on a file. Reads
 * and writes at positions are independent of each other: they happen and end in any order, and what
 * a read finds where a write is in flight is anybody's guess. Appends land, and end, in the order
 * of the calls. A sync covers the writes whose callbacks have been called before it was asked for.
 *
 * <p><b>Memory.</b> A direct buffer given to an operation is the file's until its callback: do not
 * touch bytes, position and limit. Of any other buffer a write copies the bytes at the call.
 *
 * <p>Active while an operation is in flight; unfinished operations keep the loop running in any
 * case, an idle open file does not. When the file closes, operations in flight are cancelled; what
 * the system had begun it may finish. Each ends, then the file is closed, then its close callback
 * runs; other handles that are closed meanwhile do not wait for it.
 */
public final class AsyncFile extends Handle {
    /**
     * How many operations may be in flight on a file. More than the 1023 that an NVMe queue takes
     * are never faster, so who starts more is not waiting for callbacks, and would fill the memory.
     */
    public static final int MAXIMUM_IN_FLIGHT = 1024;

    final FileOperations operations = new FileOperations(this);

    private final Path path;
    private final Set<StandardOpenOption> options;
    private final FileOpening opening = new FileOpening(this);
    private final FileClosing closing = new FileClosing(this);
    private boolean closeBegun;

    private AsyncFile(EventLoop loop, Path path, Set<StandardOpenOption> options) {
        super(loop);
        this.path = path;
        this.options = options;
    }

    /**
     * Opens a file, see open(2). A new one gets the permissions 0666 less the process's umask.
     *
     * @param path of the default file system
     * @param options {@code READ}, which is the default, {@code WRITE} or {@code APPEND}; with
     *     either of the latter {@code CREATE}, {@code CREATE_NEW} and {@code SPARSE}, and with
     *     {@code WRITE} also {@code TRUNCATE_EXISTING}
     * @return the open file, or an {@link IoException}: {@code ENOENT}, {@code EISDIR} for a
     *     directory, {@code EINVAL} for a device, FIFO or socket, or whatever open(2) says
     * @throws UnsupportedOperationException if there is another option
     * @throws IllegalArgumentException if the options contradict each other, or the path belongs to
     *     another file system
     */
    public static CompletionStage<AsyncFile> open(
            EventLoop loop, Path path, OpenOption... options) {
        Objects.requireNonNull(loop, "loop");
        Set<StandardOpenOption> supported =
                FileOptions.of(Objects.requireNonNull(options, "options"));
        AsyncFile file = new AsyncFile(loop, PathAttributes.ofDefaultFileSystem(path), supported);
        Path absolute = path.toAbsolutePath();
        file.join();
        return file.opening.begin(absolute);
    }

    /**
     * What the system knows of a file, links followed, see statx(2). The loop runs until it is
     * told.
     *
     * @return the attributes, or an {@link IoException}
     */
    public static CompletionStage<FileAttributes> attributes(EventLoop loop, Path path) {
        Objects.requireNonNull(loop, "loop").check("attributes");
        loop.ensureOpen();
        return new FileQuery(loop, PathAttributes.ofDefaultFileSystem(path)).begin();
    }

    /**
     * Reads once, at most what the buffer has room for: all of it unless the file ends before, or
     * the system gives less.
     *
     * @param buffer direct, writable, with room
     * @param position in the file, at least 0; may be behind its end
     * @throws IllegalStateException if the file was not opened for reading, is closed, or has too
     *     many operations in flight
     */
    public void read(ByteBuffer buffer, long position, FileReadCallback callback) {
        read("read", buffer, position, callback, false);
    }

    /**
     * As {@link #read}, but until the buffer is full or the file ends. Up to 2 GiB go as one
     * operation.
     */
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
        ReadRequest.ensureFillable(buffer);
        requirePosition(position);
        Objects.requireNonNull(callback, "callback");
        operations.read().begin(buffer, position, callback, exact);
    }

    /**
     * Writes what is left in a buffer, and moves its position to its limit at once. The write is
     * whole, or fails and says how many bytes the system took. Behind the end of the file it leaves
     * a hole that reads as zeros.
     *
     * @param buffer a direct one is used in place
     * @param position in the file, at least 0
     * @throws IllegalStateException if the file was not opened with {@code WRITE} alone, is closed,
     *     has too many operations in flight, or would hold copies of more than 16 MiB
     */
    public void write(ByteBuffer buffer, long position, FileWriteCallback callback) {
        boolean allowed = options.contains(StandardOpenOption.WRITE) && !isAppending();
        ensureUsable("write", allowed, "WRITE, and without APPEND");
        requirePosition(position);
        start("write", buffer, position, callback);
    }

    /**
     * As {@link #write}, at the end of a file opened with {@code APPEND}, wherever others have
     * moved that meanwhile.
     */
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

    /**
     * Has the device store content and attributes, see fsync(2): of every write whose callback was
     * called before.
     */
    public void sync(FileSyncCallback callback) {
        sync("sync", Operation.SYNC, callback);
    }

    /** As {@link #sync}, but of attributes only what reading needs, see fdatasync(2). */
    public void syncData(FileSyncCallback callback) {
        sync("syncData", Operation.SYNC_DATA, callback);
    }

    private void sync(String method, Operation which, FileSyncCallback callback) {
        ensureUsable(method, true, "");
        Objects.requireNonNull(callback, "callback");
        operations.sync().begin(which, callback);
    }

    /** The size in bytes, whatever has become of the path meanwhile. */
    public CompletionStage<Long> size() {
        ensureUsable("size", true, "");
        return operations.size().begin();
    }

    /** The path that the file was opened by. Any thread. */
    public Path path() {
        return path;
    }

    /** How many operations are in flight. */
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
    boolean closesApart() {
        return true;
    }

    @Override
    void release() {
        opening.cancel();
        operations.cancel();
        closeWhenIdle();
    }

    @Override
    void abandon() {
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
