// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/** What a datagram socket reports. Called only from inside {@link Driver#poll}, but for gather. */
public interface DatagramSink {
    /**
     * A datagram has come, perhaps of no bytes. The driver drops its own loan when this returns,
     * and fills {@code info} anew for the next.
     */
    void onDatagram(PoolChunk chunk, DatagramInfo info);

    /**
     * After one or several {@link #onDatagram}, unless the port was closed meanwhile: others come
     * later, so that it is time for what these have caused to leave. It leaves with the end of the
     * poll at the latest.
     */
    void onBatchEnd();

    /**
     * Once per {@code startReceive}: {@link Code#CANCELLED}, {@link Code#NO_CHUNKS}, or an error.
     * An error may be one that the network has reported of a datagram sent before; after it the
     * socket is as good as before, and core starts again.
     */
    void onReceiveStopped(int code);

    /** Offers the next datagrams to send. No user code runs in here. */
    void gather(DatagramSends into);

    /** Once per send that was pending: what {@link DatagramPort#send} answers otherwise. */
    void onSent(int result);

    /** The last call: every terminal was reported and the descriptor is closed. */
    void onClosed();
}
