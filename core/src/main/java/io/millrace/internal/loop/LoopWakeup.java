// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.Wakeup;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** The one implementation of {@link Wakeup}. */
public final class LoopWakeup extends LoopHandle implements Wakeup {
    private final PendingSend pending = new PendingSend();
    private final Arrival arrival;
    private final @Nullable Runnable callback;
    private volatile boolean open = true;

    private LoopWakeup(Loop loop, @Nullable Runnable callback) {
        super(loop);
        this.callback = callback;
        arrival = new Arrival(loop);
    }

    private static LoopWakeup made(Loop loop, @Nullable Runnable callback) {
        LoopWakeup wakeup = new LoopWakeup(loop, callback);
        wakeup.join();
        wakeup.setActive(true);
        return wakeup;
    }

    public static LoopWakeup open(Loop loop, Runnable callback) {
        return made(loop, Objects.requireNonNull(callback, "callback"));
    }

    public static LoopWakeup open(Loop loop) {
        return made(loop, null);
    }

    @Override
    public void send() {
        if (open && pending.isFirst()) {
            try {
                loop().deliver(arrival);
            } catch (RejectedExecutionException closedMeanwhile) {
                // The handle was closed, and then its loop, since the look at it.
                open = false;
            }
        }
    }

    @Override
    public void startClosing() {
        open = false;
        released();
    }

    /**
     * All sends so far. The first of them has it delivered, and must not fail to: later ones find
     * it pending.
     */
    private final class Arrival extends Delivery {
        Arrival(Loop loop) {
            super(loop);
        }

        @Override
        public void run() {
            pending.deliver();
            if (callback == null || !isOpen()) {
                return;
            }
            try {
                callback.run();
            } catch (Throwable failure) {
                loop().guard.failed(LoopWakeup.this, failure);
            }
        }

        @Override
        public LoopHandle owner() {
            return LoopWakeup.this;
        }
    }
}
