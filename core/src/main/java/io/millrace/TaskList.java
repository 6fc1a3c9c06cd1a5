// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What other threads hand over, first come first served. Any thread adds without waiting for
 * another; one at a time takes.
 *
 * <p>What is added is a chain that begins with the newest. Who takes cuts it off as a whole and
 * turns it round, so the two sides meet once for many and not once for each.
 */
final class TaskList {
    private static final class Link {
        private final Runnable task;
        private @Nullable Link next;

        Link(Runnable task) {
            this.task = task;
        }
    }

    private final AtomicReference<@Nullable Link> newest = new AtomicReference<>();

    /** Turned round already, oldest first, and how many those are. The taker's. */
    private @Nullable Link oldest;

    private @Nullable Link last;
    private int count;

    /** Any thread. */
    void offer(Runnable task) {
        Link link = new Link(task);
        do {
            link.next = newest.get();
        } while (!newest.compareAndSet(link.next, link));
    }

    /** Taker only. */
    boolean isEmpty() {
        return oldest == null && newest.get() == null;
    }

    /** The oldest, or null if there is none. Taker only. */
    @Nullable Runnable poll() {
        if (oldest == null) {
            turnRound();
        }
        Link first = oldest;
        if (first == null) {
            return null;
        }
        oldest = first.next;
        if (oldest == null) {
            // Or the last task would stay alive until the next one.
            last = null;
        }
        count--;
        return first.task;
    }

    /**
     * Gives out those that are there now, oldest first, but no more than that many: what is added
     * meanwhile stays. Taker only; from inside as well.
     */
    void drain(Consumer<Runnable> taker, int most) {
        int left = Math.min(most, size());
        while (left > 0) {
            Runnable task = poll();
            if (task == null) {
                return;
            }
            left--;
            taker.accept(task);
        }
    }

    /** How many there are; each is counted once, however often that is asked. Taker only. */
    int size() {
        turnRound();
        return count;
    }

    /** What was added goes behind what is already the right way round. */
    private void turnRound() {
        Link newer = newest.get() == null ? null : newest.getAndSet(null);
        if (newer == null) {
            return;
        }
        Link end = newer;
        Link first = null;
        for (Link link = newer; link != null; ) {
            Link older = link.next;
            link.next = first;
            first = link;
            link = older;
            count++;
        }
        Link before = last;
        if (oldest == null || before == null) {
            oldest = first;
        } else {
            before.next = first;
        }
        last = end;
    }
}
