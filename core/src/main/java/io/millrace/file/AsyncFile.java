// SPDX-License-Identifier: Apache-2.0
package io.millrace.file;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.internal.file.LoopFile;
import io.millrace.internal.file.LoopFileSystem;
import io.millrace.internal.loop.Loop;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
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
 * of the calls; so do reads and writes without a position, each of which goes on where the one
 * before it has ended. A sync covers the writes whose callbacks have been called before it was
 * asked for. One sync is under way at a time, those asked for meanwhile share the next, and they
 * end in the order of the calls: when one ends well, each failure that may have taken writes from
 * it has been told. What a failed sync should have stored may be lost for good, though later ones
 * end well: write it anew, see fsync(2).
 *
 * <p><b>Memory.</b> A direct buffer given to an operation is the file's until its callback: do not
 * touch bytes, position and limit. Of any other buffer a write copies the bytes at the call.
 *
 * <p>Active while an operation is in flight; unfinished operations keep the loop running in any
 * case, an idle open file does not. When the file closes, operations in flight are cancelled; what
 * the system had begun it may finish. Each ends, then the file is closed, then its close callback
 * runs; other handles that are closed meanwhile do not wait for it.
 */
public sealed interface AsyncFile extends Handle permits LoopFile {

    /**
     * How many operations may be in flight on a file. More than the 1023 that an NVMe queue takes
     * are never faster, so who starts more is not waiting for callbacks, and would fill the memory.
     */
    int MAXIMUM_IN_FLIGHT = 1024;

    /**
     * Opens a file, see open(2). A new one gets the permissions 0666 less the process's umask.
     *
     * @param path of the default file system
     * @param options {@code READ}, which is the default, {@code WRITE} or {@code APPEND}; with
     *     either of the latter {@code CREATE}, {@code CREATE_NEW} and {@code SPARSE}, and with
     *     {@code WRITE} also {@code TRUNCATE_EXISTING}; and {@link FileOption#DIRECT}
     * @return the open file, or an {@link IoException}: {@code ENOENT}, {@code EISDIR} for a
     *     directory, {@code EINVAL} for a device, FIFO or socket, or whatever open(2) says
     * @throws UnsupportedOperationException if there is another option
     * @throws IllegalArgumentException if the options contradict each other, or the path belongs to
     *     another file system
     */
    static CompletionStage<AsyncFile> open(EventLoop loop, Path path, OpenOption... options) {
        return LoopFile.open((Loop) loop, path, options);
    }

    /**
     * What the system knows of a file, links followed, see statx(2). The loop runs until it is
     * told.
     *
     * @return the attributes, or an {@link IoException}
     */
    static CompletionStage<FileAttributes> attributes(EventLoop loop, Path path) {
        return LoopFileSystem.attributes((Loop) loop, path);
    }

    /**
     * Opens a new file that has no name, and is gone when it closes: for reading and writing, by
     * its owner alone. Where the system has no such files, one with a name is made, and loses it at
     * once.
     *
     * @param directory on whose file system it is to be; also what {@link #path} answers
     * @return the open file, or an {@link IoException}
     */
    static CompletionStage<AsyncFile> openTemporary(EventLoop loop, Path directory) {
        return LoopFile.openTemporary((Loop) loop, directory);
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
    void read(ByteBuffer buffer, long position, FileReadCallback callback);

    /**
     * As {@link #read}, but until the buffer is full or the file ends. Up to 2 GiB go as one
     * operation.
     */
    void readFully(ByteBuffer buffer, long position, FileReadCallback callback);

    /**
     * As {@link #read(ByteBuffer, long, FileReadCallback)}, into several buffers, one after the
     * other, by as few calls of the system as readv(2) needs.
     *
     * @param buffers each direct, writable, with room; less than 2 GiB together
     * @param callback is given the last of the buffers, and how many bytes were read into all
     */
    void read(ByteBuffer[] buffers, long position, FileReadCallback callback);

    /** As {@link #read(ByteBuffer[], long, FileReadCallback)}, until all buffers are full. */
    void readFully(ByteBuffer[] buffers, long position, FileReadCallback callback);

    /**
     * As {@link #read(ByteBuffer, long, FileReadCallback)}, from the file's position, which moves
     * by what was read. What uses that position goes one at a time.
     */
    void read(ByteBuffer buffer, FileReadCallback callback);

    /** As {@link #readFully(ByteBuffer, long, FileReadCallback)}, from the file's position. */
    void readFully(ByteBuffer buffer, FileReadCallback callback);

    /**
     * Where the next read or write without a position begins that is in flight by now, or else the
     * next that is asked for. 0 in the beginning. The file's alone: not the system's.
     *
     * @throws IllegalStateException if the file was opened with {@code APPEND}
     */
    long position();

    /**
     * Says where the next read or write without a position begins.
     *
     * @throws IllegalStateException if such a one is in flight, the file is closed, or was opened
     *     with {@code APPEND}
     */
    void position(long newPosition);

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
    void write(ByteBuffer buffer, long position, FileWriteCallback callback);

    /**
     * Writes a received chunk, which the file keeps until it is written; no {@code keep} is needed.
     * It counts like a copy of its bytes.
     *
     * @param callback is given the chunk's buffer, of which nothing is left
     */
    void write(Chunk chunk, long position, FileWriteCallback callback);

    /**
     * As {@link #write(ByteBuffer, long, FileWriteCallback)}, at the file's position, which moves
     * by what was written. What uses that position goes one at a time.
     */
    void write(ByteBuffer buffer, FileWriteCallback callback);

    /**
     * Writes several buffers in order, as one write: it ends once, and if it fails, {@link
     * IoException#bytesTransferred} counts from the first buffer. If all are direct, they are used
     * in place, as by writev(2); if one is not, the bytes of all of them are copied now. So they go
     * to the system together.
     *
     * @param callback is given the last of the buffers
     */
    void write(ByteBuffer[] buffers, long position, FileWriteCallback callback);

    /**
     * As {@link #write(ByteBuffer, long, FileWriteCallback)}, at the end of a file opened with
     * {@code APPEND}, wherever others have moved that meanwhile.
     */
    void append(ByteBuffer buffer, FileWriteCallback callback);

    /** As {@link #write(Chunk, long, FileWriteCallback)}, at the end of the file. */
    void append(Chunk chunk, FileWriteCallback callback);

    /** As {@link #write(ByteBuffer[], long, FileWriteCallback)}, at the end of the file. */
    void append(ByteBuffer[] buffers, FileWriteCallback callback);

    /**
     * Has the device store content and attributes, see fsync(2): of every write whose callback was
     * called before.
     */
    void sync(FileSyncCallback callback);

    /** As {@link #sync}, but of attributes only what reading needs, see fdatasync(2). */
    void syncData(FileSyncCallback callback);

    /** The size in bytes, whatever has become of the path meanwhile. */
    CompletionStage<Long> size();

    /**
     * What the system knows of the open file, whatever has become of the path meanwhile, see
     * statx(2). No lock is taken, and nothing that others do with the file waits.
     *
     * @return the attributes, or an {@link IoException}: on the JDK's files, {@code EOPNOTSUPP}
     *     when the file has lost its name
     */
    CompletionStage<FileAttributes> attributes();

    /**
     * Makes the file as long as said, see ftruncate(2): what it has more is gone, and what it has
     * less reads as zeros. What is in flight in that part of the file ends before or after.
     */
    CompletionStage<AsyncFile> truncate(long size);

    /**
     * Reserves room on the device, see fallocate(2), so that writing there does not fail with
     * {@code ENOSPC}. The file grows to the end of the stretch if it is shorter, by zeros.
     *
     * @param length bytes, at least 1
     * @return this file, or an {@link IoException}: {@code EOPNOTSUPP} where file system or backend
     *     cannot
     */
    CompletionStage<AsyncFile> allocate(long position, long length);

    /**
     * Says what is planned with a stretch of the file. That changes speed alone, and where the
     * system does not ask, nothing.
     *
     * @param length bytes; 0 up to the end of the file
     */
    CompletionStage<AsyncFile> advise(long position, long length, FileAdvice advice);

    /**
     * Copies into another file without a way through this process where the system can, see
     * copy_file_range(2): file systems that can share the bytes between both do so.
     *
     * @param target opened with {@code WRITE}, on the same loop; may be this file, or another
     *     handle of the same file, if the stretches do not overlap
     * @param count bytes, at least 0
     * @return how many bytes were copied, which are fewer than asked for if this file ends before;
     *     or an {@link IoException} that says how many ({@link IoException#bytesTransferred}): with
     *     {@code EINVAL} none, if the stretches overlap in one file that was opened twice
     */
    CompletionStage<Long> copyTo(AsyncFile target, long position, long targetPosition, long count);

    /** The path that the file was opened by; of a temporary one the directory. Any thread. */
    Path path();

    /** How many operations are in flight. */
    int inFlight();
}
