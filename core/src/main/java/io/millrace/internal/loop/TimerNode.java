// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.jspecify.annotations.Nullable;

/** One entry of a {@link TimerQueue}: a public timer's, or one of the loop's own. */
public abstract class TimerNode {
    public static final int IDLE = -1;
    static final int DUE = -2;

    /** Place in the heap, {@link #IDLE}, or {@link #DUE} while collected but not yet run. */
    public int place = IDLE;

    /** Order of starting, which decides between equal deadlines. */
    long sequence;

    /** The list of collected nodes. */
    @Nullable TimerNode nextDue;

    /**
     * The deadline has passed. Runs in the timer phase; the node is idle and may be started again.
     */
    public abstract void expire();

    /**
     * The expiry itself has failed, and not the user's callback. Whoever has a handle closes it, so
     * that those due with it have their turn.
     */
    public void failed(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }
}
