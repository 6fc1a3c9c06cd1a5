// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.internal.file.LoopFileSystem;
import io.millrace.internal.loop.Loop;
import java.nio.ByteBuffer;
import java.nio.file.AccessMode;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What can be done with files by their paths, without blocking the loop: by io_uring where that has
 * an operation for it, else on the threads of {@link LoopOptions.Builder#workExecutor}.
 *
 * <p>Loop thread only. Each call either throws, because of its arguments or the moment, or answers
 * a stage that ends on the loop's thread, never on the caller's stack. A failure is an {@link
 * IoException} with the error's name, the operation and the path. The loop runs until all have
 * ended. Operations are independent: two that are in flight at once happen in any order.
 *
 * <p>Paths are of the default file system. The kernel gets the bytes that the JDK has for them, and
 * what is answered has the kernel's bytes, whatever the locale can show of them.
 */
public sealed interface FileSystem permits LoopFileSystem {

    /** The files, as a loop reaches them. */
    static FileSystem of(EventLoop loop) {
        return LoopFileSystem.of((Loop) loop);
    }

    /** What is known of a file, links followed, see stat(2). */
    CompletionStage<FileAttributes> attributes(Path path);

    /** As {@link #attributes}, but of a link the link's own, see lstat(2). */
    CompletionStage<FileAttributes> linkAttributes(Path path);

    /**
     * Whether this process may use a file in all of these ways, or, without any, whether it is
     * there; see access(2).
     *
     * @return the path, or a failure: {@code EACCES} or {@code ENOENT} above all
     */
    CompletionStage<Path> checkAccess(Path path, AccessMode... modes);

    /** Makes a directory with the permissions 0777 less the umask, see mkdir(2). */
    CompletionStage<Path> createDirectory(Path path);

    /**
     * As {@link #createDirectory(Path)}, with other permissions.
     *
     * @param permissions as of chmod(2), less the umask
     */
    CompletionStage<Path> createDirectory(Path path, int permissions);

    /**
     * Makes a directory, and those above it that are missing. One that is there already is fine.
     */
    CompletionStage<Path> createDirectories(Path path);

    /** Removes an empty directory, see rmdir(2). */
    CompletionStage<Path> removeDirectory(Path path);

    /** Removes a name that is not a directory's, see unlink(2). */
    CompletionStage<Path> remove(Path path);

    /**
     * Gives a file another name; whatever had that name is replaced in the same moment, see
     * rename(2).
     *
     * @return {@code to}, or a failure: {@code EXDEV} if it is on another file system
     */
    CompletionStage<Path> rename(Path from, Path to);

    /**
     * As {@link #rename}, unless there is something of that name: {@code EEXIST}. One step on Linux
     * with a native backend; elsewhere a look and then the rename, between which something may come
     * to be.
     */
    CompletionStage<Path> renameUnlessThere(Path from, Path to);

    /**
     * Gives each of two files the other's name in one moment.
     *
     * @return {@code one}, or a failure: {@code EOPNOTSUPP} on the JDK's files, {@code EINVAL} if
     *     the file system cannot
     */
    CompletionStage<Path> exchange(Path one, Path other);

    /** Gives a file a further name, see link(2). */
    CompletionStage<Path> link(Path existing, Path further);

    /**
     * Makes a symbolic link.
     *
     * @param target what it reads; relative ones are relative to the link
     */
    CompletionStage<Path> symbolicLink(Path link, Path target);

    /** What a symbolic link reads, as it was made. */
    CompletionStage<Path> readLink(Path link);

    /** The absolute path without links, {@code .} and {@code ..}, see realpath(3). */
    CompletionStage<Path> realPath(Path path);

    /**
     * Sets the permissions, links followed, see chmod(2).
     *
     * @param permissions the lower twelve bits of the mode
     */
    CompletionStage<Path> setPermissions(Path path, int permissions);

    /**
     * Sets owner and group of a file, or of a link itself, see lchown(2).
     *
     * @param user a number, or -1 to leave it
     * @param group a number, or -1 to leave it
     */
    CompletionStage<Path> setOwner(Path path, int user, int group);

    /** Sets when a file was last read and changed, links followed; null leaves it. */
    CompletionStage<Path> setTimes(
            Path path, @Nullable Instant lastAccessed, @Nullable Instant lastModified);

    /** How much room there is on the file system that a file is on, see statvfs(3). */
    CompletionStage<FileSystemStatus> status(Path path);

    /**
     * Makes a directory that nobody else has, for its owner alone.
     *
     * @param prefix what its name begins with, without a separator
     * @return its path
     */
    CompletionStage<Path> createTemporaryDirectory(Path parent, String prefix);

    /**
     * Makes a file that nobody else has, for its owner alone, and opens it for reading and writing.
     * It stays when it is closed.
     *
     * @param prefix what its name begins with, without a separator
     */
    CompletionStage<AsyncFile> createTemporaryFile(Path parent, String prefix);

    /**
     * Reads the names in a directory, in batches, in the system's order. The next batch is read
     * when the handler has returned. Names that come or go meanwhile may or may not be told.
     *
     * @return how many names were told, when the directory is closed again
     */
    CompletionStage<Long> list(Path directory, DirectoryHandler handler);

    /**
     * Reads a directory and all that are below it; links are told and not followed. A directory's
     * own names come before those of the directories in it.
     *
     * @return how many names were told
     */
    CompletionStage<Long> walk(Path directory, WalkHandler handler);

    /**
     * Reads a regular file to its end, also one of which the system gives the size as 0.
     *
     * @param most bytes; {@code EFBIG} if the file has more
     */
    CompletionStage<byte[]> readAll(Path path, int most);

    /**
     * Writes a regular file, all of it, and closes it. The bytes are copied unless the buffer is
     * direct: then it is the file's until the stage ends.
     *
     * @param options as of {@link AsyncFile#open}; if there are none, the file is made if it is
     *     missing, and whatever it has is replaced
     */
    CompletionStage<Path> writeAll(Path path, ByteBuffer bytes, OpenOption... options);
}
