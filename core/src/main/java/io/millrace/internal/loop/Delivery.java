// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.jspecify.annotations.Nullable;

/**
 * News that somebody waits for, on its way to the loop's thread by {@link Loop#deliver}. Made
 * before there is anything to lose, so that no lack of memory keeps it from getting there; deferred
 * work as well, for the loop's own thread, which cannot wait until there is memory. It is on its
 * way once at a time.
 */
public abstract class Delivery extends Deferred implements TaskQueue.Abandonable {
    private final Loop loop;

    protected Delivery(Loop loop) {
        this.loop = loop;
    }

    /** It has arrived: on the loop's thread. */
    @Override
    public abstract void run();

    /** The loop was closed meanwhile, and has ended whatever somebody waits for. Any thread. */
    @Override
    public void abandon() {}

    @Override
    public final void runDeferred() {
        if (loop.isClosed()) {
            abandon();
        } else {
            run();
        }
    }

    @Override
    public @Nullable LoopHandle owner() {
        return null;
    }
}
