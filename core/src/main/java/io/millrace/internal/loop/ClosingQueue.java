// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.jspecify.annotations.Nullable;

/**
 * Handles between their {@code close} and their close callback, in the order of the calls.
 *
 * <p>A handle that its engine has not let go of yet holds up those behind it. That is on purpose:
 * the order of close callbacks must not depend on how many turns an engine needs. A file, however,
 * may wait for its device for as long as it likes, and holds up nobody: it joins the queue when it
 * is released, and until then only keeps it from being empty.
 */
final class ClosingQueue {
    private @Nullable LoopHandle head;
    private @Nullable LoopHandle tail;

    /** Handles that are closing and not in the queue. */
    private int apart;

    /** A handle closes. */
    void begins(LoopHandle handle) {
        if (handle.closesApart()) {
            apart++;
        } else {
            add(handle);
        }
    }

    /** Its engine has let go of it. */
    void released(LoopHandle handle) {
        if (handle.closesApart()) {
            apart--;
            add(handle);
        }
    }

    private void add(LoopHandle handle) {
        if (tail == null) {
            head = handle;
        } else {
            tail.nextClosing = handle;
        }
        tail = handle;
    }

    boolean isEmpty() {
        return head == null && apart == 0;
    }

    /** Whether a close callback can run now, so that the loop must not wait. */
    boolean isReady() {
        return head != null && head.isReleased();
    }

    /**
     * Runs what is ready, as much as a turn has room for. What is closed meanwhile waits for the
     * next turn.
     */
    void run() {
        LoopHandle end = tail;
        int left = TurnShares.CALLBACKS;
        while (head != null && head.isReleased() && left-- > 0) {
            LoopHandle handle = head;
            head = handle.nextClosing;
            handle.nextClosing = null;
            if (head == null) {
                tail = null;
            }
            handle.finishClose();
            if (handle == end) {
                return;
            }
        }
    }
}
