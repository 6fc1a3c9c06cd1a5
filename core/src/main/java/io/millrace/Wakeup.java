// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopWakeup;

/**
 * Lets other threads call back on the loop, without a queue: sends before the callback coalesce.
 *
 * <p>At least one callback follows the last {@link #send}; a send after a callback began brings
 * another. A callback sees whatever was done before the sends that it follows, also before those
 * that found another one pending. For work that must not be merged use {@link EventLoop#execute}.
 * Active until closed, so it keeps the loop running unless {@link #unref} is called.
 */
public sealed interface Wakeup extends Handle permits LoopWakeup {

    /** Makes a handle whose sends run {@code callback} on the loop's thread. */
    static Wakeup open(EventLoop loop, Runnable callback) {
        return LoopWakeup.open((Loop) loop, callback);
    }

    /** Makes a handle whose sends only end the loop's wait. */
    static Wakeup open(EventLoop loop) {
        return LoopWakeup.open((Loop) loop);
    }

    /**
     * Any thread. Does nothing once the handle is closed. It is not lost for lack of memory: a
     * thread that finds none for it waits until there is some.
     */
    void send();
}
