// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import io.millrace.spi.PoolChunk;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Received bytes in off-heap memory that the loop lends out.
 *
 * <p>The bytes are valid until the callback that received the chunk returns, and no chunk brings
 * them again: half a message has to be kept or copied until the rest has come. {@link #keep()}
 * prolongs that, and {@link #release()} ends what {@code keep} began; handing the chunk to a
 * stream's {@code write} needs neither. Confined to the loop's thread. Reading a chunk allocates
 * nothing.
 *
 * <p>Invariant: {@code 0 <= start <= end <= memory.capacity()}, and between them are the bytes.
 */
public abstract sealed class Chunk permits PoolChunk {
    /** The whole block. Its position and limit mean nothing between calls. */
    protected final ByteBuffer memory;

    /** Where the unread bytes begin and end, as indexes into {@link #memory}. */
    protected int start;

    protected int end;

    /** For {@link PoolChunk}, which backends make; a loop could not write those of anybody else. */
    protected Chunk(ByteBuffer memory) {
        this.memory = memory;
    }

    /** How many bytes are left to read. */
    public final int length() {
        return end - start;
    }

    /** The byte at {@code index}, counted from the first unread one. */
    public final byte get(int index) {
        Objects.checkIndex(index, length());
        unlimit();
        return memory.get(start + index);
    }

    /**
     * The bytes as a buffer from its position to its limit. It is always the same object, so it
     * costs nothing; do not keep it, and do not write into it. Written to a stream or a file while
     * the chunk is on loan, by itself or by way of a view of it, it is copied.
     */
    public final ByteBuffer buffer() {
        return memory.limit(end).position(start);
    }

    /**
     * Leaves the first {@code count} bytes out of whatever is done with this chunk from now on, for
     * instance because they were understood. The others do not come again: what is neither kept nor
     * copied is gone when the callback returns, whether it was skipped or not.
     */
    public final void skip(int count) {
        Objects.checkFromIndexSize(0, count, length());
        start += count;
    }

    /**
     * Copies all bytes into {@code target}, which must have room for them; the chunk is unchanged.
     */
    public final void copyTo(ByteBuffer target) {
        target.put(buffer());
    }

    /** Copies {@code count} bytes, from {@code index} on, into an array. */
    public final void copyTo(int index, byte[] target, int offset, int count) {
        Objects.checkFromIndexSize(index, count, length());
        unlimit();
        memory.get(start + index, target, offset, count);
    }

    /**
     * Keeps the bytes beyond the callback. Answers the chunk that holds them from now on: usually
     * this one, a copy when lending it out would leave the loop too few to go on receiving. Every
     * answer must be released once, on the loop's thread. Meanwhile its bytes may be read on any
     * thread that it is handed to, as any object is; a stream or file of another loop copies them.
     *
     * @throws IllegalStateException on another thread than the loop's
     */
    public abstract Chunk keep();

    /**
     * Gives up what {@link #keep()} answered.
     *
     * @throws IllegalStateException on another thread than the loop's, as long as that lives, or if
     *     it was released before
     */
    public abstract void release();

    /** Whoever used the buffer last, a caller or a backend, may have left a lower limit. */
    private void unlimit() {
        if (memory.limit() < end) {
            memory.limit(end);
        }
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + length() + " bytes]";
    }
}
