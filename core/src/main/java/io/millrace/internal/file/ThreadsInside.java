// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Which of many threads are in the middle of something that must not be taken away from under them,
 * and a way to let none in any more. Nobody waits: who closes leaves word what the last is to do.
 *
 * <p>Threads count themselves at places on cache lines of their own. With one number for all, every
 * read of a file by two processors would begin and end with that line on its way between them.
 */
final class ThreadsInside {
    /** What is added to a place when no more threads may come in. */
    private static final int SHUT = Integer.MIN_VALUE;

    /** Numbers from one place to the next: a cache line, and the one that is fetched with it. */
    private static final int APART = 32;

    private static final int MOST_PLACES = 16;
    private static final int PLACES =
            Math.min(
                    MOST_PLACES,
                    Integer.highestOneBit(4 * Runtime.getRuntime().availableProcessors()));

    /** The first is not at the beginning, which may lie on another object's line. */
    private final AtomicIntegerArray counts = new AtomicIntegerArray((PLACES + 1) * APART);

    /** Places that are not both shut and empty yet. */
    private final AtomicInteger left = new AtomicInteger(PLACES);

    private final Runnable whenLeft;

    /**
     * @param whenLeft for the last thread to leave
     */
    ThreadsInside(Runnable whenLeft) {
        this.whenLeft = whenLeft;
    }

    /**
     * Lets the calling thread in.
     *
     * @return what it has to {@link #leave}, or -1 if nobody may come in any more
     */
    int enter() {
        // Of a virtual thread it is its number, so that neighbours do not meet.
        int place = ((Thread.currentThread().hashCode() & (PLACES - 1)) + 1) * APART;
        int before;
        do {
            before = counts.get(place);
            if (before < 0) {
                return -1;
            }
        } while (!counts.compareAndSet(place, before, before + 1));
        return place;
    }

    void leave(int place) {
        if (counts.decrementAndGet(place) == SHUT && left.decrementAndGet() == 0) {
            whenLeft.run();
        }
    }

    /**
     * Lets no thread in any more. The last of those inside runs what was given for that; if there
     * are none, nobody does, and {@link #areLeft} says so. Once.
     */
    void shut() {
        for (int i = 1; i <= PLACES; i++) {
            if (counts.getAndAdd(i * APART, SHUT) == 0) {
                left.decrementAndGet();
            }
        }
    }

    /** Whether no thread is inside, nor comes in any more. */
    boolean areLeft() {
        return left.get() == 0;
    }
}
