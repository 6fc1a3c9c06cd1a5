// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/** What a stream reports. Called only from inside {@link Driver#poll}, except {@link #gather}. */
public interface StreamSink {
    /**
     * Reads what the next call is going to need, and does nothing else. A driver that learns of
     * several streams at once may call this for each before it serves the first: the cache misses
     * of several then overlap, which one after the other they would not.
     *
     * @return anything; it keeps the reads from being optimized away
     */
    default int prefetch() {
        return 0;
    }

    /** Once per {@code connect} that was pending: {@link Code#OK} or a negative code. */
    void onConnected(int code);

    /**
     * Descriptors have come with what is reported next by {@link #onReceive} or {@link
     * #onReceivedInto}; they are the sink's. Only after {@link StreamPort#takeDescriptors}.
     */
    default void onDescriptors(Passed passed) {
        throw new UnsupportedOperationException("a sink that asked for descriptors takes them");
    }

    /**
     * At least one byte has come. The driver drops its own loan when this returns; {@link
     * PoolChunk#keep} or {@link PoolChunk#retain} to hold on to the bytes.
     */
    void onReceive(PoolChunk chunk);

    /**
     * Once per {@code startReceive}: {@link Code#END_OF_STREAM}, {@link Code#CANCELLED}, {@link
     * Code#NO_CHUNKS}, or an error.
     */
    void onReceiveStopped(int code);

    /** Once per {@code receiveInto}: bytes, {@link Code#END_OF_STREAM}, or a negative code. */
    void onReceivedInto(int result);

    /** Offers the next bytes to send. No user code runs in here. */
    void gather(Gather into);

    /**
     * Once per send that was pending: bytes taken, at least 1 (0 only by {@code sendFile}, when the
     * file ends before its position), or a negative code. May be positive after {@code close}: the
     * kernel had taken that much before it heard of it.
     */
    void onSent(int result);

    /** The last call: every terminal was reported and the descriptor is closed. */
    void onClosed();
}
