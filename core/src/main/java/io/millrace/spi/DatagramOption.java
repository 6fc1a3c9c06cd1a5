// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/**
 * Options of datagram sockets beside those of {@link PortOption}; values are plain ints, booleans 0
 * and 1.
 */
public enum DatagramOption {
    /** SO_BROADCAST. */
    BROADCAST,
    /** IP_TOS and IPV6_TCLASS: the byte of DSCP and ECN that datagrams leave with. */
    TRAFFIC_CLASS,
    /** IP_TTL and IPV6_UNICAST_HOPS. */
    TIME_TO_LIVE,
    /** IP_MULTICAST_TTL and IPV6_MULTICAST_HOPS. */
    MULTICAST_TIME_TO_LIVE,
    /** IP_MULTICAST_LOOP and IPV6_MULTICAST_LOOP: this host hears what it sends to its groups. */
    MULTICAST_LOOP,
    /** IP_MULTICAST_IF and IPV6_MULTICAST_IF, by the interface's index. */
    MULTICAST_INTERFACE,
    /** IP_PKTINFO and IPV6_RECVPKTINFO: a datagram tells where it arrived. */
    RECEIVE_PACKET_INFO,
    /** IP_RECVTOS and IPV6_RECVTCLASS: a datagram tells its traffic class. */
    RECEIVE_TRAFFIC_CLASS,
    /**
     * UDP_SEGMENT: not set, but asked for: whether the kernel cuts what is sent, see {@link
     * OutgoingDatagram#segmentBytes}, is whether there is such an option.
     */
    SEGMENT_BYTES,
    /**
     * UDP_GRO: datagrams of one sender may come together, see {@link DatagramInfo#segmentBytes}.
     */
    RECEIVE_COALESCED,
    /**
     * IP_RECVERR and IPV6_RECVERR: the kernel keeps what the network reports, connected or not, for
     * {@link DatagramPort#takeFault}.
     */
    RECEIVE_ERRORS
}
