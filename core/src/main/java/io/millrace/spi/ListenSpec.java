// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.net.SocketAddress;

/**
 * What a listener is to be.
 *
 * @param address where to listen, resolved
 * @param backlog how many connections the kernel queues, at least 1; it may cut it (somaxconn)
 * @param reuseAddress SO_REUSEADDR: bind although old connections are in TIME-WAIT
 * @param reusePort the kernel balances connections over all listeners of the address; only where
 *     {@link Capabilities#balancedReusePort}
 * @param receiveBufferBytes SO_RCVBUF for accepted connections, 0 for the system's choice; it must
 *     be set before listening because the window scale is agreed in the handshake
 */
public record ListenSpec(
        SocketAddress address,
        int backlog,
        boolean reuseAddress,
        boolean reusePort,
        int receiveBufferBytes) {}
