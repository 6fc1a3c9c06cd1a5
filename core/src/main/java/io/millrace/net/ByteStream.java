// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.Chunk;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in both directions, in order and without loss, whatever carries them. A protocol is written
 * against this, and runs over everything that is one. Not sealed: a stream may be built on another.
 *
 * <p>Loop thread only. A call either throws, because its arguments or the moment are wrong, or it
 * has exactly one completion, later, never on the caller's stack.
 *
 * <p><b>Reading</b> is either on loan, chunk by chunk ({@link #read(ReadHandler)}), or into the
 * caller's memory ({@link #read(ByteBuffer, ReadCallback)}). <b>Writing</b> queues: what one
 * callback writes leaves as one system call when it returns. A write answers whether the queue is
 * still below its high watermark; if not, wait for {@link #onWritable}.
 *
 * <p>Active while it connects or reads; unfinished operations keep the loop running in any case.
 * When it closes, its operations end in this order: connect, read, writes, shutdown; then the close
 * callback.
 */
public interface ByteStream extends Handle {
    /**
     * Reads on loan: {@code handler} hears of every chunk until {@link #pauseReading}, the end, or
     * the close. Replaces an earlier handler; after the end, it hears of the end again.
     */
    void read(ReadHandler handler);

    /**
     * Reads once, at most what the buffer has room for, and at least one byte unless the peer has
     * finished.
     *
     * @param buffer direct, writable, with room; it must not be touched until the callback
     * @throws IllegalStateException if another read into a buffer is pending, or a handler is
     *     reading and not paused
     */
    void read(ByteBuffer buffer, ReadCallback callback);

    /**
     * As {@link #read(ByteBuffer, ReadCallback)}, until the buffer is full or the peer has
     * finished.
     */
    void readFully(ByteBuffer buffer, ReadCallback callback);

    /** The handler hears nothing from now on; unread bytes slow the peer down. Idempotent. */
    void pauseReading();

    /** The handler hears again, first of what came meanwhile. Idempotent. */
    void resumeReading();

    /** Calls {@code handler} whenever nothing came for {@code time} while reading; zero: never. */
    void readTimeout(Duration time, TimeoutHandler handler);

    /** Calls {@code handler} whenever the peer took nothing for {@code time} of what is queued. */
    void writeTimeout(Duration time, TimeoutHandler handler);

    /**
     * Writes a received chunk, without a copy as long as the queue is below its high watermark. The
     * stream sees to keeping it.
     *
     * @return whether the queue is below its high watermark
     * @throws IllegalStateException after a shutdown or close, or if the queue is at its limit; an
     *     empty one takes every chunk
     */
    boolean write(Chunk chunk);

    /**
     * As {@link #write(Chunk)}.
     *
     * @param callback told when the kernel has all bytes, or why not
     */
    boolean write(Chunk chunk, @Nullable WriteCallback callback);

    /** As {@link #write(ByteBuffer, WriteCallback)}; failures go to {@link #onWriteFailure}. */
    boolean write(ByteBuffer buffer);

    /**
     * Writes what is left in a buffer, and moves its position to its limit at once.
     *
     * @param buffer a direct one is used in place: neither its bytes nor its position and limit may
     *     be touched until the callback. The bytes of any other are copied now.
     * @param callback told when the kernel has all bytes, or why not
     * @return whether the queue is below its high watermark
     */
    boolean write(ByteBuffer buffer, @Nullable WriteCallback callback);

    /**
     * Writes several buffers in order, as one write: all of them are queued or none, and it ends
     * once. If it fails, {@link IoException#bytesTransferred} counts from the first buffer.
     *
     * @param callback told when the kernel has all bytes of all buffers, or why not
     */
    boolean write(ByteBuffer[] buffers, @Nullable WriteCallback callback);

    /**
     * As {@link #write(byte[], int, int, WriteCallback)}; failures go to {@link #onWriteFailure}.
     */
    boolean write(byte[] bytes, int offset, int count);

    /**
     * Writes bytes of an array, which are copied now.
     *
     * @param callback told when the kernel has all bytes, or why not
     * @return whether the queue is below its high watermark
     */
    boolean write(byte[] bytes, int offset, int count, @Nullable WriteCallback callback);

    /**
     * Writes at once what the kernel takes, and moves the buffer's position by that; nothing is
     * queued.
     *
     * @param buffer direct
     * @return bytes taken; 0 if earlier writes are queued, the socket is full, or not yet connected
     * @throws IoException if the connection has failed, or an earlier write
     */
    int tryWrite(ByteBuffer buffer) throws IoException;

    /**
     * Sends part of a file, in order with the writes, by sendfile(2) where there is one.
     *
     * <p>The file is opened when its turn comes, or while the file before it is sent, and the loop
     * goes on meanwhile; what is written after it waits for it. Only regular files are opened. One
     * whose size the system gives as 0, as of those in {@code /proc}, has nothing to send: read it
     * with {@link AsyncFile}.
     *
     * <p>If it cannot be opened, the write fails when its turn comes, with the file in {@link
     * IoException#path}: {@code ENOENT}, {@code EISDIR} for a directory, {@code EINVAL} for a
     * device, FIFO or socket and where it has too few bytes, or whatever open(2) says. As after any
     * write that fails, nothing that follows is sent; so who has another answer for a file that is
     * not there opens an {@link AsyncFile} first, and sends that.
     *
     * @param file of the default file system
     * @param count bytes, all of which must be in the file; -1 for the rest of it, which counts as
     *     queued when the file is open, and as more than the high watermark before
     * @param callback told when the kernel has all bytes, or why not
     * @return whether the queue is below its high watermark
     * @throws IllegalArgumentException if the position or the count is negative, or the path
     *     belongs to another file system
     */
    boolean sendFile(Path file, long position, long count, @Nullable WriteCallback callback);

    /**
     * Sends part of an open file, in order with the writes, by sendfile(2) where there is one. The
     * file stays open, and may be sent and read by others meanwhile; if it is closed before, that
     * takes effect when it has been sent. Opening a file this way does not keep the loop waiting.
     *
     * @param file opened with {@code READ}, on this stream's loop
     * @param count bytes, at least 0; if the file turns out to have fewer, the write fails
     * @return whether the queue is below its high watermark
     */
    boolean sendFile(AsyncFile file, long position, long count, @Nullable WriteCallback callback);

    /**
     * Whether a write can come to anything: the stream is open, connected or about to be, neither
     * {@link #shutdown} nor {@link #closeWhenWritten} was called, no write has failed, and the
     * connection is not known to be lost.
     */
    boolean isWritable();

    /** Bytes that are queued, and not yet taken by the kernel. */
    long writeQueueSize();

    /**
     * Sets where back-pressure begins and ends: above {@code high} bytes writes answer false, at
     * {@code low} {@link #onWritable} is called, and beyond {@code limit} writes throw. Bytes of
     * files count as queued, but are not limited: they take up no memory. For the same reason a
     * queue that holds no bytes but of files takes a direct buffer, or several, of any size. Nor
     * may there be more writes than one to each 512 bytes of the limit, but always 1024: small ones
     * are mostly extra.
     */
    void watermarks(long low, long high, long limit);

    /**
     * Sets what to call when the queue has fallen to the low watermark after a write answered
     * false, or was refused for lack of room. Never while the stream is not {@link #isWritable}:
     * not after {@link #shutdown} or {@link #closeWhenWritten}, nor when a write has failed, which
     * its callback or {@link #onWriteFailure} is told. If the connection is lost when all that was
     * written had been sent, this is called all the same: what is written or read next says why.
     */
    void onWritable(Runnable callback);

    /** Sets who hears of failed writes without a callback; at first that closes the stream. */
    void onWriteFailure(WriteFailureHandler handler);

    /**
     * Half-closes: no writes from now on, and when those queued are sent, the peer is told. Reading
     * goes on. If one of them has failed, so does this, for the same reason.
     *
     * @throws IllegalStateException if it was called before
     */
    CompletionStage<ByteStream> shutdown();

    /**
     * Takes no more writes, and closes when those queued are with the kernel. If one of them has
     * failed, it closes with a reset when that is told: the peer is not to think it got everything.
     * Idempotent.
     */
    void closeWhenWritten();

    /** Closes with a reset: the peer sees {@code ECONNRESET}, and what is unsent is discarded. */
    void closeReset();

    /** The local address; null before there is a socket, and when it is gone or closing. */
    @Nullable SocketAddress localAddress();

    /**
     * The peer's address: the one it connects to, or where a connection that was taken over comes
     * from. It stays known after a failure and after the close. Null before there is one.
     */
    @Nullable SocketAddress remoteAddress();

    /**
     * The kernel's number for the socket; it stays the stream's.
     *
     * @throws IllegalStateException if there is no socket: before the connect, when it has failed,
     *     and from the close on
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    int fileDescriptor();
}
