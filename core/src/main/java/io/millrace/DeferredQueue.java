// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import org.jspecify.annotations.Nullable;

/** {@link Deferred} work in the order in which it was caused. Loop thread only. */
final class DeferredQueue {
    private @Nullable Deferred head;
    private @Nullable Deferred tail;

    void add(Deferred work) {
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

    /** Runs what is there now; what that work defers again is left for the next round. */
    void runRound() {
        Deferred end = tail;
        while (head != null) {
            Deferred work = head;
            head = work.nextDeferred;
            work.nextDeferred = null;
            work.isQueued = false;
            if (head == null) {
                tail = null;
            }
            work.runDeferred();
            if (work == end) {
                return;
            }
        }
    }
}
