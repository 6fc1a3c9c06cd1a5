// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.NumberedOption;
import java.net.SocketAddress;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

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
 * @param permissions what the file of a Unix-domain address is to have before anybody can connect;
 *     null for what the umask leaves
 * @param options what else is to be set before the bind; not what the others are about
 * @param numberedOptions the same by the system's numbers; only where {@link
 *     Capabilities#descriptors}
 */
public record ListenSpec(
        SocketAddress address,
        int backlog,
        boolean reuseAddress,
        boolean reusePort,
        int receiveBufferBytes,
        @Nullable Set<PosixFilePermission> permissions,
        Map<PortOption, Integer> options,
        List<NumberedOption> numberedOptions) {
    /** Without further options. */
    public ListenSpec(
            SocketAddress address,
            int backlog,
            boolean reuseAddress,
            boolean reusePort,
            int receiveBufferBytes,
            @Nullable Set<PosixFilePermission> permissions) {
        this(
                address,
                backlog,
                reuseAddress,
                reusePort,
                receiveBufferBytes,
                permissions,
                Map.of(),
                List.of());
    }

    /** As of something that has no file. */
    public ListenSpec(
            SocketAddress address,
            int backlog,
            boolean reuseAddress,
            boolean reusePort,
            int receiveBufferBytes) {
        this(address, backlog, reuseAddress, reusePort, receiveBufferBytes, null);
    }
}
