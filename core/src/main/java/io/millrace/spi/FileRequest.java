// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.file.DirectoryEntry;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileSystemStatus;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
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
        /** As {@code STATUS}, but of a link itself. */
        LINK_STATUS,
        /** As {@code STATUS}, of the open file. */
        STATUS_OF_FILE,
        /** Opens {@link #path} as {@link #options} and {@link #flags} say: {@link #opened}. */
        OPEN,
        /** Reads at {@link #position} what fits into the buffer: bytes, 0 at the end of file. */
        READ,
        /**
         * Writes at {@link #position}, or at the end of a file opened with {@code APPEND}: bytes.
         */
        WRITE,
        /** As {@code READ}, into the {@link #vector}. */
        READ_VECTOR,
        /** As {@code WRITE}, from the {@link #vector}. */
        WRITE_VECTOR,
        /** Makes the device have content and attributes, see fsync(2). */
        SYNC,
        /** Makes the device have the content, see fdatasync(2). */
        SYNC_DATA,
        /** The size of the open file, in bytes. */
        SIZE,
        /** Makes {@link #position} the size of the open file, see ftruncate(2). */
        TRUNCATE,
        /** Reserves {@link #length} bytes at {@link #position}, see fallocate(2). */
        ALLOCATE,
        /** Says what is planned with that stretch, {@link #flags} as in posix_fadvise(2). */
        ADVISE,
        /**
         * Copies {@link #length} bytes at {@link #position} to {@link #targetPosition} of the
         * {@link #targetFile}, see copy_file_range(2): bytes, 0 at the end of file.
         */
        COPY,
        /** Closes the file; it is gone whatever the result. */
        CLOSE,
        /** Whether {@link #path} may be used as {@link #flags} say, see access(2). */
        ACCESS,
        /** Makes a directory with the permissions {@link #flags}, less the umask. */
        MAKE_DIRECTORY,
        /** See rmdir(2). */
        REMOVE_DIRECTORY,
        /** See unlink(2). */
        REMOVE,
        /** Renames to {@link #target}, see renameat2(2) for the {@link #flags}. */
        RENAME,
        /** Makes {@link #target} another name of the file {@link #path}, see link(2). */
        LINK,
        /** Makes a symbolic link at {@link #path} that reads {@link #target}, see symlink(2). */
        SYMBOLIC_LINK,
        /** What a symbolic link reads: a path. */
        READ_LINK,
        /** The absolute path without links, see realpath(3). */
        REAL_PATH,
        /** Sets the permissions {@link #flags}, see chmod(2). */
        SET_MODE,
        /** Sets {@link #user} and {@link #group}, each unless it is -1, see lchown(2). */
        SET_OWNER,
        /** Sets {@link #accessed} and {@link #modified}, each unless it is null, see utimes(2). */
        SET_TIMES,
        /** What is known of the file system at {@link #path}: a {@link FileSystemStatus}. */
        FILE_SYSTEM,
        /** Opens the directory {@link #path}: {@link #opened}. */
        OPEN_DIRECTORY,
        /**
         * The next names of the open directory, {@link #length} or some more or less: a list of
         * {@link DirectoryEntry}, empty at the end; never {@code .} and {@code ..}.
         */
        READ_DIRECTORY,
        /** Closes the directory; it is gone whatever the result. */
        CLOSE_DIRECTORY
    }

    /** For {@code OPEN}: past the page cache, see O_DIRECT in open(2). */
    public static final int OPEN_DIRECT = 1;

    /** For {@code OPEN}: a new file without a name in the directory, for reading and writing. */
    public static final int OPEN_TEMPORARY = 2;

    /** For {@code OPEN}: a new file is its owner's alone, and others may not even read it. */
    public static final int OPEN_PRIVATE = 4;

    /** For {@code OPEN_DIRECTORY}: a link to a directory will not do. */
    public static final int OPEN_NO_FOLLOW = 8;

    /**
     * For {@code OPEN}: does not wait for the other end of a FIFO, see O_NONBLOCK in open(2). That
     * holds for opening alone, and not for what is done with the file afterwards. Makes no
     * difference to regular files, but that one with a lease on it is {@link Code#WOULD_BLOCK}, and
     * that is reported. Whose files are the JDK's own waits all the same: it has no such option.
     *
     * <p>Who asks so wants to know what it is that was opened: where that is found out on the way,
     * it is an {@link #answer}, too, as of {@code STATUS_OF_FILE}.
     */
    public static final int OPEN_NONBLOCKING = 16;

    /** For {@code RENAME}: fails if the target exists. */
    public static final int RENAME_NO_REPLACE = 1;

    /** For {@code RENAME}: each gets the name of the other. */
    public static final int RENAME_EXCHANGE = 2;

    /** For {@code ACCESS}: bits as of access(2). */
    public static final int ACCESS_READ = 4;

    public static final int ACCESS_WRITE = 2;
    public static final int ACCESS_EXECUTE = 1;

    /** The engine's own, while the request is in flight. */
    public @Nullable Object inEngine;

    private Operation operation = Operation.CLOSE;
    private @Nullable Path path;
    private @Nullable Path target;
    private Set<StandardOpenOption> options = Set.of();
    private int flags;
    private @Nullable OpenFile file;
    private @Nullable OpenFile targetFile;
    private @Nullable ByteBuffer buffer;
    private @Nullable FileVector vector;
    private int from;
    private int to;
    private long position;
    private long targetPosition;
    private long length;
    private int user;
    private int group;
    private @Nullable Instant accessed;
    private @Nullable Instant modified;
    private @Nullable FileAttributes attributes;
    private @Nullable Object value;
    private @Nullable Throwable cause;

    protected FileRequest() {}

    /**
     * The operation has ended. Called once, on the loop's thread; may start requests and cancel
     * others.
     *
     * @param result what {@link Operation} says, {@link Code#OK} where it says nothing, or a
     *     negative code. A driver's engine makes a request again that ends with {@link
     *     Code#INTERRUPTED} or {@link Code#WOULD_BLOCK}, and reports neither, except for {@link
     *     #OPEN_NONBLOCKING}
     */
    public abstract void onEnded(long result);

    protected final void askStatus(Path of) {
        askOfPath(Operation.STATUS, of, 0);
    }

    /** The options contain {@code READ}, {@code WRITE} or {@code APPEND}, and fit together. */
    protected final void askOpen(Path of, Set<StandardOpenOption> how) {
        askOpen(of, how, 0);
    }

    /** As {@link #askOpen(Path, Set)}, with {@link #OPEN_DIRECT} and its like. */
    protected final void askOpen(Path of, Set<StandardOpenOption> how, int openFlags) {
        askOfPath(Operation.OPEN, of, openFlags);
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

    /** For {@code READ_VECTOR} and {@code WRITE_VECTOR}. */
    protected final void askVector(Operation which, OpenFile of, FileVector with, long at) {
        begin(which);
        file = of;
        vector = with;
        position = at;
    }

    /** For what needs nothing but the open file. */
    protected final void ask(Operation which, OpenFile of) {
        begin(which);
        file = of;
    }

    /** For what concerns a stretch of the open file. */
    protected final void askStretch(
            Operation which, OpenFile of, long at, long bytes, int newFlags) {
        ask(which, of);
        position = at;
        length = bytes;
        flags = newFlags;
    }

    protected final void askCopy(OpenFile of, long at, OpenFile into, long atTarget, long bytes) {
        askStretch(Operation.COPY, of, at, bytes, 0);
        targetFile = into;
        targetPosition = atTarget;
    }

    /** For what concerns one path, absolute. */
    protected final void askOfPath(Operation which, Path of, int newFlags) {
        begin(which);
        path = of;
        flags = newFlags;
    }

    /** For what concerns two paths. */
    protected final void askOfPaths(Operation which, Path of, Path and, int newFlags) {
        askOfPath(which, of, newFlags);
        target = and;
    }

    protected final void askSetOwner(Path of, int newUser, int newGroup) {
        askOfPath(Operation.SET_OWNER, of, 0);
        user = newUser;
        group = newGroup;
    }

    protected final void askSetTimes(
            Path of, @Nullable Instant newAccessed, @Nullable Instant newModified) {
        askOfPath(Operation.SET_TIMES, of, 0);
        accessed = newAccessed;
        modified = newModified;
    }

    /** Asks the same as another request, of files that stand for its files. */
    protected final void askLike(
            FileRequest other, @Nullable OpenFile of, @Nullable OpenFile into) {
        begin(other.operation);
        path = other.path;
        target = other.target;
        options = other.options;
        flags = other.flags;
        file = of;
        targetFile = into;
        buffer = other.buffer;
        vector = other.vector;
        from = other.from;
        to = other.to;
        position = other.position;
        targetPosition = other.targetPosition;
        length = other.length;
        user = other.user;
        group = other.group;
        accessed = other.accessed;
        modified = other.modified;
    }

    private void begin(Operation which) {
        operation = which;
        attributes = null;
        value = null;
        cause = null;
    }

    /** Lets go of what the request refers to, before it is kept for the next use. */
    protected final void forget() {
        buffer = null;
        vector = null;
        targetFile = null;
        attributes = null;
        value = null;
        cause = null;
    }

    public final Operation operation() {
        return operation;
    }

    /** Absolute, of the default file system. */
    public final Path path() {
        return Objects.requireNonNull(path, "path");
    }

    /** Absolute, of the default file system; of a symbolic link what it is to read. */
    public final Path target() {
        return Objects.requireNonNull(target, "target");
    }

    public final Set<StandardOpenOption> options() {
        return options;
    }

    /** What it means depends on the operation. */
    public final int flags() {
        return flags;
    }

    public final OpenFile file() {
        return Objects.requireNonNull(file, "file");
    }

    /** The open file, or null if the operation has none. */
    public final @Nullable OpenFile fileIfAny() {
        return file;
    }

    /** The file that is copied into. */
    public final OpenFile targetFile() {
        return Objects.requireNonNull(targetFile, "target file");
    }

    /** The file that is copied into, or null if the operation has none. */
    public final @Nullable OpenFile targetFileIfAny() {
        return targetFile;
    }

    public final ByteBuffer buffer() {
        return Objects.requireNonNull(buffer, "buffer");
    }

    public final FileVector vector() {
        return Objects.requireNonNull(vector, "vector");
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

    public final long targetPosition() {
        return targetPosition;
    }

    public final long length() {
        return length;
    }

    /** The number of a user, or -1. */
    public final int user() {
        return user;
    }

    /** The number of a group, or -1. */
    public final int group() {
        return group;
    }

    public final @Nullable Instant accessed() {
        return accessed;
    }

    public final @Nullable Instant modified() {
        return modified;
    }

    /** Answers {@code STATUS} and its like. */
    public final void answer(FileAttributes found) {
        attributes = found;
    }

    /** Answers {@code OPEN} and {@code OPEN_DIRECTORY}. */
    public final void opened(OpenFile opened) {
        file = opened;
    }

    /** Answers what is answered by an object of another kind. */
    public final void answerWith(@Nullable Object found) {
        value = found;
    }

    /** Says more than the code can. */
    public final void explain(@Nullable Throwable why) {
        cause = why;
    }

    public final FileAttributes attributes() {
        return Objects.requireNonNull(attributes, "attributes");
    }

    /** What is known of the file, or null if the operation has not answered that. */
    public final @Nullable FileAttributes attributesIfAny() {
        return attributes;
    }

    /** The answer to {@code READ_LINK} and {@code REAL_PATH}. */
    public final Path answeredPath() {
        return (Path) Objects.requireNonNull(value, "path");
    }

    /** The answer to {@code FILE_SYSTEM}. */
    public final FileSystemStatus answeredFileSystem() {
        return (FileSystemStatus) Objects.requireNonNull(value, "file system");
    }

    /** The answer to {@code READ_DIRECTORY}. */
    @SuppressWarnings("unchecked")
    public final List<DirectoryEntry> answeredEntries() {
        // What reads directories answers with such a list.
        return (List<DirectoryEntry>) Objects.requireNonNull(value, "entries");
    }

    /** The answer as it is, or null. */
    public final @Nullable Object answeredValue() {
        return value;
    }

    public final @Nullable Throwable cause() {
        return cause;
    }
}
