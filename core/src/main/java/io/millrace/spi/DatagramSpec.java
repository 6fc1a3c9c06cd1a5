// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.net.InetSocketAddress;

/**
 * What a datagram socket is to be: that which has to be known when it is bound.
 *
 * @param address where to receive, resolved; its family is the socket's, and an IPv6 socket reaches
 *     IPv4 addresses as well
 * @param reuseAddress others that say so, too, may be bound to the same address, as the receivers
 *     of a multicast group on one host have to
 * @param reusePort the kernel balances datagrams over all sockets of the address; only where {@link
 *     Capabilities#balancedReusePort}
 * @param inet6Only an IPv6 socket is to leave IPv4 to others
 */
public record DatagramSpec(
        InetSocketAddress address, boolean reuseAddress, boolean reusePort, boolean inet6Only) {}
