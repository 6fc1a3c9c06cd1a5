// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.spi.IntrusiveQueue;

/**
 * Handles between their {@code close} and their close callback, in the order of the calls.
 *
 * <p>A handle that its driver has not let go of yet holds up those behind it. That is on purpose:
 * the order of close callbacks must not depend on how many turns a driver needs. A file, however,
 * may wait for its device for as long as it likes, and holds up nobody: it joins the queue when it
 * is released, and until then only keeps it from being empty. So does a layer, which waits for the
 * stream below.
 */
final class ClosingQueue {
    private final IntrusiveQueue<LoopHandle> queue = new IntrusiveQueue<>();

    /** Handles that are closing and not in the queue. */
    private int apart;

    /** A handle closes. */
    void begins(LoopHandle handle) {
        if (handle.closesApart()) {
            apart++;
        } else {
            queue.add(handle);
        }
    }

    /** Its driver has let go of it. */
    void released(LoopHandle handle) {
        if (handle.closesApart()) {
            apart--;
            queue.add(handle);
        }
    }

    boolean isEmpty() {
        return queue.isEmpty() && apart == 0;
    }

    /** Whether a close callback can run now, so that the loop must not wait. */
    boolean isReady() {
        LoopHandle first = queue.first();
        return first != null && first.isReleased();
    }

    /**
     * Runs what is ready, as much as a turn has room for. What is closed meanwhile waits for the
     * next turn.
     */
    void run() {
        LoopHandle end = queue.last();
        LoopHandle handle = queue.first();
        for (int left = TurnShares.CALLBACKS; left > 0; left--) {
            if (handle == null || !handle.isReleased()) {
                return;
            }
            queue.removeFirst(handle);
            handle.finishClose();
            handle = handle == end ? null : queue.first();
        }
    }
}
