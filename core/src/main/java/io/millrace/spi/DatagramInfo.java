// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/**
 * What an engine tells of a datagram besides its bytes. Its fields are used again for the next one,
 * so they mean something only while {@link DatagramSink#onDatagram} runs. Loop thread only.
 */
public final class DatagramInfo {
    /** In place of a traffic class that is not known. */
    public static final int UNKNOWN = -1;

    /** Where it comes from. */
    public final DatagramAddress sender = new DatagramAddress();

    /** The address that it was sent to, without a port; known only if that was asked for. */
    public final DatagramAddress local = new DatagramAddress();

    /** The interface that it came by, or 0 if that is not known. */
    public int interfaceIndex;

    /** The byte that has DSCP and ECN, or {@link #UNKNOWN}. */
    public int trafficClass = UNKNOWN;

    /** Whether it was longer than the chunk, and the rest is lost. */
    public boolean truncated;

    /**
     * If the bytes are those of several datagrams in a row: how long each is but the last, which
     * may be shorter. Else 0.
     */
    public int segmentBytes;

    public DatagramInfo() {}

    /** Nothing is known from now on. */
    public void clear() {
        sender.clear();
        local.clear();
        interfaceIndex = 0;
        trafficClass = UNKNOWN;
        truncated = false;
        segmentBytes = 0;
    }

    public void set(DatagramInfo other) {
        sender.set(other.sender);
        local.set(other.local);
        interfaceIndex = other.interfaceIndex;
        trafficClass = other.trafficClass;
        truncated = other.truncated;
        segmentBytes = other.segmentBytes;
    }
}
