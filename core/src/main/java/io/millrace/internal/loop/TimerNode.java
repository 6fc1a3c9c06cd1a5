// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.jspecify.annotations.Nullable;

/** One entry of a {@link TimerQueue}: a public timer's, or one of the loop's own. */
public abstract class TimerNode {
    public static final int IDLE = -1;
    static final int DUE = -2;
    static final int FAR = -3;

    /**
     * Place in the heap, {@link #FAR} while in a bucket, {@link #DUE} while collected but not yet
     * run, or {@link #IDLE}.
     */
    public int place = IDLE;

    /** What it was last started for; stays when it is stopped or has expired. */
    long deadline;

    /** Order of starting, which decides between equal deadlines. */
    long sequence;

    /** The list of a bucket; null in its last node, and outside of a bucket. */
    @Nullable TimerNode next;

    /** The list of a bucket; in its first node the last one. Null outside of a bucket. */
    @Nullable TimerNode previous;

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
