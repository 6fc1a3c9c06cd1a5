// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The loop's one scratch list of memory segments, filled by a stream for one send.
 *
 * <p>Filled through {@link StreamSink#gather} and used up before the send command returns, so one
 * list serves all streams. Engines that make native calls take addresses and lengths; those that do
 * not take the buffers, whose position and limit enclose the segment.
 */
public final class Gather {
    /**
     * What one send is given at most. A fast reader can drain the socket while the call fills it,
     * which would otherwise keep the loop inside for as long as there is something to send.
     */
    public static final int MOST_BYTES = 1 << 20;

    private final @Nullable ByteBuffer[] buffers;
    private final long[] addresses;
    private final int[] starts;
    private final int[] lengths;
    private final boolean takesAddresses;
    private final int mostBytes;
    private int count;
    private long bytes;
    private boolean mayReportLate;

    public Gather(int maximum) {
        this(maximum, false);
    }

    /**
     * @param takesAddresses whether the engine makes native calls, and needs no buffer where it has
     *     the address
     */
    public Gather(int maximum, boolean takesAddresses) {
        this(maximum, takesAddresses, MOST_BYTES);
    }

    /**
     * @param takesAddresses whether the engine makes native calls, and needs no buffer where it has
     *     the address
     * @param mostBytes what one send is given at most, if less than {@link #MOST_BYTES} is all that
     *     it can take: what it cannot need not be looked at
     */
    public Gather(int maximum, boolean takesAddresses, int mostBytes) {
        this.takesAddresses = takesAddresses;
        this.mostBytes = Math.min(mostBytes, MOST_BYTES);
        buffers = new ByteBuffer[maximum];
        addresses = new long[maximum];
        starts = new int[maximum];
        lengths = new int[maximum];
    }

    /**
     * Adds the bytes from {@code start} to {@code end} of a direct buffer that begins at {@code
     * address}, or those that fit into what a send is given; 0 if the address is not known, so that
     * an engine that needs it looks it up. Not when full.
     */
    public void add(ByteBuffer buffer, long address, int start, int end) {
        int length = Math.min(end - start, (int) (mostBytes - bytes));
        buffer.limit(start + length).position(start);
        buffers[count] = buffer;
        addresses[count] = address == 0 ? 0 : address + start;
        starts[count] = start;
        lengths[count++] = length;
        bytes += length;
    }

    /** Whether {@link #addAddress} may be called. */
    public boolean takesAddresses() {
        return takesAddresses;
    }

    /**
     * Adds memory that needs no buffer, or as much of it as fits into what a send is given: whoever
     * has none need not make one. Not when full.
     */
    public void addAddress(long address, int length) {
        assert takesAddresses && address != 0;
        int taken = Math.min(length, (int) (mostBytes - bytes));
        addresses[count] = address;
        lengths[count++] = taken;
        bytes += taken;
    }

    public boolean isFull() {
        return count == buffers.length || bytes == mostBytes;
    }

    public int count() {
        return count;
    }

    /** The sum of all lengths. */
    public long bytes() {
        return bytes;
    }

    /**
     * How many leading segments can be written by position and limit in one call. Usually all; but
     * a buffer that was added twice, such as a chunk that is echoed twice, encloses only one
     * segment at a time, so the first repetition waits for the next call.
     */
    @SuppressWarnings("ReferenceEquality") // position and limit belong to the object
    public int countOfDistinct() {
        for (int i = 1; i < count; i++) {
            for (int j = 0; j < i; j++) {
                if (buffers[j] == buffers[i]) {
                    encloseAgain(i);
                    return i;
                }
            }
        }
        return count;
    }

    private void encloseAgain(int first) {
        for (int i = 0; i < first; i++) {
            buffer(i).limit(starts[i] + lengths[i]).position(starts[i]);
        }
    }

    /** The array itself, for gathering writes of the first {@link #countOfDistinct} segments. */
    public @Nullable ByteBuffer[] buffers() {
        return buffers;
    }

    @SuppressWarnings("NullAway") // the first count places are filled
    public ByteBuffer buffer(int index) {
        assert index < count;
        return buffers[index];
    }

    /** Address of the segment's first byte, or 0 if only the buffer knows it. */
    public long address(int index) {
        assert index < count;
        return addresses[index];
    }

    /** Where the segment begins in its buffer, whose position a later segment may have moved. */
    public int start(int index) {
        assert index < count;
        return starts[index];
    }

    public int length(int index) {
        assert index < count;
        return lengths[index];
    }

    /**
     * Says that nobody waits for the end of this send. A driver that would have to come back for it
     * alone may then report it together with whatever it reports next.
     */
    public void allowLateReport() {
        mayReportLate = true;
    }

    /** Whether {@link #allowLateReport} was called. */
    public boolean allowsLateReport() {
        return mayReportLate;
    }

    /**
     * Forgets everything; buffers are let go of, so that none is kept alive by the scratch list.
     */
    public void clear() {
        for (int i = 0; i < count; i++) {
            buffers[i] = null;
        }
        count = 0;
        bytes = 0;
        mayReportLate = false;
    }
}
