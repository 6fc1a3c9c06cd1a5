// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The nearest nodes of a {@link TimerQueue}, sorted: a heap with four children per place.
 *
 * <p>Four children halve the depth of a binary heap, and their deadlines, kept apart from the nodes
 * in one array of longs, share a cache line. Loop thread only.
 */
final class TimerHeap {
    private static final int CHILDREN = 4;
    private static final int INITIAL_CAPACITY = 64;

    private long[] deadlines = new long[INITIAL_CAPACITY];
    private @Nullable TimerNode[] nodes = new TimerNode[INITIAL_CAPACITY];
    private int size;

    int size() {
        return size;
    }

    /**
     * Has room for so many more. Both arrays grow or neither; whoever calls this before anything
     * else has changed nothing when memory lacks.
     */
    void reserve(int more) {
        if (more > nodes.length - size) {
            int capacity = Math.max(size + more, nodes.length * 2);
            long[] moreDeadlines = Arrays.copyOf(deadlines, capacity);
            nodes = Arrays.copyOf(nodes, capacity);
            deadlines = moreDeadlines;
        }
    }

    /** Adds a node; there is room. */
    void add(TimerNode node) {
        siftUp(size++, node, node.deadline);
    }

    /** Adds a node anywhere; there is room. {@link #sort} is to follow. */
    void append(TimerNode node) {
        put(size++, node, node.deadline);
    }

    /** Makes a heap of what was appended, in linear time. */
    void sort() {
        for (int place = (size + CHILDREN - 2) / CHILDREN - 1; place >= 0; place--) {
            siftDown(place, node(place), deadlines[place]);
        }
    }

    /** The earliest deadline. Not while empty. */
    long firstDeadline() {
        return deadlines[0];
    }

    /** Takes out the earliest node. Not while empty. */
    TimerNode removeFirst() {
        TimerNode first = node(0);
        remove(0);
        return first;
    }

    /** Takes out any node, in no order. Not while empty. */
    TimerNode removeLast() {
        TimerNode last = node(--size);
        nodes[size] = null;
        return last;
    }

    void remove(int place) {
        size--;
        TimerNode moved = node(size);
        long deadline = deadlines[size];
        nodes[size] = null;
        if (place != size) {
            siftDown(place, moved, deadline);
            if (moved.place == place) {
                siftUp(place, moved, deadline);
            }
        }
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
}
