// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection, outgoing or accepted.
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
public final class TcpStream extends Handle {
    final Outbound outbound = new Outbound(this);
    final Inbound inbound = new Inbound(this, outbound);
    final Connection connection = new Connection(this);
    final TcpOptions options = new TcpOptions(this);

    /**
     * What receives and sends: null before the connection, and from the close on. Set by {@link
     * #connection} alone, whose port it is; it stands here so that a message finds it at once.
     */
    @Nullable StreamPort port;

    /** Few streams have any. */
    private @Nullable StreamTimeouts timeouts;

    private TcpStream(EventLoop loop) {
        super(loop);
        options.noDelay(true);
    }

    /** Makes a stream that is to {@link #connect}. */
    public static TcpStream open(EventLoop loop) {
        TcpStream stream = new TcpStream(loop);
        stream.join();
        return stream;
    }

    /**
     * Opens a stream and connects it.
     *
     * @return the connected stream, or an {@link IoException}; then the stream is closed already
     */
    public static CompletionStage<TcpStream> connect(EventLoop loop, SocketAddress address) {
        TcpStream stream = open(loop);
        try {
            LoopFuture<TcpStream> outcome = new LoopFuture<>(loop);
            stream.connect(address)
                    .whenComplete(
                            (connected, failure) -> {
                                if (failure != null) {
                                    stream.close();
                                }
                                outcome.end(connected, failure);
                            });
            return outcome;
        } catch (RuntimeException invalid) {
            stream.close();
            throw invalid;
        }
    }

    /**
     * Takes over a connected stream socket by its descriptor, which is then the stream's.
     *
     * @throws IoException if it is not usable; then the descriptor is still the caller's
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    public static TcpStream adopt(EventLoop loop, int descriptor) throws IoException {
        if (descriptor < 0) {
            throw new IllegalArgumentException("not a descriptor: " + descriptor);
        }
        TcpStream stream = new TcpStream(loop);
        stream.take(loop.driver.adopt(descriptor, stream.inbound));
        return stream;
    }

    /** An accepted connection finds its loop. On failure it is closed. */
    static TcpStream adopt(EventLoop loop, Accepted connection) throws IoException {
        TcpStream stream;
        StreamPort adopted;
        try {
            stream = new TcpStream(loop);
            adopted = loop.driver.adopt(connection, stream.inbound);
        } catch (RuntimeException | Error failure) {
            connection.close();
            throw failure;
        }
        stream.take(adopted);
        return stream;
    }

    private void take(StreamPort adopted) {
        try {
            connection.adopt(adopted);
            join();
        } catch (RuntimeException | Error failure) {
            port = null;
            adopted.close();
            throw failure;
        }
    }

    /** Connects without a deadline of its own; see {@link #connect(SocketAddress, Duration)}. */
    public CompletionStage<TcpStream> connect(SocketAddress address) {
        return connect(address, Duration.ZERO);
    }

    /**
     * Connects. Reads, writes and a shutdown may be asked for right away; they follow the connect.
     *
     * <p>A failure leaves the stream open, so that its owner decides, but its socket is closed, and
     * it cannot connect again.
     *
     * @param deadline after which it fails with {@code ETIMEDOUT}; zero for the system's own
     * @throws IllegalArgumentException if the address is unresolved or not an {@link
     *     InetSocketAddress}, or the deadline negative
     */
    public CompletionStage<TcpStream> connect(SocketAddress address, Duration deadline) {
        ensureOpen("connect");
        InetSocketAddress resolved = Connection.resolved(address);
        if (Objects.requireNonNull(deadline, "deadline").isNegative()) {
            throw new IllegalArgumentException("the deadline must not be negative: " + deadline);
        }
        return connection.connect(resolved, Timer.nanos(deadline));
    }

    /**
     * Reads on loan: {@code handler} hears of every chunk until {@link #pauseReading}, the end, or
     * the close. Replaces an earlier handler; after the end, it hears of the end again.
     */
    public void read(ReadHandler handler) {
        ensureUsable("read");
        inbound.start(Objects.requireNonNull(handler, "handler"));
    }

    /**
     * Reads once, at most what the buffer has room for, and at least one byte unless the peer has
     * finished.
     *
     * @param buffer direct, writable, with room; it must not be touched until the callback
     * @throws IllegalStateException if another read into a buffer is pending, or a handler is
     *     reading and not paused
     */
    public void read(ByteBuffer buffer, ReadCallback callback) {
        ensureUsable("read");
        inbound.read(buffer, Objects.requireNonNull(callback, "callback"), false);
    }

    /**
     * As {@link #read(ByteBuffer, ReadCallback)}, until the buffer is full or the peer has
     * finished.
     */
    public void readFully(ByteBuffer buffer, ReadCallback callback) {
        ensureUsable("readFully");
        inbound.read(buffer, Objects.requireNonNull(callback, "callback"), true);
    }

    /** The handler hears nothing from now on; unread bytes slow the peer down. Idempotent. */
    public void pauseReading() {
        loop().check("pauseReading");
        if (isOpen()) {
            inbound.pause();
        }
    }

    /** The handler hears again, first of what came meanwhile. Idempotent. */
    public void resumeReading() {
        ensureOpen("resumeReading");
        inbound.resume();
    }

    /** Calls {@code handler} whenever nothing came for {@code time} while reading; zero: never. */
    public void readTimeout(Duration time, TimeoutHandler handler) {
        ensureOpen("readTimeout");
        timeouts().read(nanos(time), Objects.requireNonNull(handler, "handler"));
    }

    /** Calls {@code handler} whenever the peer took nothing for {@code time} of what is queued. */
    public void writeTimeout(Duration time, TimeoutHandler handler) {
        ensureOpen("writeTimeout");
        timeouts().write(nanos(time), Objects.requireNonNull(handler, "handler"));
    }

    /**
     * Writes a received chunk, without a copy as long as the queue is below its high watermark. The
     * stream sees to keeping it.
     *
     * @return whether the queue is below its high watermark
     * @throws IllegalStateException after a shutdown or close, or if the queue is at its limit
     */
    public boolean write(Chunk chunk) {
        return write(chunk, null);
    }

    public boolean write(Chunk chunk, @Nullable WriteCallback callback) {
        ensureRoom(Objects.requireNonNull(chunk, "chunk").length());
        PoolChunk received = (PoolChunk) chunk;
        return isToBeCopied(received)
                ? outbound.writeCopy(loop().staging.copy(received.buffer()), callback)
                : outbound.write(received.keep(), callback);
    }

    /** As {@link #write(ByteBuffer, WriteCallback)}; failures go to {@link #onWriteFailure}. */
    public boolean write(ByteBuffer buffer) {
        return write(buffer, null);
    }

    /**
     * Writes what is left in a buffer, and moves its position to its limit at once.
     *
     * @param buffer a direct one is used in place: neither its bytes nor its position and limit may
     *     be touched until the callback. The bytes of any other are copied now.
     * @param callback told when the kernel has all bytes, or why not
     * @return whether the queue is below its high watermark
     */
    public boolean write(ByteBuffer buffer, @Nullable WriteCallback callback) {
        ensureRoom(Objects.requireNonNull(buffer, "buffer").remaining());
        if (buffer.isDirect()) {
            return outbound.write(buffer, callback);
        }
        return outbound.writeCopy(loop().staging.copy(buffer), callback);
    }

    /**
     * Writes several buffers in order, as one write: all of them are queued or none, and it ends
     * once. If it fails, {@link IoException#bytesTransferred} counts from the first buffer.
     *
     * @param callback told when the kernel has all bytes of all buffers, or why not
     */
    public boolean write(ByteBuffer[] buffers, @Nullable WriteCallback callback) {
        ensureWritable();
        if (Objects.requireNonNull(buffers, "buffers").length == 0) {
            throw new IllegalArgumentException("no buffers to write");
        }
        long bytes = 0;
        for (ByteBuffer buffer : buffers) {
            bytes += buffer.remaining();
        }
        outbound.ensureRoom(bytes, buffers.length);
        return outbound.write(buffers, callback);
    }

    /** Writes bytes of an array, which are copied now. */
    public boolean write(byte[] bytes, int offset, int count) {
        Objects.checkFromIndexSize(offset, count, Objects.requireNonNull(bytes, "bytes").length);
        ensureRoom(count);
        return outbound.writeCopy(loop().staging.copy(bytes, offset, count), null);
    }

    /**
     * Writes at once what the kernel takes, and moves the buffer's position by that; nothing is
     * queued.
     *
     * @param buffer direct
     * @return bytes taken; 0 if earlier writes are queued, the socket is full, or not yet connected
     * @throws IoException if the connection has failed, or an earlier write
     */
    public int tryWrite(ByteBuffer buffer) throws IoException {
        ensureWritable();
        if (!Objects.requireNonNull(buffer, "buffer").isDirect()) {
            throw new IllegalArgumentException("tryWrite takes a direct buffer");
        }
        if (outbound.broken() != Code.OK) {
            throw connection.failure("write", outbound.broken());
        }
        StreamPort connected = port;
        if (connected == null || !buffer.hasRemaining()) {
            return 0;
        }
        int taken = outbound.tryWrite(buffer, connected);
        if (taken == Code.WOULD_BLOCK) {
            return 0;
        }
        if (taken < 0) {
            throw connection.failure("write", taken);
        }
        return taken;
    }

    /**
     * Sends part of a file, in order with the writes, by sendfile(2) where there is one.
     *
     * <p>The file is opened now, on the loop's thread, which waits for its device. Only regular
     * files are opened. One whose size the system gives as 0, as of those in {@code /proc}, has
     * nothing to send: read it with {@link AsyncFile}.
     *
     * @param file of the default file system
     * @param count bytes, all of which must be in the file; -1 for the rest of it
     * @throws IoException if the file cannot be opened: {@code ENOENT}, {@code EISDIR} for a
     *     directory, {@code EINVAL} for a device, FIFO or socket, or whatever open(2) says
     * @throws IllegalArgumentException if so many bytes are not in the file, or the path belongs to
     *     another file system
     */
    public boolean sendFile(Path file, long position, long count, @Nullable WriteCallback callback)
            throws IoException {
        ensureWritable();
        return outbound.write(FileRegion.open(loop().driver, file, position, count), callback);
    }

    /**
     * Whether a write can come to anything: the stream is open, connected or about to be, neither
     * {@link #shutdown} nor {@link #closeWhenWritten} was called, no write has failed, and the
     * connection is not known to be lost.
     */
    public boolean isWritable() {
        loop().check("isWritable");
        boolean hasPeer = connection.isBegun() && !connection.hasFailed();
        return isOpen() && hasPeer && !outbound.isFinishing() && outbound.broken() == Code.OK;
    }

    /** Bytes that are queued, and not yet taken by the kernel. */
    public long writeQueueSize() {
        loop().check("writeQueueSize");
        return outbound.unsentBytes();
    }

    /**
     * Sets where back-pressure begins and ends: above {@code high} bytes writes answer false, at
     * {@code low} {@link #onWritable} is called, and beyond {@code limit} writes throw. Bytes of
     * files count as queued, but are not limited: they take up no memory. Nor may there be more
     * writes than one to each 512 bytes of the limit, but always 1024: small ones are mostly extra.
     */
    public void watermarks(long low, long high, long limit) {
        ensureOpen("watermarks");
        outbound.watermarks(new Watermarks(low, high, limit));
    }

    /**
     * Sets what to call when the queue has fallen to the low watermark after a write answered
     * false.
     */
    public void onWritable(Runnable callback) {
        ensureOpen("onWritable");
        outbound.delivery().onWritable(Objects.requireNonNull(callback, "callback"));
    }

    /** Sets who hears of failed writes without a callback; at first that closes the stream. */
    public void onWriteFailure(WriteFailureHandler handler) {
        ensureOpen("onWriteFailure");
        outbound.delivery().onFailure(Objects.requireNonNull(handler, "handler"));
    }

    /**
     * Half-closes: no writes from now on, and when those queued are sent, the peer is told. Reading
     * goes on. If one of them has failed, so does this, for the same reason.
     *
     * @throws IllegalStateException if it was called before
     */
    public CompletionStage<TcpStream> shutdown() {
        ensureUsable("shutdown");
        if (outbound.isFinishing()) {
            throw new IllegalStateException("shutdown: " + this + " is shut down already");
        }
        return outbound.shutdown();
    }

    /**
     * Takes no more writes, and closes when those queued are with the kernel. If one of them has
     * failed, it closes with a reset when that is told: the peer is not to think it got everything.
     * Idempotent.
     */
    public void closeWhenWritten() {
        loop().check("closeWhenWritten");
        if (!isOpen()) {
            return;
        }
        if (!connection.isConnecting() && port == null) {
            close();
        } else {
            outbound.closeWhenDrained();
        }
    }

    /** Closes with a reset: the peer sees {@code ECONNRESET}, and what is unsent is discarded. */
    public void closeReset() {
        loop().check("closeReset");
        if (isOpen()) {
            connection.resetWhenClosed();
        }
        close();
    }

    /** Socket options. */
    public TcpOptions options() {
        return options;
    }

    /** The local address; null before there is a socket, and when it is gone or closing. */
    public @Nullable SocketAddress localAddress() {
        loop().check("localAddress");
        return connection.localAddress();
    }

    /**
     * The peer's address: the one it connects to, or where a connection that was taken over comes
     * from. It stays known after a failure and after the close. Null before there is one.
     */
    public @Nullable SocketAddress remoteAddress() {
        loop().check("remoteAddress");
        return connection.remoteAddress();
    }

    /**
     * The kernel's number for the socket; it stays the stream's.
     *
     * @throws IllegalStateException if there is no socket: before the connect, when it has failed,
     *     and from the close on
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    public int fileDescriptor() {
        return connection.descriptor();
    }

    @Override
    String details() {
        return connection.ends();
    }

    private StreamTimeouts timeouts() {
        if (timeouts == null) {
            timeouts = new StreamTimeouts(this);
        }
        return timeouts;
    }

    void updateActive() {
        setActive(connection.isConnecting() || inbound.isWaiting());
    }

    @Override
    void release() {
        if (timeouts != null) {
            timeouts.stop();
        }
        connection.release();
    }

    @Override
    void abandon() {
        inbound.abandon();
        super.abandon();
    }

    @Override
    void finishOperations() {
        connection.finish();
        inbound.finish();
        outbound.finish();
    }

    /**
     * While chunks are scarce a queue gets a copy, in memory of its own: otherwise peers that do
     * not read could hold all chunks of the loop, and nobody would receive any more.
     */
    private static boolean isToBeCopied(PoolChunk received) {
        return received.isFromScarcePool();
    }

    private void ensureUsable(String method) {
        ensureOpen(method);
        if (port == null && !connection.isBegun()) {
            throw new IllegalStateException(
                    method + ": " + this + " is not connected; connect first");
        }
    }

    private void ensureRoom(long bytes) {
        ensureWritable();
        outbound.ensureRoom(bytes, 1);
    }

    private void ensureWritable() {
        ensureUsable("write");
        if (outbound.isFinishing()) {
            throw new IllegalStateException("write: " + this + " is shut down for writing");
        }
    }

    private static long nanos(Duration time) {
        if (Objects.requireNonNull(time, "time").isNegative()) {
            throw new IllegalArgumentException("the time must not be negative: " + time);
        }
        return Math.min(Timer.nanos(time), Long.MAX_VALUE / 2);
    }
}
