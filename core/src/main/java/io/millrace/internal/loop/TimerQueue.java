// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines in order: a heap with four children per place, O(log n) to start and to stop a timer.
 *
 * <p>Four children halve the depth of a binary heap, and their deadlines, kept apart from the nodes
 * in one array of longs, share a cache line. A hierarchical wheel would start timers in O(1), but
 * round deadlines or re-sort them, and this one must fire exactly in the order of deadlines and
 * starts.
 *
 * <p>Loop thread only. Times are the loop's nanoseconds; differences are compared, so that the
 * clock may wrap.
 */
public final class TimerQueue {
    private static final int CHILDREN = 4;
    private static final int INITIAL_CAPACITY = 64;

    private long[] deadlines = new long[INITIAL_CAPACITY];
    private @Nullable TimerNode[] nodes = new TimerNode[INITIAL_CAPACITY];
    private int size;
    private long nextSequence;

    boolean isEmpty() {
        return size == 0;
    }

    /** Starts, or restarts, a node. */
    public void start(TimerNode node, long deadline) {
        if (size == nodes.length) {
            grow();
        }
        stop(node);
        node.sequence = nextSequence++;
        siftUp(size++, node, deadline);
    }

    /** Both or neither; and before anything else, so that lack of memory changes nothing. */
    private void grow() {
        long[] more = Arrays.copyOf(deadlines, size * 2);
        nodes = Arrays.copyOf(nodes, size * 2);
        deadlines = more;
    }

    /** Stops a node, also one that is due but has not run yet. Idempotent. */
    public void stop(TimerNode node) {
        int place = node.place;
        node.place = TimerNode.IDLE;
        if (place < 0) {
            return;
        }
        size--;
        TimerNode moved = node(size);
        long deadline = deadlines[size];
        nodes[size] = null;
        if (moved != node) {
            siftDown(place, moved, deadline);
            if (moved.place == place) {
                siftUp(place, moved, deadline);
            }
        }
    }

    /** Nanoseconds from {@code now} to the earliest deadline, at least 0. Not while empty. */
    long untilNext(long now) {
        return Math.max(0, deadlines[0] - now);
    }

    /**
     * Runs the nodes due at {@code now}, the earliest first, as many as a turn has room for. They
     * are collected first, so one that starts itself again with no delay waits for the next call.
     *
     * @return whether there was one
     */
    boolean runDue(long now) {
        if (size == 0 || deadlines[0] - now > 0) {
            return false;
        }
        TimerNode node = collectDue(now);
        while (node != null) {
            TimerNode next = node.nextDue;
            node.nextDue = null;
            if (node.place == TimerNode.DUE) {
                node.place = TimerNode.IDLE;
                try {
                    node.expire();
                } catch (RuntimeException | Error failure) {
                    node.failed(failure);
                }
            }
            node = next;
        }
        return true;
    }

    private @Nullable TimerNode collectDue(long now) {
        TimerNode first = null;
        TimerNode last = null;
        int left = TurnShares.CALLBACKS;
        while (size > 0 && deadlines[0] - now <= 0 && left-- > 0) {
            TimerNode node = node(0);
            stop(node);
            node.place = TimerNode.DUE;
            if (last == null) {
                first = node;
            } else {
                last.nextDue = node;
            }
            last = node;
        }
        return first;
    }

    private void siftUp(int from, TimerNode node, long deadline) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) / CHILDREN;
            if (!isBefore(deadline, node, parent)) {
                break;
            }
            put(place, node(parent), deadlines[parent]);
            place = parent;
        }
        put(place, node, deadline);
    }

    private void siftDown(int from, TimerNode node, long deadline) {
        int place = from;
        for (int child = firstChild(place); child < size; child = firstChild(place)) {
            int least = leastChild(child);
            if (isBefore(deadline, node, least)) {
                break;
            }
            put(place, node(least), deadlines[least]);
            place = least;
        }
        put(place, node, deadline);
    }

    private int leastChild(int firstChild) {
        int least = firstChild;
        int end = Math.min(firstChild + CHILDREN, size);
        for (int child = firstChild + 1; child < end; child++) {
            if (isBefore(deadlines[child], node(child), least)) {
                least = child;
            }
        }
        return least;
    }

    private boolean isBefore(long deadline, TimerNode node, int place) {
        long difference = deadline - deadlines[place];
        return difference < 0 || (difference == 0 && node.sequence < node(place).sequence);
    }

    private void put(int place, TimerNode node, long deadline) {
        nodes[place] = node;
        deadlines[place] = deadline;
        node.place = place;
    }

    @SuppressWarnings("NullAway") // places below size are filled
    private TimerNode node(int place) {
        return nodes[place];
    }

    private static int firstChild(int place) {
        return place * CHILDREN + 1;
    }

    @Override
    public String toString() {
        return "TimerQueue[timers " + size + (size == 0 ? "" : ", next at " + deadlines[0]) + "]";
    }
}
