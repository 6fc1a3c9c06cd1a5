// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import java.util.PriorityQueue;

/** What will happen, by time and among equals in the order it was entered. */
final class Agenda {
    /** The time of an empty agenda. */
    static final long NEVER = Long.MAX_VALUE;

    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private long entered;

    void at(long timeNanos, Runnable action) {
        entries.add(new Entry(timeNanos, entered++, action));
    }

    long nextNanos() {
        Entry first = entries.peek();
        return first == null ? NEVER : first.timeNanos;
    }

    boolean isDue(long nowNanos) {
        return nextNanos() <= nowNanos;
    }

    int countDue(long nowNanos) {
        return (int) entries.stream().filter(entry -> entry.timeNanos <= nowNanos).count();
    }

    /** Runs the first entry if it is due. */
    boolean runNext(long nowNanos) {
        if (!isDue(nowNanos)) {
            return false;
        }
        entries.remove().action.run();
        return true;
    }

    private record Entry(long timeNanos, long number, Runnable action)
            implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int byTime = Long.compare(timeNanos, other.timeNanos);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }
}
