// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import org.jspecify.annotations.Nullable;

/**
 * The read and the write timeout of one stream, on one entry of the timer queue.
 *
 * <p>Traffic only stores the time. The entry expires at the earliest moment at which a timeout
 * could be due, looks, and moves itself on: so a read or write never touches the queue of timers.
 */
final class StreamTimeouts extends TimerNode {
    private final TcpStream stream;
    private long readNanos;
    private long writeNanos;
    private @Nullable TimeoutHandler readHandler;
    private @Nullable TimeoutHandler writeHandler;

    /** When the handlers were last called; silence is counted from there again. */
    private long readReported;

    private long writeReported;

    StreamTimeouts(TcpStream stream) {
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

    void stop() {
        stream.loop().timers.stop(this);
    }

    @Override
    void expire() {
        if (readNanos > 0 && isDue(readSince(), readNanos) && stream.inbound.isWaiting()) {
            readReported = now();
            call(readHandler);
        }
        if (writeNanos > 0
                && stream.isOpen()
                && isDue(writeSince(), writeNanos)
                && stream.outbound.hasUnsent()) {
            writeReported = now();
            call(writeHandler);
        }
        if (stream.isOpen()) {
            arm();
        }
    }

    private void arm() {
        long now = now();
        long wait = Long.MAX_VALUE;
        if (readNanos > 0) {
            wait = remaining(stream.inbound.isWaiting() ? readSince() : now, readNanos);
        }
        if (writeNanos > 0) {
            long since = stream.outbound.hasUnsent() ? writeSince() : now;
            wait = Math.min(wait, remaining(since, writeNanos));
        }
        if (wait == Long.MAX_VALUE) {
            stop();
        } else {
            stream.loop().timers.start(this, now + wait);
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

    private boolean isDue(long since, long nanos) {
        return now() - since >= nanos;
    }

    private long remaining(long since, long nanos) {
        return Math.max(0, nanos - (now() - since));
    }

    private static long later(long a, long b) {
        return a - b > 0 ? a : b;
    }

    private long now() {
        return stream.loop().clock.now();
    }
}
