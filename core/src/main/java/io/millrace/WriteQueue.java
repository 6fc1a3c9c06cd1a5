// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.Gather;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stream's writes in their order: a ring of entries in parallel arrays, so that a write allocates
 * nothing.
 *
 * <p>Three indexes go round it: {@code head <= sent <= tail}. From head to sent are writes that
 * have ended but whose completion is not delivered; from sent to tail those that the kernel has not
 * taken yet, the first of them perhaps in part. Indexes only grow; the place is their low bits.
 *
 * <p>A source belongs to the queue until its write ends: a chunk with one owner's share, a direct
 * buffer whose memory the caller must leave alone, or a region of a file.
 */
final class WriteQueue {
    private static final int INITIAL_CAPACITY = 4;

    private @Nullable Object[] sources = new Object[INITIAL_CAPACITY];
    private @Nullable WriteCallback[] callbacks = new WriteCallback[INITIAL_CAPACITY];
    private @Nullable IoException[] failures = new IoException[INITIAL_CAPACITY];
    private int[] starts = new int[INITIAL_CAPACITY];
    private int[] ends = new int[INITIAL_CAPACITY];
    private int[] lengths = new int[INITIAL_CAPACITY];
    private int head;
    private int sent;
    private int tail;
    private int callbackCount;
    private long unsentMemoryBytes;
    private long unsentFileBytes;

    void add(PoolChunk chunk, @Nullable WriteCallback callback) {
        add(chunk, chunk.start(), chunk.end(), callback);
        unsentMemoryBytes += chunk.length();
    }

    void add(ByteBuffer buffer, @Nullable WriteCallback callback) {
        add(buffer, buffer.position(), buffer.limit(), callback);
        unsentMemoryBytes += buffer.remaining();
    }

    void add(FileRegion region, @Nullable WriteCallback callback) {
        add(region, 0, 0, callback);
        unsentFileBytes += region.remaining();
    }

    /** Bytes that the kernel has not taken. */
    long unsentBytes() {
        return unsentMemoryBytes + unsentFileBytes;
    }

    /** Those of them that wait in memory, and not in a file. */
    long unsentMemoryBytes() {
        return unsentMemoryBytes;
    }

    /** How many writes there are, those that have ended and wait to be told included. */
    int size() {
        return tail - head;
    }

    boolean hasUnsent() {
        return sent != tail;
    }

    boolean isEmpty() {
        return head == tail;
    }

    /** Whether completions wait to be delivered. */
    boolean hasEnded() {
        return head != sent;
    }

    /** The region of a file that comes next, or null if memory does. */
    @Nullable FileRegion nextRegion() {
        return sources[place(sent)] instanceof FileRegion region ? region : null;
    }

    /** Whether the next write has no bytes, and so ends without the kernel. */
    boolean nextIsEmpty() {
        int place = place(sent);
        return sources[place] instanceof FileRegion region
                ? region.remaining() == 0
                : starts[place] == ends[place];
    }

    /**
     * Whether the next write is of a file that must have more, and yet the engine found its end.
     */
    boolean isShortRegion() {
        FileRegion region = nextRegion();
        return region != null && region.remaining() > 0;
    }

    /** Whether somebody wants to hear of the end of a write. */
    boolean hasCallbacks() {
        return callbackCount > 0;
    }

    /** Offers the next bytes of memory, up to a region of a file. */
    void gather(Gather into) {
        for (int index = sent; index != tail && !into.isFull(); index++) {
            int place = place(index);
            Object source = sources[place];
            if (source instanceof FileRegion) {
                return;
            }
            if (starts[place] == ends[place]) {
                continue;
            }
            if (source instanceof PoolChunk chunk) {
                into.add(chunk.memory(), chunk.address(), starts[place], ends[place]);
            } else if (source instanceof ByteBuffer buffer) {
                into.add(buffer, 0, starts[place], ends[place]);
            }
        }
    }

    /** The kernel took this much; writes that are complete end. */
    void advance(long bytes) {
        long left = bytes;
        while (sent != tail) {
            int place = place(sent);
            if (sources[place] instanceof FileRegion region) {
                long moved = region.advance(left);
                unsentFileBytes -= moved;
                left -= moved;
                if (region.remaining() > 0) {
                    return;
                }
            } else {
                int taken = (int) Math.min(left, ends[place] - starts[place]);
                starts[place] += taken;
                unsentMemoryBytes -= taken;
                left -= taken;
                if (starts[place] != ends[place]) {
                    return;
                }
            }
            endNext(null);
        }
    }

    /** The next unsent write has failed; it ends, and those behind it are unaffected. */
    void failNext(TcpStream stream, int code) {
        int place = place(sent);
        long left;
        long total;
        if (sources[place] instanceof FileRegion region) {
            left = region.remaining();
            total = region.total();
            unsentFileBytes -= left;
        } else {
            left = (long) ends[place] - starts[place];
            total = lengths[place];
            unsentMemoryBytes -= left;
        }
        endNext(stream.connection.failure("write", code, total - left));
    }

    /** Drops ended writes from the head that nobody wants to hear of. */
    void skipSilent() {
        while (head != sent && callbacks[place(head)] == null && failures[place(head)] == null) {
            head++;
        }
    }

    @Nullable WriteCallback headCallback() {
        return callbacks[place(head)];
    }

    @Nullable IoException headFailure() {
        return failures[place(head)];
    }

    /** Forgets the head, an ended write whose completion is about to be delivered. */
    void removeHead() {
        int place = place(head++);
        callbackCount -= callbacks[place] == null ? 0 : 1;
        callbacks[place] = null;
        failures[place] = null;
    }

    private void endNext(@Nullable IoException failure) {
        int place = place(sent++);
        Object source = sources[place];
        sources[place] = null;
        failures[place] = failure;
        if (source instanceof PoolChunk chunk) {
            chunk.release();
        } else if (source instanceof ByteBuffer buffer) {
            buffer.limit(ends[place]).position(ends[place]);
        } else if (source instanceof FileRegion region) {
            region.close();
        }
    }

    private void add(Object source, int start, int end, @Nullable WriteCallback callback) {
        if (tail - head == sources.length) {
            grow();
        }
        int place = place(tail++);
        sources[place] = source;
        callbacks[place] = callback;
        callbackCount += callback == null ? 0 : 1;
        failures[place] = null;
        starts[place] = start;
        ends[place] = end;
        lengths[place] = end - start;
    }

    private int place(int index) {
        return index & sources.length - 1;
    }

    private void grow() {
        int size = tail - head;
        int capacity = sources.length * 2;
        Object[] newSources = new Object[capacity];
        WriteCallback[] newCallbacks = new WriteCallback[capacity];
        IoException[] newFailures = new IoException[capacity];
        int[] newStarts = new int[capacity];
        int[] newEnds = new int[capacity];
        int[] newLengths = new int[capacity];
        for (int i = 0; i < size; i++) {
            int from = place(head + i);
            newSources[i] = sources[from];
            newCallbacks[i] = callbacks[from];
            newFailures[i] = failures[from];
            newStarts[i] = starts[from];
            newEnds[i] = ends[from];
            newLengths[i] = lengths[from];
        }
        sources = newSources;
        callbacks = newCallbacks;
        failures = newFailures;
        starts = newStarts;
        ends = newEnds;
        lengths = newLengths;
        sent -= head;
        tail = size;
        head = 0;
    }
}
