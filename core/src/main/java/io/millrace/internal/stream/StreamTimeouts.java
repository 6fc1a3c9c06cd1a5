// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.internal.loop.CallbackGuard;
import io.millrace.internal.loop.IoDeadline;
import io.millrace.net.TimeoutHandler;
import org.jspecify.annotations.Nullable;

/**
 * The read and the write timeout of one stream, on one entry of the timer queue.
 *
 * <p>Traffic only stores the time. The entry expires at the earliest moment at which a timeout
 * could be due, looks, and moves itself on: so a read or write never touches the queue of timers.
 */
public final class StreamTimeouts extends IoDeadline {
    private final LoopStream stream;
    private long readNanos;
    private long writeNanos;
    private @Nullable TimeoutHandler readHandler;
    private @Nullable TimeoutHandler writeHandler;

    /** When the handlers were last called; silence is counted from there again. */
    private long readReported;

    private long writeReported;

    StreamTimeouts(LoopStream stream) {
        super(stream.loop());
        this.stream = stream;
    }

    void read(long nanos, TimeoutHandler handler) {
        readNanos = nanos;
        readHandler = handler;
        readReported = now();
        arm();
    }

    void write(long nanos, TimeoutHandler handler) {
        writeNanos = nanos;
        writeHandler = handler;
        writeReported = now();
        arm();
    }

    @Override
    public boolean isDue(long time) {
        return isReadDue(time) || isWriteDue(time);
    }

    @Override
    public boolean isAsked(long time) {
        return (!isReadDue(time) || stream.inbound.isAsked())
                && (!isWriteDue(time) || stream.outbound.isAsked());
    }

    private boolean isReadDue(long time) {
        return readNanos > 0 && stream.inbound.awaitsPeer() && time - readSince() >= readNanos;
    }

    private boolean isWriteDue(long time) {
        return writeNanos > 0 && stream.outbound.hasUnsent() && time - writeSince() >= writeNanos;
    }

    @Override
    public void over(long time) {
        if (isReadDue(time)) {
            readReported = now();
            call(readHandler);
        }
        if (stream.isOpen() && isWriteDue(time)) {
            writeReported = now();
            call(writeHandler);
        }
        notDue();
    }

    @Override
    public void notDue() {
        if (stream.isOpen()) {
            arm();
        }
    }

    @Override
    public void failed(Throwable failure) {
        stream.loop().guard.failed(stream, failure);
    }

    private void arm() {
        long now = now();
        long wait = Long.MAX_VALUE;
        if (readNanos > 0) {
            wait = remaining(stream.inbound.awaitsPeer() ? readSince() : now, readNanos, now);
        }
        if (writeNanos > 0) {
            long since = stream.outbound.hasUnsent() ? writeSince() : now;
            wait = Math.min(wait, remaining(since, writeNanos, now));
        }
        if (wait == Long.MAX_VALUE) {
            stop();
        } else {
            startIn(wait);
        }
    }

    private void call(@Nullable TimeoutHandler handler) {
        if (handler == null) {
            return;
        }
        CallbackGuard guard = stream.loop().guard;
        long began = guard.begins();
        try {
            handler.onTimeout(stream);
        } catch (Throwable failure) {
            guard.failed(stream, failure);
        }
        guard.ended(began);
    }

    private long readSince() {
        return later(stream.inbound.lastActivity, readReported);
    }

    private long writeSince() {
        return later(stream.outbound.lastProgress, writeReported);
    }

    private static long remaining(long since, long nanos, long now) {
        return Math.max(0, nanos - (now - since));
    }

    private static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }

    private long now() {
        return stream.loop().clock.now();
    }
}
