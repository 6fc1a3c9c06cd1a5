// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Descriptors on their way with the bytes of one direction of a connection, in order. Each row of
 * them goes with one byte, and a receive that takes that byte ends behind it.
 */
final class SimRights {
    private final SimNumbers numbers;
    private final ArrayDeque<Row> rows = new ArrayDeque<>();

    /** Nobody is going to receive any more. */
    private boolean closed;

    private static final class Row {
        final long position;
        final int[] things;

        Row(long position, int[] things) {
            this.position = position;
            this.things = things;
        }
    }

    SimRights(SimNumbers numbers) {
        this.numbers = numbers;
    }

    /** They go with the byte at this position, which is behind all the others'. */
    void add(long position, int[] descriptors) {
        int[] things = numbers.leave(descriptors);
        if (closed) {
            numbers.drop(things);
        } else {
            rows.add(new Row(position, things));
        }
    }

    /** How much of so many bytes a receive gets that begins at a position. */
    int receivable(long position, int count) {
        Row next = rows.peek();
        return next == null ? count : (int) Math.min(count, next.position - position + 1);
    }

    /** What came with bytes that end before a position; null if nothing did. */
    int @Nullable [] takeBefore(long position) {
        Row next = rows.peek();
        return next == null || next.position >= position ? null : rows.remove().things;
    }

    /** Those of bytes that end before a position are never received. */
    void dropBefore(long position) {
        int[] things = takeBefore(position);
        while (things != null) {
            numbers.drop(things);
            things = takeBefore(position);
        }
    }

    void close() {
        closed = true;
        dropBefore(Long.MAX_VALUE);
    }
}
