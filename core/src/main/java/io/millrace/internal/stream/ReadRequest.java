// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.CallbackGuard;
import io.millrace.internal.loop.TurnShares;
import io.millrace.net.ReadCallback;
import io.millrace.spi.Code;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.StreamPort;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stream's one request-style read: into the caller's memory, at most or exactly what fits.
 *
 * <p>The caller's buffer is the driver's while its receive is in flight. While closing, the
 * completion is therefore held back until the driver has let go of it.
 */
public final class ReadRequest {
    /** What streams have that have never had one; it is not begun. */
    @SuppressWarnings("NullAway") // of no stream
    static final ReadRequest NONE = new ReadRequest(null);

    private final LoopStream stream;
    private @Nullable ByteBuffer buffer;
    private @Nullable ReadCallback callback;
    private boolean exact;
    private boolean inFlight;

    /** The buffer's own limit while a receive is in flight that is given less. */
    private int limit;

    private int count;

    ReadRequest(LoopStream stream) {
        this.stream = stream;
    }

    void ensureIdle() {
        if (callback != null) {
            throw new IllegalStateException("a read into a buffer is still pending on " + stream);
        }
    }

    boolean isPending() {
        return callback != null;
    }

    /** Whether the driver has the buffer. */
    boolean isInFlight() {
        return inFlight;
    }

    void begin(ByteBuffer target, ReadCallback newCallback, boolean newExact) {
        buffer = target;
        callback = newCallback;
        exact = newExact;
        count = 0;
        stream.loop().handles.requestBegins();
    }

    /** Hands the buffer to the driver, unless it has it already. */
    void receive(StreamPort port) {
        if (!inFlight && buffer != null) {
            inFlight = true;
            limit = buffer.limit();
            int room = Math.min(buffer.remaining(), TurnShares.RECEIVE_BYTES);
            buffer.limit(buffer.position() + room);
            port.receiveInto(buffer);
        }
    }

    /** Takes bytes that were parked; answers whether the chunk is used up. */
    boolean take(PoolChunk chunk) {
        ByteBuffer target = Objects.requireNonNull(buffer);
        int taken = Math.min(target.remaining(), chunk.length());
        target.put(target.position(), chunk.memory(), chunk.start(), taken);
        target.position(target.position() + taken);
        chunk.skip(taken);
        count += taken;
        boolean usedUp = chunk.length() == 0;
        if (!exact || !target.hasRemaining()) {
            finish(count, null);
        }
        return usedUp;
    }

    /** The driver's answer, or the end that came before: bytes, end of stream, or an error. */
    void received(int result) {
        ByteBuffer target = Objects.requireNonNull(buffer);
        comesBack(target);
        if (result > 0) {
            target.position(target.position() + result);
            count += result;
            if (!exact || !target.hasRemaining()) {
                finish(count, null);
            }
        } else if (result == Code.END_OF_STREAM) {
            finish(count == 0 ? -1 : count, null);
        } else {
            finish(count, stream.connection.failure("read", result));
        }
    }

    /** The buffer is back, but the stream is closing: {@link #cancel} will tell the user. */
    void receivedWhileClosing(int result) {
        ByteBuffer target = Objects.requireNonNull(buffer);
        comesBack(target);
        if (result > 0) {
            target.position(target.position() + result);
        }
    }

    private void comesBack(ByteBuffer target) {
        if (inFlight) {
            inFlight = false;
            target.limit(limit);
        }
    }

    void cancel(int reason) {
        assert !inFlight;
        if (callback != null) {
            finish(count, stream.connection.failure("read", reason));
        }
    }

    /** The request is over before its callback runs, which may start the next read. */
    private void finish(int result, @Nullable IoException reason) {
        ByteBuffer target = Objects.requireNonNull(buffer);
        ReadCallback current = Objects.requireNonNull(callback);
        callback = null;
        buffer = null;
        stream.loop().handles.requestEnds();
        stream.updateActive();
        CallbackGuard guard = stream.loop().guard;
        long began = guard.begins();
        try {
            if (reason == null) {
                current.onRead(stream, target, result);
            } else {
                current.onFailure(stream, target, reason);
            }
        } catch (Throwable failure) {
            guard.failed(stream, failure);
        }
        guard.ended(began);
        if (reason == null) {
            stream.outbound.flushBurst();
        }
    }
}
