// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Direct buffers that one request reads into or writes from, in order: of each a stretch, whatever
 * its own position and limit are by now. Used again by its owner, so filling it allocates only when
 * it grows. Changed on the loop's thread, and not while a request that has it is in flight.
 */
public final class FileVector {
    /** As many as one system call takes, see {@code IOV_MAX} in readv(2). */
    public static final int MOST_AT_ONCE = 1024;

    private @Nullable ByteBuffer[] buffers = new ByteBuffer[8];
    private int[] from = new int[8];
    private int[] to = new int[8];
    private int first;
    private int end;

    /** Without a buffer. */
    public FileVector() {}

    /** Adds what is left in a buffer. */
    public void add(ByteBuffer buffer) {
        if (end == buffers.length) {
            buffers = Arrays.copyOf(buffers, 2 * end);
            from = Arrays.copyOf(from, 2 * end);
            to = Arrays.copyOf(to, 2 * end);
        }
        buffers[end] = buffer;
        from[end] = buffer.position();
        to[end] = buffer.limit();
        end++;
    }

    /** How many stretches one call is to be given. */
    public int count() {
        return Math.min(end - first, MOST_AT_ONCE);
    }

    public ByteBuffer buffer(int index) {
        return Objects.requireNonNull(buffers[first + index]);
    }

    /** Index of the first byte in its buffer. */
    public int from(int index) {
        return from[first + index];
    }

    /** Index after the last byte in its buffer. */
    public int to(int index) {
        return to[first + index];
    }

    /** How many bytes the stretches have that {@link #count} counts. */
    public long bytes() {
        long bytes = 0;
        for (int i = 0; i < count(); i++) {
            bytes += to(i) - from(i);
        }
        return bytes;
    }

    /** Whether nothing is left. */
    public boolean isEmpty() {
        for (int i = first; i < end; i++) {
            if (from[i] != to[i]) {
                return false;
            }
        }
        return true;
    }

    /** The first so many bytes are done; what is left of them is first from now on. */
    public void advance(long bytes) {
        long left = bytes;
        while (first < end && left >= to[first] - from[first]) {
            left -= to[first] - from[first];
            from[first] = to[first];
            first++;
        }
        if (left > 0) {
            from[first] += (int) left;
        }
    }

    /** Moves the positions of the buffers to behind what is done. */
    public void moveBuffers() {
        for (int i = 0; i < end; i++) {
            Objects.requireNonNull(buffers[i]).position(from[i]);
        }
    }

    /** Lets go of the buffers. */
    public void clear() {
        Arrays.fill(buffers, 0, end, null);
        first = 0;
        end = 0;
    }
}
