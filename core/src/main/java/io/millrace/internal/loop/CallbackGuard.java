// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.UncaughtHandler;
import io.millrace.spi.Log;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What stands between the loop and the user's callbacks: failures, and the time they take.
 *
 * <p>Every callback is called as {@code begins}, try, {@code failed} if it throws, {@code ended}:
 * by {@link #run} if it is a plain one. Where it takes arguments, that is spelt out, as passing the
 * call in would allocate; and so is the running of tasks, whose one call may then be to one class.
 */
public final class CallbackGuard {
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

    public long begins() {
        return timed ? nanoTime.getAsLong() : NOT_TIMED;
    }

    public void ended(long began) {
        if (began != NOT_TIMED) {
            long taken = nanoTime.getAsLong() - began;
            if (taken > longestNanos.getPlain()) {
                longestNanos.setOpaque(taken);
            }
        }
    }

    /** Calls a callback of {@code handle}. */
    public void run(LoopHandle handle, Runnable callback) {
        long began = begins();
        try {
            callback.run();
        } catch (Throwable failure) {
            failed(handle, failure);
        }
        ended(began);
    }

    /** A callback of {@code handle} threw: the handle is closed, and the handler is told why. */
    public void failed(LoopHandle handle, Throwable failure) {
        try {
            handle.close();
        } catch (Throwable second) {
            tell(handle, second);
        }
        report(handle, failure);
    }

    /** Something without a handle threw, such as a task. */
    public void failed(Throwable failure) {
        report(null, failure);
    }

    /** A loop of a group has ended although nobody has closed the group. */
    void ended(Loop loop, Throwable reason) {
        Log.CORE.report(
                System.Logger.Level.ERROR,
                () ->
                        loop
                                + " of a group has ended; its listeners and connections are closed,"
                                + " and it takes no more tasks",
                reason);
        if (handler != UncaughtHandler.LOGGING) {
            report(null, reason);
        }
    }

    /** Something failed inside the driver, which has ended the operations concerned. */
    void broke(Throwable failure) {
        Log.CORE.report(
                System.Logger.Level.ERROR,
                "operations of a socket end, because something failed while they were served",
                failure);
        if (handler != UncaughtHandler.LOGGING) {
            report(null, failure);
        }
    }

    private void report(@Nullable LoopHandle handle, Throwable failure) {
        try {
            handler.onUncaught(handle, failure);
        } catch (Throwable second) {
            tell(handle, failure);
            if (second != failure) {
                tell(handle, second);
            }
        }
    }

    /** Whatever is thrown meanwhile, by a handler as well as by a logger, nobody ends by it. */
    private static void tell(@Nullable LoopHandle handle, Throwable failure) {
        UncaughtHandler.LOGGING.onUncaught(handle, failure);
    }

    /** The longest callback so far, 0 unless callbacks are timed. Any thread. */
    long longestNanos() {
        return longestNanos.getOpaque();
    }
}
