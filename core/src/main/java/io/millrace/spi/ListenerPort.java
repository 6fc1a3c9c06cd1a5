// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/** A listening socket. At most one accept is started at a time, and it goes on until it ends. */
public interface ListenerPort extends SocketPort {
    /** Reports connections until stopped or failed. */
    void startAccept();

    /**
     * Hastens the end; connections may still be reported until {@link
     * ListenerSink#onAcceptStopped}.
     */
    void stopAccept();
}
