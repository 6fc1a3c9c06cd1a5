// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.file.FileAttributes;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One operation on a file: what is asked for, and where its end is told. Core makes it and uses it
 * again, so that asking allocates nothing.
 *
 * <p>Several operations of a kind may be in flight on one file, which is why they are objects,
 * unlike those of sockets. Core fills the question in with one of the {@code ask} methods; the
 * engine reads it, fills the answer in, and calls {@link #onEnded}. Loop thread only, except that
 * the question may be read by the thread that carries it out.
 */
public abstract class FileRequest {
    /** What is asked for. */
    public enum Operation {
        /** What is known of the file at {@link #path}, links followed: {@link #answer}. */
        STATUS,
        /** Opens {@link #path} as {@link #options} say: {@link #opened}. */
        OPEN,
        /** Reads at {@link #position} what fits into the buffer: bytes, 0 at the end of file. */
        READ,
        /**
         * Writes at {@link #position}, or at the end of a file opened with {@code APPEND}: bytes.
         */
        WRITE,
        /** Makes the device have content and attributes, see fsync(2). */
        SYNC,
        /** Makes the device have the content, see fdatasync(2). */
        SYNC_DATA,
        /** The size of the open file, in bytes. */
        SIZE,
        /** Closes the file; it is gone whatever the result. */
        CLOSE
    }

    /** The engine's own, while the request is in flight. */
    public @Nullable Object inEngine;

    private Operation operation = Operation.CLOSE;
    private @Nullable Path path;
    private Set<StandardOpenOption> options = Set.of();
    private @Nullable OpenFile file;
    private @Nullable ByteBuffer buffer;
    private int from;
    private int to;
    private long position;
    private @Nullable FileAttributes attributes;
    private @Nullable Throwable cause;

    protected FileRequest() {}

    /**
     * The operation has ended. Called once, on the loop's thread; may start requests and cancel
     * others.
     *
     * @param result what {@link Operation} says, {@link Code#OK} where it says nothing, or a
     *     negative code. A driver's engine makes a request again that ends with {@link
     *     Code#INTERRUPTED} or {@link Code#WOULD_BLOCK}, and reports neither
     */
    public abstract void onEnded(long result);

    protected final void askStatus(Path of) {
        begin(Operation.STATUS);
        path = of;
    }

    /** The options contain {@code READ}, {@code WRITE} or {@code APPEND}, and fit together. */
    protected final void askOpen(Path of, Set<StandardOpenOption> how) {
        begin(Operation.OPEN);
        path = of;
        options = how;
    }

    /**
     * For {@code READ} and {@code WRITE}: the bytes of a direct buffer from one index to another,
     * whatever its own position and limit are; those stay as they are.
     */
    protected final void askTransfer(
            Operation which, OpenFile of, ByteBuffer with, int first, int end, long at) {
        begin(which);
        file = of;
        buffer = with;
        from = first;
        to = end;
        position = at;
    }

    /** For what needs nothing but the open file. */
    protected final void ask(Operation which, OpenFile of) {
        begin(which);
        file = of;
    }

    private void begin(Operation which) {
        operation = which;
        attributes = null;
        cause = null;
    }

    /** Lets go of what the request refers to, before it is kept for the next use. */
    protected final void forget() {
        buffer = null;
        attributes = null;
        cause = null;
    }

    public final Operation operation() {
        return operation;
    }

    /** Absolute, of the default file system. */
    public final Path path() {
        return Objects.requireNonNull(path, "path");
    }

    public final Set<StandardOpenOption> options() {
        return options;
    }

    public final OpenFile file() {
        return Objects.requireNonNull(file, "file");
    }

    public final ByteBuffer buffer() {
        return Objects.requireNonNull(buffer, "buffer");
    }

    /** Index of the first byte in {@link #buffer}. */
    public final int from() {
        return from;
    }

    /** Index after the last byte in {@link #buffer}. */
    public final int to() {
        return to;
    }

    public final long position() {
        return position;
    }

    /** Answers {@code STATUS}. */
    public final void answer(FileAttributes found) {
        attributes = found;
    }

    /** Answers {@code OPEN}. */
    public final void opened(OpenFile opened) {
        file = opened;
    }

    /** Says more than the code can. */
    public final void explain(@Nullable Throwable why) {
        cause = why;
    }

    public final FileAttributes attributes() {
        return Objects.requireNonNull(attributes, "attributes");
    }

    public final @Nullable Throwable cause() {
        return cause;
    }
}
