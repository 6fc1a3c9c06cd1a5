// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/** What a listener reports. Called only from inside {@link Driver#poll}. */
public interface ListenerSink {
    /** A new connection; the sink owns it: it adopts it, hands it to another loop, or closes it. */
    void onAccept(Accepted connection);

    /**
     * Once per {@code startAccept}: {@link Code#CANCELLED} after a stop or close, or why accepting
     * failed. EINTR, EAGAIN and connections that were aborted while queued are not reported.
     */
    void onAcceptStopped(int code);

    /** The last call: every terminal was reported and the descriptor is closed. */
    void onClosed();
}
