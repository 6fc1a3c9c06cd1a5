// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.client;

import io.millrace.IoException;
import io.millrace.internal.stream.KernelAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;

/**
 * What an address means, settled before a driver sees it, so that it means the same on every
 * backend: a link-local address without its scope, the wildcard as a peer, a Unix-domain name that
 * is too long or that the backend has not. Any thread.
 */
public final class SocketAddresses {
    private SocketAddresses() {}

    /**
     * Where to listen.
     *
     * @throws IoException if the driver's backend cannot
     * @throws IllegalArgumentException if it is unresolved, or of a kind that nobody listens on
     */
    public static SocketAddress toListenOn(OpenedDriver driver, SocketAddress address)
            throws IoException {
        return KernelAddress.toListenOn(
                driver.driver().capabilities(), driver.backend().name(), address);
    }

    /** Where to connect a stream to; see {@link #toListenOn}. */
    public static SocketAddress toConnectTo(OpenedDriver driver, SocketAddress address)
            throws IoException {
        return KernelAddress.toConnectTo(
                driver.driver().capabilities(), driver.backend().name(), address);
    }

    /** What a stream is to be bound to before it connects; see {@link #toListenOn}. */
    public static SocketAddress toBindTo(OpenedDriver driver, SocketAddress address)
            throws IoException {
        return KernelAddress.toBindTo(
                driver.driver().capabilities(), driver.backend().name(), address);
    }

    /** Where to receive datagrams. */
    public static InetSocketAddress toBindTo(InetSocketAddress address) throws IoException {
        return KernelAddress.toBindTo(address);
    }

    /** Where to send datagrams to; the wildcard address is this host. */
    public static InetSocketAddress toSendTo(InetSocketAddress address) throws IoException {
        return KernelAddress.toReach(address, "send");
    }

    /** The family of a socket for it. */
    public static StandardProtocolFamily familyOf(SocketAddress address) {
        return KernelAddress.familyOf(address);
    }
}
