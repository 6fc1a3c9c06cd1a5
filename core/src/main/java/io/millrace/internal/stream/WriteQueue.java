// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.net.WriteCallback;
import io.millrace.spi.Gather;
import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A stream's writes in their order. Their places come from the loop's {@link PendingWrite.Pool}, so
 * that a write allocates nothing and a stream with nothing to send holds nothing.
 *
 * <p>Three marks: {@code head}, the oldest write that is not delivered; {@code unsent}, the oldest
 * that the kernel has not taken in whole; {@code tail}, the newest. From head to before unsent are
 * writes that have ended but whose completion is not delivered.
 *
 * <p>A source belongs to the queue until its write ends: a chunk with one owner's share, a direct
 * buffer whose memory the caller must leave alone, or a region, of a file or on the heap. The parts
 * of a write of several buffers end one by one, but fail together.
 *
 * <p>{@link Outbound} is the queue of its stream rather than having one: with thousands of
 * connections every object that a message touches has to come from memory.
 */
class WriteQueue {
    /** How many places a check of the marks looks at, so that it does not grow with the queue. */
    private static final int MOST_CHECKED = 64;

    private final PendingWrite.Pool places;
    private @Nullable PendingWrite head;
    private @Nullable PendingWrite unsent;
    private @Nullable PendingWrite tail;
    private int size;
    private int callbackCount;
    private long unsentMemoryBytes;

    /** Below 2^63; how often more than that was counted is in {@link #fileBytesOver}. */
    private long unsentFileBytes;

    private int fileBytesOver;

    /** Made for the first; most queues never have any. */
    private @Nullable QueuedFiles files;

    WriteQueue(PendingWrite.Pool places) {
        this.places = places;
    }

    void add(PoolChunk chunk, @Nullable WriteCallback callback) {
        PendingWrite write = append(callback);
        write.chunk = chunk;
        setMemory(write, chunk.memory(), chunk.address(), chunk.start(), chunk.end());
        assert isSound() : this;
    }

    void add(ByteBuffer buffer, @Nullable WriteCallback callback) {
        setMemory(append(callback), buffer, 0, buffer.position(), buffer.limit());
        assert isSound() : this;
    }

    /** Takes the region; if there is no memory for its place, closes it. */
    void add(WriteRegion region, @Nullable WriteCallback callback) {
        FileRegion file = region instanceof FileRegion fileRegion ? fileRegion : null;
        PendingWrite write;
        try {
            if (file != null && files == null) {
                files = new QueuedFiles();
            }
            write = append(callback);
        } catch (Throwable failure) {
            region.close();
            throw failure;
        }
        write.region = region;
        write.length = region.remaining();
        count(region, region.remaining());
        if (file != null) {
            files().add(file);
        }
        assert isSound() : this;
    }

    private QueuedFiles files() {
        return Objects.requireNonNull(files);
    }

    /** A region of which nothing was counted so far has so many bytes. */
    void known(FileRegion region, long bytes) {
        region.known(bytes);
        files().lengthIsKnown();
        count(region, bytes);
        assert isSound() : this;
    }

    private void count(WriteRegion region, long bytes) {
        if (region.isInMemory()) {
            unsentMemoryBytes += bytes;
        } else {
            countFileBytes(bytes);
        }
    }

    /** A region may be as long as a long can say, and so several are longer. */
    private void countFileBytes(long bytes) {
        long sum = unsentFileBytes + bytes;
        if (sum < 0) {
            fileBytesOver += bytes < 0 ? -1 : 1;
        }
        unsentFileBytes = sum & Long.MAX_VALUE;
    }

    /** The newest place, after which {@link #withdraw} may take back what is added. */
    @Nullable PendingWrite newest() {
        return tail;
    }

    /**
     * Makes the newest place a part of a write.
     *
     * @param bytesBefore how many bytes the parts before it have
     * @param continued whether another part follows
     * @return how many bytes the write has by now
     */
    long partOfWrite(long bytesBefore, boolean continued) {
        PendingWrite part = Objects.requireNonNull(tail);
        part.length += bytesBefore;
        part.continued = continued;
        return part.length;
    }

    /**
     * Takes back what was added after a place, or everything. No driver may have heard of it. The
     * first of {@code sources} are where it came from; they get their positions back.
     */
    void withdraw(@Nullable PendingWrite last, ByteBuffer[] sources) {
        PendingWrite write = last == null ? head : last.next;
        for (int i = 0; write != null; i++) {
            PendingWrite next = write.next;
            int position = sources[i].limit() - (int) left(write);
            sources[i].position(Math.min(sources[i].position(), position));
            countAsSent(write);
            if (write.chunk != null) {
                write.chunk.release();
            } else if (write.region != null) {
                close(write.region);
            }
            if (unsent == write) {
                unsent = null;
            }
            size--;
            forget(write);
            write = next;
        }
        tail = last;
        if (last == null) {
            head = null;
        } else {
            last.next = null;
        }
        assert isSound() : this;
    }

    private void close(WriteRegion region) {
        if (region instanceof FileRegion file) {
            files().remove(file);
        }
        region.close();
    }

    private void forget(PendingWrite write) {
        write.memory = null;
        write.chunk = null;
        write.region = null;
        callbackCount -= write.callback == null ? 0 : 1;
        places.giveBack(write);
    }

    private void setMemory(
            PendingWrite write, ByteBuffer memory, long address, int start, int end) {
        write.memory = memory;
        write.address = address;
        write.start = start;
        write.end = end;
        int bytes = end - start;
        write.length = bytes;
        unsentMemoryBytes += bytes;
    }

    private PendingWrite append(@Nullable WriteCallback callback) {
        PendingWrite write = places.take();
        if (callback != null) {
            write.callback = callback;
            callbackCount++;
        }
        if (tail == null) {
            head = write;
        } else {
            tail.next = write;
        }
        tail = write;
        if (unsent == null) {
            unsent = write;
        }
        size++;
        return write;
    }

    /** Bytes that the kernel has not taken; {@link Long#MAX_VALUE} if they are more. */
    long unsentBytes() {
        long sum = unsentMemoryBytes + unsentFileBytes;
        return sum < 0 || fileBytesOver > 0 ? Long.MAX_VALUE : sum;
    }

    /** Those of them that wait in memory, and not in a file. */
    long unsentMemoryBytes() {
        return unsentMemoryBytes;
    }

    /** How many writes there are, those that have ended and wait to be told included. */
    int size() {
        return size;
    }

    boolean hasUnsent() {
        return unsent != null;
    }

    boolean isEmpty() {
        return head == null;
    }

    /** Whether completions wait to be delivered. */
    boolean hasEnded() {
        return head != unsent;
    }

    /** The region that comes next, or null if memory does. */
    @Nullable WriteRegion nextRegion() {
        return unsent == null ? null : unsent.region;
    }

    /** Whether the next write has no bytes, and so ends without the kernel. */
    boolean nextIsEmpty() {
        PendingWrite next = next();
        WriteRegion region = next.region;
        return region == null ? next.start == next.end : region.isOver();
    }

    /** Whether what comes next is a file that is not open yet. */
    boolean nextWaits() {
        PendingWrite next = unsent;
        return next != null && next.region != null && next.region.waits();
    }

    /** Whether files wait to be sent, of which it may not be known how long they are. */
    boolean hasUnsentFiles() {
        return files != null && !files.isEmpty();
    }

    /** Has those files opened whose turn it is, or will be next. */
    void openFiles() {
        if (files != null) {
            files.open();
        }
    }

    /** Whether there is more to send than so many bytes, or might be. */
    boolean exceeds(long bytes) {
        return unsentBytes() > bytes || (files != null && files.hasUnknownLength());
    }

    /**
     * Whether the next write is of a file that must have more, and yet the driver found its end.
     */
    boolean isShortRegion() {
        WriteRegion region = nextRegion();
        return region != null && region.remaining() > 0;
    }

    /** Whether somebody wants to hear of the end of a write. */
    boolean hasCallbacks() {
        return callbackCount > 0;
    }

    /** Offers the next bytes of memory, up to a region; or those of a region that comes first. */
    void gather(Gather into) {
        PendingWrite write = unsent;
        while (write != null && write.region == null && !into.isFull()) {
            ByteBuffer memory = write.memory;
            if (memory != null && write.start != write.end) {
                into.add(memory, write.address, write.start, write.end);
            }
            write = write.next;
        }
        if (write != null && write == unsent && write.region != null) {
            write.region.gather(into);
        }
    }

    /** The kernel took this much; writes that are complete end. */
    void advance(long bytes) {
        assert isSound() : this;
        long left = bytes;
        while (unsent != null) {
            PendingWrite write = unsent;
            WriteRegion region = write.region;
            if (region == null) {
                int taken = (int) Math.min(left, write.end - write.start);
                write.start += taken;
                unsentMemoryBytes -= taken;
                left -= taken;
                if (write.start != write.end) {
                    return;
                }
            } else {
                long moved = region.advance(left);
                count(region, -moved);
                left -= moved;
                if (!region.isOver()) {
                    return;
                }
            }
            endNext(null);
        }
    }

    /** The next unsent write has failed, all parts of it; those behind it are unaffected. */
    void failNext(LoopStream stream, int code) {
        PendingWrite write = next();
        long taken = write.length - left(write);
        while (write.continued) {
            countAsSent(write);
            endNext(null);
            write = next();
        }
        countAsSent(write);
        endNext(
                write.region instanceof FileRegion file
                        ? stream.connection.failure(file, code)
                        : stream.connection.failure("write", code, taken));
        assert isSound() : this;
    }

    private static long left(PendingWrite write) {
        WriteRegion region = write.region;
        return region == null ? (long) write.end - write.start : region.remaining();
    }

    /** What is left of it does not count any more. */
    private void countAsSent(PendingWrite write) {
        if (write.region == null) {
            unsentMemoryBytes -= left(write);
        } else {
            count(write.region, -left(write));
        }
    }

    /** Drops ended writes from the head that nobody wants to hear of. */
    void skipSilent() {
        while (hasEnded() && oldest().callback == null && oldest().failure == null) {
            removeHead();
        }
    }

    @Nullable WriteCallback headCallback() {
        return oldest().callback;
    }

    @Nullable IoException headFailure() {
        return oldest().failure;
    }

    /** Forgets the head, an ended write whose completion is about to be delivered. */
    void removeHead() {
        PendingWrite write = oldest();
        head = write.next;
        if (head == null) {
            tail = null;
        }
        size--;
        forget(write);
        assert isSound() : this;
    }

    private void endNext(@Nullable IoException failure) {
        PendingWrite write = next();
        unsent = write.next;
        write.failure = failure;
        ByteBuffer memory = write.memory;
        if (write.chunk != null) {
            write.chunk.release();
        } else if (memory != null) {
            memory.limit(write.end).position(write.end);
        } else if (write.region != null) {
            close(write.region);
        }
        write.memory = null;
        write.chunk = null;
        write.region = null;
    }

    /** The oldest unsent write, of which there is one. */
    private PendingWrite next() {
        return Objects.requireNonNull(unsent);
    }

    private PendingWrite oldest() {
        return Objects.requireNonNull(head);
    }

    /**
     * Whether the marks stand in their order, and the counts are those of the places: all of them,
     * or in a long queue the first.
     */
    private boolean isSound() {
        long memory = 0;
        long files = 0;
        int callbacks = 0;
        int places = 0;
        boolean ended = head != unsent;
        PendingWrite last = null;
        for (PendingWrite each = head; each != null; each = each.next) {
            if (places++ == MOST_CHECKED) {
                return size > MOST_CHECKED && tail != null && tail.next == null;
            }
            ended &= each != unsent;
            if (ended && (each.memory != null || each.chunk != null || each.region != null)) {
                return false;
            }
            boolean inFile = each.region != null && !each.region.isInMemory();
            files += inFile ? left(each) : 0;
            memory += inFile || ended ? 0 : left(each);
            callbacks += each.callback == null ? 0 : 1;
            last = each;
        }
        return !(ended && unsent != null)
                && last == tail
                && places == size
                && callbacks == callbackCount
                && memory == unsentMemoryBytes
                && (files & Long.MAX_VALUE) == unsentFileBytes;
    }

    /** Where the three marks are, in numbers. Loop thread. */
    @Override
    public String toString() {
        int ended = 0;
        for (PendingWrite each = head; each != null && each != unsent; each = each.next) {
            ended++;
        }
        return "writes "
                + size
                + ", ended "
                + ended
                + ", unsent bytes of memory "
                + unsentMemoryBytes
                + " of files "
                + unsentFileBytes;
    }
}
