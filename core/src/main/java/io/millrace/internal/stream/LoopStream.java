// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.internal.file.FileLoan;
import io.millrace.internal.file.LoopFile;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.LoopTimer;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadCallback;
import io.millrace.net.ReadHandler;
import io.millrace.net.TimeoutHandler;
import io.millrace.net.WriteCallback;
import io.millrace.net.WriteFailureHandler;
import io.millrace.spi.Code;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What every {@link ByteStream} is, whatever its port drives: a socket or, of a layer, another
 * stream. How it comes about is its kind's.
 */
public abstract class LoopStream extends LoopHandle implements ByteStream {
    final Outbound outbound = new Outbound(this);
    final Inbound inbound = new Inbound(this, outbound);
    final Connection connection = new Connection(this);

    /** Whether its port is the driver's: one that is not moves no bytes of the kernel's. */
    final boolean isDriven;

    /**
     * What receives and sends: null before the connection, and from the close on. Set by {@link
     * #connection} alone, whose port it is; it stands here so that a message finds it at once.
     */
    @Nullable StreamPort port;

    /** Few streams have any. */
    private @Nullable StreamTimeouts timeouts;

    protected LoopStream(Loop loop, boolean isDriven) {
        super(loop);
        this.isDriven = isDriven;
    }

    @Override
    public void read(ReadHandler handler) {
        ensureUsable("read");
        inbound.start(Objects.requireNonNull(handler, "handler"));
    }

    @Override
    public void read(ByteBuffer buffer, ReadCallback callback) {
        ensureUsable("read");
        inbound.read(buffer, Objects.requireNonNull(callback, "callback"), false);
    }

    @Override
    public void readFully(ByteBuffer buffer, ReadCallback callback) {
        ensureUsable("readFully");
        inbound.read(buffer, Objects.requireNonNull(callback, "callback"), true);
    }

    @Override
    public void pauseReading() {
        loop().check("pauseReading");
        if (isOpen()) {
            inbound.pause();
        }
    }

    @Override
    public void resumeReading() {
        ensureOpen("resumeReading");
        inbound.resume();
    }

    @Override
    public void readTimeout(Duration time, TimeoutHandler handler) {
        ensureOpen("readTimeout");
        timeouts().read(nanos(time), Objects.requireNonNull(handler, "handler"));
    }

    @Override
    public void writeTimeout(Duration time, TimeoutHandler handler) {
        ensureOpen("writeTimeout");
        timeouts().write(nanos(time), Objects.requireNonNull(handler, "handler"));
    }

    @Override
    public boolean write(Chunk chunk) {
        return write(chunk, null);
    }

    @Override
    public boolean write(Chunk chunk, @Nullable WriteCallback callback) {
        ensureWritable();
        outbound.ensureRoom(Objects.requireNonNull(chunk, "chunk").length(), 0, 1);
        PoolChunk received = (PoolChunk) chunk;
        return isToBeCopied(received)
                ? outbound.writeCopy(loop().staging.copyOf(received), callback)
                : outbound.write(received.keep(), callback);
    }

    @Override
    public boolean write(ByteBuffer buffer) {
        return write(buffer, null);
    }

    @Override
    public boolean write(ByteBuffer buffer, @Nullable WriteCallback callback) {
        ensureWritable();
        int bytes = Objects.requireNonNull(buffer, "buffer").remaining();
        boolean inPlace = !loop().isToBeCopied(buffer);
        outbound.ensureRoom(bytes, inPlace ? 0 : bytes, 1);
        if (inPlace) {
            return outbound.write(buffer, callback);
        }
        return outbound.writeCopy(loop().staging.copy(buffer), callback);
    }

    @Override
    public boolean write(ByteBuffer[] buffers, @Nullable WriteCallback callback) {
        ensureWritable();
        if (Objects.requireNonNull(buffers, "buffers").length == 0) {
            throw new IllegalArgumentException("no buffers to write");
        }
        long bytes = 0;
        long copied = 0;
        for (ByteBuffer buffer : buffers) {
            bytes += buffer.remaining();
            copied += loop().isToBeCopied(buffer) ? buffer.remaining() : 0;
        }
        outbound.ensureRoom(bytes, copied, buffers.length);
        return outbound.write(buffers, callback);
    }

    @Override
    public boolean write(byte[] bytes, int offset, int count) {
        return write(bytes, offset, count, null);
    }

    @Override
    public boolean write(byte[] bytes, int offset, int count, @Nullable WriteCallback callback) {
        Objects.checkFromIndexSize(offset, count, Objects.requireNonNull(bytes, "bytes").length);
        ensureWritable();
        outbound.ensureRoom(count, count, 1);
        return outbound.writeCopy(loop().staging.copy(bytes, offset, count), callback);
    }

    @Override
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

    @Override
    public boolean sendFile(
            Path file, long position, long count, @Nullable WriteCallback callback) {
        ensureWritable();
        return outbound.write(new FileRegion(outbound, file, position, count), callback);
    }

    @Override
    public boolean sendFile(
            AsyncFile file, long position, long count, @Nullable WriteCallback callback) {
        ensureWritable();
        FileLoan loan =
                ((LoopFile) Objects.requireNonNull(file, "file")).lend(loop(), position, count);
        return outbound.write(new FileRegion(loan, position, count), callback);
    }

    @Override
    public boolean isWritable() {
        loop().check("isWritable");
        boolean hasPeer = connection.isBegun() && !connection.hasFailed();
        return isOpen() && hasPeer && !outbound.isFinishing() && outbound.broken() == Code.OK;
    }

    @Override
    public long writeQueueSize() {
        loop().check("writeQueueSize");
        return outbound.unsentBytes();
    }

    @Override
    public void watermarks(long low, long high, long limit) {
        ensureOpen("watermarks");
        outbound.watermarks(new Watermarks(low, high, limit));
    }

    @Override
    public void onWritable(Runnable callback) {
        ensureOpen("onWritable");
        outbound.delivery().onWritable(Objects.requireNonNull(callback, "callback"));
    }

    @Override
    public void onWriteFailure(WriteFailureHandler handler) {
        ensureOpen("onWriteFailure");
        outbound.delivery().onFailure(Objects.requireNonNull(handler, "handler"));
    }

    @Override
    public CompletionStage<ByteStream> shutdown() {
        ensureUsable("shutdown");
        if (outbound.isFinishing()) {
            throw new IllegalStateException("shutdown: " + this + " is shut down already");
        }
        return outbound.shutdown();
    }

    @Override
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

    @Override
    public void closeReset() {
        loop().check("closeReset");
        if (isOpen()) {
            connection.resetWhenClosed();
        }
        close();
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        loop().check("localAddress");
        return connection.localAddress();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        loop().check("remoteAddress");
        return connection.remoteAddress();
    }

    @Override
    public int fileDescriptor() {
        return connection.descriptor();
    }

    @Override
    protected String describe() {
        return this + " " + inbound + " " + outbound;
    }

    @Override
    public String details() {
        return connection.ends();
    }

    /** Where a port that is not the driver's reports to. */
    protected final StreamSink sink() {
        return inbound;
    }

    /**
     * Comes about by a port that has begun to already; see {@link StreamSink#onConnected}.
     *
     * @param operation what the port does until then, for messages
     * @param timeoutNanos after which it fails with ETIMEDOUT; 0 for never
     */
    protected final <S extends ByteStream> CompletionStage<S> connectThrough(
            S self,
            StreamPort newPort,
            String operation,
            @Nullable SocketAddress to,
            long timeoutNanos) {
        return connection.connectThrough(self, newPort, operation, to, timeoutNanos);
    }

    /** It has come about already, by a port that is connected, and is a handle of its loop. */
    protected final void takePort(StreamPort newPort) {
        connection.adopt(newPort);
        join();
    }

    /** Whether nobody has read from it or written to it. */
    protected final boolean isUnused() {
        return inbound.isUnused() && outbound.isEmpty() && !outbound.isFinishing();
    }

    /** The end of what can be read, or a failure of it, was told. */
    protected void readingEnded() {}

    /** There is a port: sets its options. The first failure, or OK. */
    int applyOptions(StreamPort newPort) {
        return Code.OK;
    }

    /** The socket is about to be closed: what its making has left beside it goes first. */
    void socketIsToClose() {}

    /** Why {@link #applyOptions} failed, if there is more to say than its code. */
    @Nullable IoException refusalOfOptions() {
        return null;
    }

    /** What its user is told of a code; a kind that knows more than the code says that. */
    protected IoException failure(
            String operation, int code, @Nullable SocketAddress peer, long bytesTransferred) {
        return IoException.of(code, operation, peer, bytesTransferred, null);
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
    public void startClosing() {
        if (timeouts != null) {
            timeouts.stop();
        }
        connection.closeSocket();
    }

    @Override
    public void abandon() {
        inbound.abandon();
        connection.abandon();
        super.abandon();
    }

    @Override
    public void finishOperations() {
        connection.finish();
        inbound.finish();
        outbound.finish();
    }

    /**
     * While chunks are scarce a queue gets a copy, in memory of its own: otherwise peers that do
     * not read could hold all chunks of the loop, and nobody would receive any more. A chunk of
     * another loop is copied in any case: its owners are counted there. So is, for the kernel, a
     * layer's that is on the heap.
     */
    private boolean isToBeCopied(PoolChunk received) {
        if (isDriven && !received.memory().isDirect()) {
            return true;
        }
        return received.isOfAnotherThread() || received.isFromScarcePool();
    }

    private void ensureUsable(String method) {
        ensureOpen(method);
        if (port == null && !connection.isBegun()) {
            throw new IllegalStateException(
                    method + ": " + this + " is not connected; connect first");
        }
    }

    final void ensureWritable() {
        ensureUsable("write");
        if (outbound.isFinishing()) {
            throw new IllegalStateException("write: " + this + " is shut down for writing");
        }
    }

    static long nanos(Duration time) {
        if (Objects.requireNonNull(time, "time").isNegative()) {
            throw new IllegalArgumentException("the time must not be negative: " + time);
        }
        return Math.min(LoopTimer.nanos(time), Long.MAX_VALUE / 2);
    }
}
