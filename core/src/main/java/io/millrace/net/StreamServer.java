// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.Handle;
import java.net.SocketAddress;

/**
 * Accepts connections, whatever they run over. A server outlives every error of accepting: out of
 * descriptors or memory, it reports to {@link #onAcceptError}, leaves connections in the backlog,
 * and tries again after a moment. Loop thread only. Active until closed.
 */
public sealed interface StreamServer extends Handle permits TcpServer, UnixServer {
    /** Where it listens. Any thread. */
    SocketAddress localAddress();

    /** Takes no connections from now on; they wait in the backlog. Idempotent. */
    void pauseAccept();

    /** Takes connections again. Idempotent. */
    void resumeAccept();

    /** Sets who hears of errors; at first they are logged through {@link System.Logger}. */
    void onAcceptError(AcceptErrorHandler handler);
}
