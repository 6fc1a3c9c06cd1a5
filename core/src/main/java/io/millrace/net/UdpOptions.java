// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.internal.datagram.SocketUdpOptions;
import java.net.NetworkInterface;
import org.jspecify.annotations.Nullable;

/**
 * The socket options of one {@link UdpSocket}, see udp(7), ip(7) and socket(7). Loop thread only.
 *
 * <p>They take effect at once. A value that the system refuses is an {@link
 * java.io.UncheckedIOException} with an {@link io.millrace.IoException} as its cause, which says
 * {@code EOPNOTSUPP} where there is no such option. When the socket was closed, every method is an
 * {@link IllegalStateException}.
 */
public sealed interface UdpOptions permits SocketUdpOptions {
    /** SO_BROADCAST: datagrams may go to a broadcast address, which else fails with EACCES. */
    UdpOptions broadcast(boolean on);

    boolean broadcast();

    /**
     * IP_TOS and IPV6_TCLASS: the byte of DSCP and ECN that datagrams leave with.
     *
     * @param value from 0 to 255
     */
    UdpOptions trafficClass(int value);

    int trafficClass();

    /**
     * IP_TTL and IPV6_UNICAST_HOPS: how many routers a datagram passes. Not on {@code nio}.
     *
     * @param hops from 1 to 255
     */
    UdpOptions timeToLive(int hops);

    int timeToLive();

    /**
     * The same of datagrams to groups; 1 at first, which no router passes on.
     *
     * @param hops from 0, which does not leave the host, to 255
     */
    UdpOptions multicastTimeToLive(int hops);

    int multicastTimeToLive();

    /** Whether this host hears what it sends to groups that it has joined. On at first. */
    UdpOptions multicastLoop(boolean on);

    boolean multicastLoop();

    /** The interface by which datagrams leave to groups; else the system's routes say. */
    UdpOptions multicastInterface(NetworkInterface link);

    /** Null while it is the system's choice, or if it is gone. */
    @Nullable NetworkInterface multicastInterface();

    /**
     * IP_PKTINFO and IPV6_RECVPKTINFO: datagrams that come from now on tell {@link
     * Datagram#localAddress} and {@link Datagram#interfaceIndex}. Not on {@code nio}, and not for
     * IPv4 on FreeBSD, OpenBSD and DragonFly.
     */
    UdpOptions packetInfo(boolean on);

    boolean packetInfo();

    /**
     * IP_RECVTOS and IPV6_RECVTCLASS: datagrams that come from now on tell {@link
     * Datagram#trafficClass}. Not on {@code nio}, and not for IPv4 on OpenBSD and DragonFly.
     */
    UdpOptions receiveTrafficClass(boolean on);

    boolean receiveTrafficClass();

    /**
     * UDP_GRO: datagrams of one sender that come together may be delivered together, which is many
     * times cheaper; see {@link Datagram#segmentBytes}. Where the system does not do so, each comes
     * alone as before, and nothing is refused.
     */
    UdpOptions coalesce(boolean on);

    /**
     * IP_RECVERR and IPV6_RECVERR: what the network reports of datagrams that were sent, such as
     * {@code ECONNREFUSED}, is told to {@link UdpSocket#onFailure} while the socket is not
     * connected as well, each with the address that the datagram went to, and with who says so. No
     * send fails any more for what became of another. Heard with the next receive or send. Linux
     * only, and not on {@code nio}.
     */
    UdpOptions receiveErrors(boolean on);

    boolean receiveErrors();

    /** SO_RCVBUF in bytes. Linux doubles what it is given; most backends answer with that. */
    UdpOptions receiveBufferSize(int bytes);

    int receiveBufferSize();

    /** SO_SNDBUF in bytes. Linux doubles what it is given; most backends answer with that. */
    UdpOptions sendBufferSize(int bytes);

    int sendBufferSize();
}
