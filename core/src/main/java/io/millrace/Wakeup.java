// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Lets other threads call back on the loop, without a queue: sends before the callback coalesce.
 *
 * <p>At least one callback follows the last {@link #send}; a send after a callback began brings
 * another. For work that must not be merged use {@link EventLoop#execute}. Active until closed, so
 * it keeps the loop running unless {@link #unref} is called.
 */
public final class Wakeup extends Handle {
    private final AtomicBoolean pending = new AtomicBoolean();
    private final Runnable delivery = this::deliver;
    private final @Nullable Runnable callback;
    private volatile boolean open = true;

    private Wakeup(EventLoop loop, @Nullable Runnable callback) {
        super(loop);
        this.callback = callback;
    }

    private static Wakeup made(EventLoop loop, @Nullable Runnable callback) {
        Wakeup wakeup = new Wakeup(loop, callback);
        wakeup.join();
        wakeup.setActive(true);
        return wakeup;
    }

    /** Makes a handle whose sends run {@code callback} on the loop's thread. */
    public static Wakeup open(EventLoop loop, Runnable callback) {
        return made(loop, Objects.requireNonNull(callback, "callback"));
    }

    /** Makes a handle whose sends only end the loop's wait. */
    public static Wakeup open(EventLoop loop) {
        return made(loop, null);
    }

    /** Any thread. Does nothing once the handle is closed. */
    public void send() {
        if (open && !pending.get() && pending.compareAndSet(false, true)) {
            try {
                loop().tasks.add(delivery);
            } catch (RejectedExecutionException closedMeanwhile) {
                // The handle was closed, and then its loop, since the look at it.
                open = false;
            }
        }
    }

    @Override
    void release() {
        open = false;
        released();
    }

    private void deliver() {
        pending.set(false);
        if (callback == null || !isOpen()) {
            return;
        }
        try {
            callback.run();
        } catch (Throwable failure) {
            loop().guard.failed(this, failure);
        }
    }
}
