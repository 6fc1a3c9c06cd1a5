// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.jspecify.annotations.Nullable;

/** {@link Deferred} work in the order in which it was caused. Loop thread only. */
public final class DeferredQueue {
    private @Nullable Deferred head;
    private @Nullable Deferred tail;

    public void add(Deferred work) {
        if (work.isQueued) {
            return;
        }
        work.isQueued = true;
        if (tail == null) {
            head = work;
        } else {
            tail.nextDeferred = work;
        }
        tail = work;
    }

    boolean isEmpty() {
        return head == null;
    }

    /**
     * Runs what is there now; what that work defers again is left for the next round. Work that
     * fails, which none is meant to, closes its handle and keeps nobody else from its turn.
     */
    void runRound(CallbackGuard guard) {
        Deferred end = tail;
        while (head != null) {
            Deferred work = head;
            head = work.nextDeferred;
            work.nextDeferred = null;
            work.isQueued = false;
            if (head == null) {
                tail = null;
            }
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
