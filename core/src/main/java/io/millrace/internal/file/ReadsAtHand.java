// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.spi.Code;
import io.millrace.spi.FileCalls;
import io.millrace.spi.OpenFile;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads of an open file by any thread, beside its loop, as far as the system need not wait for
 * them. The file does not close while a thread is in one: its descriptor may be another's by then.
 */
public final class ReadsAtHand {
    /** What is added to {@link #inside} when no more threads may come in. */
    private static final int SHUT = Integer.MIN_VALUE;

    private static final int SPINS = 1000;
    private static final long PAUSE_NANOS = 10_000;

    private final FileCalls calls;
    private final OpenFile file;

    /** How many threads are in a read. */
    private final AtomicInteger inside = new AtomicInteger();

    /** The system has said that it cannot read this file in this way. */
    private volatile boolean isRefused;

    ReadsAtHand(FileCalls calls, OpenFile file) {
        this.calls = calls;
        this.file = file;
    }

    /**
     * Fills a direct buffer as far as that goes at once, and moves its position.
     *
     * @return bytes, more than 0; or {@link Code#WOULD_BLOCK}, also at the end of the file: Linux
     *     5.9 and 5.10 say so of what is only not at hand (readv(2), BUGS)
     */
    public int read(ByteBuffer into, long position) {
        if (isRefused || !enter()) {
            return Code.WOULD_BLOCK;
        }
        long result;
        try {
            result = calls.readAtHand(file, into, into.position(), into.limit(), position);
        } finally {
            inside.decrementAndGet();
        }
        if (result > 0) {
            into.position(into.position() + (int) result);
            return (int) result;
        }
        isRefused |=
                result == Code.NOT_SUPPORTED
                        || result == Code.NOT_IMPLEMENTED
                        || result == Code.INVALID_ARGUMENT;
        return Code.WOULD_BLOCK;
    }

    private boolean enter() {
        int before;
        do {
            before = inside.get();
            if (before < 0) {
                return false;
            }
        } while (!inside.compareAndSet(before, before + 1));
        return true;
    }

    /** Lets no thread in any more, and waits for those inside, which wait for nothing. */
    void shut() {
        int before = inside.get();
        while (before >= 0 && !inside.compareAndSet(before, before + SHUT)) {
            before = inside.get();
        }
        for (int i = 0; inside.get() != SHUT; i++) {
            if (i < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
