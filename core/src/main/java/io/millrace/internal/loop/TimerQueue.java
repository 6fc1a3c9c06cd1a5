// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines in order, exactly to the nanosecond and to the order of starts: O(1) to start and to
 * stop a timer, however many there are.
 *
 * <p>The near ones are in a small {@link TimerHeap}, the far ones unsorted in buckets: a wheel of
 * wheels, whose lowest has buckets of {@code 2^12} ns and each further one buckets of 64 times
 * that. Nodes are lists in themselves, so nothing is allocated for one. When the heap has run dry,
 * the earliest bucket goes into it; if that holds many, it is first spread over the wheels below,
 * so that each node moves once per wheel at most. Which buckets hold something is one long for each
 * wheel: empty ones are never visited, however far the clock jumps.
 *
 * <p>The heap is at once what makes few timers cheap: as long as there are no more than {@link
 * #FEW}, no bucket is used.
 *
 * <p>Where a node belongs follows from its deadline and {@link #cursor}: on the wheel of the
 * highest digit, to the base of 64, in which the two differ, at the place of its own digit. As all
 * far nodes are at or after the cursor, those of a lower wheel are before those of a higher one. On
 * the highest wheel alone digits may be smaller than the cursor's, when the clock wraps.
 *
 * <p>Loop thread only. Times are the loop's nanoseconds; differences are compared, so that the
 * clock may wrap.
 */
public final class TimerQueue {
    /** The logarithm of the span of the smallest buckets, in nanoseconds. */
    static final int SMALLEST_SPAN = 12;

    static final int DIGIT_BITS = 6;
    static final int DIGITS = 1 << DIGIT_BITS;

    /** So many that no digit of a long is left out. */
    static final int LEVELS = 9;

    /** As many nodes as a heap sorts at no cost worth mentioning. */
    static final int FEW = 128;

    private final TimerHeap near = new TimerHeap();

    /** The first nodes of all buckets, those of the lowest level first. */
    private final @Nullable TimerNode[] buckets = new TimerNode[LEVELS * DIGITS];

    /** For each level a bit for each of its buckets that holds something. */
    private final long[] occupied = new long[LEVELS];

    /** How many nodes were last spread from a bucket of each level and may still be below it. */
    private final int[] spread = new int[LEVELS];

    private final @Nullable TimerNode[] due = new TimerNode[TurnShares.CALLBACKS];

    /**
     * How many nodes are in buckets. If none is, {@link #edge} and {@link #cursor} mean nothing.
     */
    private int far;

    /** Nodes due before it are near, the others far. */
    private long edge;

    /**
     * What the buckets of far nodes are told from: the edge itself, or the last nanosecond before
     * it, so that it is inside the bucket that became near and shares no digit with those left.
     */
    private long cursor;

    /** How many nodes were started near since the heap was last filled or emptied. */
    private int startedNear;

    private long nextSequence;

    boolean isEmpty() {
        return near.size() + far == 0;
    }

    /** Starts, or restarts, a node. Lack of memory changes nothing. */
    public void start(TimerNode node, long deadline) {
        near.reserve(1);
        stop(node);
        node.deadline = deadline;
        node.sequence = nextSequence++;
        if (far > 0 && deadline - edge >= 0) {
            link(node);
            far++;
            return;
        }
        near.add(node);
        startedNear++;
        if (near.size() > FEW && startedNear > near.size() / 2) {
            emptyHeap();
        }
    }

    /** Stops a node, also one that is due but has not run yet. Idempotent. */
    public void stop(TimerNode node) {
        int place = node.place;
        node.place = TimerNode.IDLE;
        if (place >= 0) {
            near.remove(place);
        } else if (place == TimerNode.FAR) {
            unlink(node);
            far--;
        }
    }

    /** Nanoseconds from {@code now} to the earliest deadline, at least 0. Not while empty. */
    long untilNext(long now) {
        if (near.size() == 0) {
            fillHeap();
        }
        return Math.max(0, near.firstDeadline() - now);
    }

    /**
     * Runs the nodes due at {@code now}, the earliest first, as many as a turn has room for. They
     * are collected first, so one that starts itself again with no delay waits for the next call.
     *
     * @return whether there was one
     */
    boolean runDue(long now) {
        int count = collectDue(now);
        int next = 0;
        try {
            while (next < count) {
                TimerNode node = takeDue(next++);
                if (node.place == TimerNode.DUE) {
                    node.place = TimerNode.IDLE;
                    expire(node);
                }
            }
        } finally {
            for (; next < count; next++) {
                putBack(takeDue(next));
            }
        }
        return count > 0;
    }

    private static void expire(TimerNode node) {
        try {
            node.expire();
        } catch (RuntimeException | Error failure) {
            node.failed(failure);
        }
    }

    /** A failure ends the pass; whoever has not run yet is still due. */
    private void putBack(TimerNode node) {
        if (node.place == TimerNode.DUE) {
            near.reserve(1);
            near.add(node);
        }
    }

    private int collectDue(long now) {
        int count = 0;
        while (count < due.length && isFirstDue(now)) {
            TimerNode node = near.removeFirst();
            node.place = TimerNode.DUE;
            due[count++] = node;
        }
        return count;
    }

    @SuppressWarnings("NullAway") // collected
    private TimerNode takeDue(int index) {
        TimerNode node = due[index];
        due[index] = null;
        return node;
    }

    private boolean isFirstDue(long now) {
        if (near.size() == 0) {
            if (far == 0) {
                return false;
            }
            fillHeap();
        }
        return near.firstDeadline() - now <= 0;
    }

    /** The earliest bucket becomes near: there is one, and the heap is empty. */
    private void fillHeap() {
        int level = lowestLevel();
        int bucket = earliestBucket(level);
        while (level > 0 && holdsMany(bucket)) {
            spread(level, bucket);
            level = lowestLevel();
            bucket = earliestBucket(level);
        }
        int count = 0;
        for (TimerNode node = buckets[bucket]; node != null; node = node.next) {
            count++;
        }
        near.reserve(count);
        TimerNode node = takeBucket(bucket);
        cursor = node.deadline | ((1L << shift(level)) - 1);
        edge = cursor + 1;
        far -= count;
        while (node != null) {
            TimerNode next = node.next;
            node.next = null;
            node.previous = null;
            near.append(node);
            node = next;
        }
        near.sort();
        startedNear = 0;
    }

    /** Spreads a bucket, the earliest there is, over the levels below its own. */
    private void spread(int level, int bucket) {
        TimerNode node = takeBucket(bucket);
        cursor = node.deadline & (-1L << shift(level));
        edge = cursor;
        int count = 0;
        while (node != null) {
            TimerNode next = node.next;
            link(node);
            count++;
            node = next;
        }
        for (int below = 1; below < level; below++) {
            spread[below] = 0;
        }
        spread[level] = count;
    }

    /**
     * Too many became near, because the edge is further ahead than what is started now: so it goes
     * back to the first of them, and all are far again. Unless that would undo more work than has
     * been asked for since: what {@link #spread} did below the level of the move.
     */
    private void emptyHeap() {
        long first = near.firstDeadline();
        if (far > 0) {
            int level = level(first ^ cursor);
            long undone = 0;
            for (int below = 1; below <= level; below++) {
                undone += spread[below];
            }
            if (startedNear < undone / 4) {
                return;
            }
            gather(level);
        } else {
            Arrays.fill(spread, 0);
        }
        cursor = first;
        edge = first;
        startedNear = 0;
        far += near.size();
        while (near.size() > 0) {
            link(near.removeLast());
        }
    }

    /**
     * Puts all buckets below a level into the one of that level which the cursor is in, and which
     * is empty: where they belong when the cursor leaves it backwards.
     */
    private void gather(int level) {
        int into = level * DIGITS + digit(cursor, level);
        for (int below = 0; below < level; below++) {
            while (occupied[below] != 0) {
                int bucket = below * DIGITS + Long.numberOfTrailingZeros(occupied[below]);
                TimerNode first = takeBucket(bucket);
                TimerNode gathered = buckets[into];
                if (gathered != null) {
                    TimerNode last = last(first);
                    last.next = gathered;
                    first.previous = gathered.previous;
                    gathered.previous = last;
                }
                buckets[into] = first;
                occupied[level] |= bit(into);
            }
            spread[below] = 0;
        }
        spread[level] = 0;
    }

    private int lowestLevel() {
        int level = 0;
        while (occupied[level] == 0) {
            level++;
        }
        return level;
    }

    private int earliestBucket(int level) {
        long all = occupied[level];
        long ahead = all & (-1L << digit(cursor, level));
        return level * DIGITS + Long.numberOfTrailingZeros(ahead != 0 ? ahead : all);
    }

    private boolean holdsMany(int bucket) {
        int left = FEW;
        for (TimerNode node = buckets[bucket]; node != null; node = node.next) {
            if (left-- == 0) {
                return true;
            }
        }
        return false;
    }

    /** Empties a bucket that is not empty. */
    @SuppressWarnings("NullAway") // not empty
    private TimerNode takeBucket(int bucket) {
        TimerNode first = buckets[bucket];
        buckets[bucket] = null;
        occupied[bucket / DIGITS] &= ~bit(bucket);
        return first;
    }

    /** At the front, which touches no node but the one that was started before it. */
    private void link(TimerNode node) {
        int bucket = bucket(node.deadline);
        TimerNode first = buckets[bucket];
        node.place = TimerNode.FAR;
        node.next = first;
        if (first == null) {
            node.previous = node;
            occupied[bucket / DIGITS] |= bit(bucket);
        } else {
            node.previous = first.previous;
            first.previous = node;
        }
        buckets[bucket] = node;
    }

    private void unlink(TimerNode node) {
        TimerNode previous = last(node);
        TimerNode next = node.next;
        if (previous.next == node) {
            previous.next = next;
            if (next == null) {
                first(node).previous = previous;
            } else {
                next.previous = previous;
            }
        } else {
            unlinkFirst(node, next);
        }
        node.next = null;
        node.previous = null;
    }

    private void unlinkFirst(TimerNode node, @Nullable TimerNode next) {
        int bucket = bucket(node.deadline);
        buckets[bucket] = next;
        if (next == null) {
            occupied[bucket / DIGITS] &= ~bit(bucket);
        } else {
            next.previous = node.previous;
        }
    }

    /** The first of the bucket that a node is in. */
    @SuppressWarnings("NullAway") // not empty
    private TimerNode first(TimerNode node) {
        return buckets[bucket(node.deadline)];
    }

    /** What is before a node in its bucket; before the first that is the last. */
    @SuppressWarnings("NullAway") // in a bucket
    private static TimerNode last(TimerNode first) {
        return first.previous;
    }

    private int bucket(long deadline) {
        int level = level(deadline ^ cursor);
        return level * DIGITS + digit(deadline, level);
    }

    /** The level of the highest digit in which two times differ. */
    private static int level(long difference) {
        int highest = 63 - Long.numberOfLeadingZeros(difference | (1L << SMALLEST_SPAN));
        return (highest - SMALLEST_SPAN) / DIGIT_BITS;
    }

    private static int digit(long time, int level) {
        return (int) (time >>> shift(level)) & (DIGITS - 1);
    }

    private static int shift(int level) {
        return SMALLEST_SPAN + level * DIGIT_BITS;
    }

    /** Shifts count modulo 64, so this is the bit within the level. */
    private static long bit(int bucket) {
        return 1L << bucket;
    }

    @Override
    public String toString() {
        return "TimerQueue[timers " + (near.size() + far) + next() + "]";
    }

    private String next() {
        if (near.size() > 0) {
            return ", next at " + near.firstDeadline();
        }
        return far > 0 ? ", none before " + edge : "";
    }
}
