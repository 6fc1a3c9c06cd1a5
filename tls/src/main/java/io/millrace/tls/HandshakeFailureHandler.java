// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.IoException;

/** Hears of handshakes that have failed at a {@link TlsServer}; the connection is closed. */
@FunctionalInterface
public interface HandshakeFailureHandler {
    /**
     * Called on the thread of the connection's loop.
     *
     * @param stream to ask who it was; it closes when this returns
     * @param failure why, such as {@code EPROTO} with the alert or what was wrong
     */
    void onHandshakeFailure(TlsStream stream, IoException failure);
}
