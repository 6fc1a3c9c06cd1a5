// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import org.jspecify.annotations.Nullable;

/**
 * The loop's one scratch list of datagrams for one send, filled through {@link DatagramSink#gather}
 * and used up before the send command returns.
 */
public final class DatagramSends {
    /** How many leave in one system call at most. */
    public static final int MOST = 64;

    private final @Nullable OutgoingDatagram[] datagrams = new OutgoingDatagram[MOST];
    private final int[] starts = new int[MOST];
    private final int[] lengths = new int[MOST];
    private int count;

    public DatagramSends() {}

    /** Adds the bytes from {@code start} to {@code end} of its memory. Not when full. */
    public void add(OutgoingDatagram datagram, int start, int end) {
        datagrams[count] = datagram;
        starts[count] = start;
        lengths[count++] = end - start;
    }

    public boolean isFull() {
        return count == MOST;
    }

    public int count() {
        return count;
    }

    @SuppressWarnings("NullAway") // the first count places are filled
    public OutgoingDatagram datagram(int index) {
        assert index < count;
        return datagrams[index];
    }

    /** Where the bytes begin in the datagram's memory. */
    public int start(int index) {
        assert index < count;
        return starts[index];
    }

    /** How many there are; a datagram may have none. */
    public int length(int index) {
        assert index < count;
        return lengths[index];
    }

    /** Forgets everything. */
    public void clear() {
        for (int i = 0; i < count; i++) {
            datagrams[i] = null;
        }
        count = 0;
    }
}
