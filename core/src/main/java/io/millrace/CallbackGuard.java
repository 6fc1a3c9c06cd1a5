// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * What stands between the loop and the user's callbacks: failures, and the time they take.
 *
 * <p>Every callback is called as {@code begins}, try, {@code failed} if it throws, {@code ended}.
 * That the call is spelt out at each place, and not passed in as a lambda, keeps it free of
 * allocation.
 */
final class CallbackGuard {
    private static final long NOT_TIMED = Long.MIN_VALUE;

    private final UncaughtHandler handler;
    private final boolean timed;
    private final LongSupplier nanoTime;
    private final AtomicLong longestNanos = new AtomicLong();

    CallbackGuard(UncaughtHandler handler, boolean timed, LongSupplier nanoTime) {
        this.handler = handler;
        this.timed = timed;
        this.nanoTime = nanoTime;
    }

    long begins() {
        return timed ? nanoTime.getAsLong() : NOT_TIMED;
    }

    void ended(long began) {
        if (began != NOT_TIMED) {
            long taken = nanoTime.getAsLong() - began;
            if (taken > longestNanos.getPlain()) {
                longestNanos.setOpaque(taken);
            }
        }
    }

    /** A callback of {@code handle} threw: the handle is closed, and the handler is told why. */
    void failed(Handle handle, Throwable failure) {
        handle.close();
        report(handle, failure);
    }

    /** Something without a handle threw, such as a task. */
    void failed(Throwable failure) {
        report(null, failure);
    }

    private void report(@org.jspecify.annotations.Nullable Handle handle, Throwable failure) {
        try {
            handler.onUncaught(handle, failure);
        } catch (Throwable second) {
            if (second != failure) {
                second.addSuppressed(failure);
            }
            UncaughtHandler.LOGGING.onUncaught(handle, second);
        }
    }

    /** The longest callback so far, 0 unless callbacks are timed. Any thread. */
    long longestNanos() {
        return longestNanos.getOpaque();
    }
}
