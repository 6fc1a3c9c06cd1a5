// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import org.jspecify.annotations.Nullable;

/**
 * Handles between their {@code close} and their close callback, in the order of the calls.
 *
 * <p>A handle that its engine has not let go of yet holds up those behind it. That is on purpose:
 * the order of close callbacks must not depend on how many turns an engine needs.
 */
final class ClosingQueue {
    private @Nullable Handle head;
    private @Nullable Handle tail;

    void add(Handle handle) {
        if (tail == null) {
            head = handle;
        } else {
            tail.nextClosing = handle;
        }
        tail = handle;
    }

    boolean isEmpty() {
        return head == null;
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
        Handle end = tail;
        int left = TurnShares.CALLBACKS;
        while (head != null && head.isReleased() && left-- > 0) {
            Handle handle = head;
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
