// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.spi.IntrusiveQueue;

/** {@link Deferred} work in the order in which it was caused. Loop thread only. */
public final class DeferredQueue {
    private final IntrusiveQueue<Deferred> waiting = new IntrusiveQueue<>();

    /** Joins the queue, unless the work is in one already. */
    public void add(Deferred work) {
        waiting.add(work);
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /**
     * Runs what is there now; what that work defers again is left for the next round. Work that
     * fails, which none is meant to, closes its handle and keeps nobody else from its turn.
     */
    void runRound(CallbackGuard guard) {
        Deferred end = waiting.last();
        for (Deferred work = waiting.first(); work != null; work = waiting.first()) {
            waiting.removeFirst(work);
            try {
                work.runDeferred();
            } catch (Throwable failure) {
                LoopHandle owner = work.owner();
                if (owner == null) {
                    guard.failed(failure);
                } else {
                    guard.failed(owner, failure);
                }
            }
            if (work == end) {
                return;
            }
        }
    }
}
