// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * The numbers of one platform's options of datagram sockets, and of the control messages that go
 * with datagrams. What a platform lacks is {@link SocketConstants#ABSENT}.
 *
 * <p>Sources: Linux linux/in.h, linux/in6.h, linux/udp.h; FreeBSD 14 and OpenBSD 7 netinet/in.h,
 * netinet6/in6.h; Darwin (xnu 11417) bsd/netinet/in.h and bsd/netinet6/in6.h.
 */
final class DatagramNumbers {
    /** IPPROTO_UDP, everywhere. */
    static final int LEVEL_UDP = 17;

    private static final int ABSENT = SocketConstants.ABSENT;

    final int trafficClass4;
    final int timeToLive4;
    final int multicastInterface4;
    final int multicastTimeToLive4;
    final int multicastLoop4;

    /** To be asked for what comes with a datagram, and what that is then called. */
    final int receivePacketInfo4;

    final int packetInfo4;
    final int receiveTrafficClass4;
    final int receivedTrafficClass4;

    /** Whether a datagram can be sent with a traffic class of its own. */
    final boolean sendsTrafficClass4;

    final int trafficClass6;
    final int hops6;
    final int multicastInterface6;
    final int multicastHops6;
    final int multicastLoop6;
    final int receivePacketInfo6;
    final int packetInfo6;
    final int receiveTrafficClass6;

    /** MCAST_JOIN_GROUP and its like, of both families. */
    final int joinGroup;

    final int leaveGroup;
    final int joinSource;
    final int leaveSource;

    /** Off, a socket hears of those groups alone that it has joined itself. Linux only. */
    final int allGroups4;

    final int allGroups6;

    /** UDP_SEGMENT and UDP_GRO, options and control messages of the protocol's level. */
    final int segment;

    final int coalesced;

    /** IP_RECVERR and IPV6_RECVERR, options and control messages. Linux only. */
    final int receiveErrors4;

    final int receiveErrors6;

    /** Where the group begins in {@code struct group_req}. */
    final int groupOffset;

    /** {@code struct cmsghdr}: a length of 64 bits, or of 32. */
    final boolean wideControlLength;

    /** Control messages begin, and their data, at multiples of this. */
    final int controlAlignment;

    private DatagramNumbers(OperatingSystem system) {
        boolean linux = system == OperatingSystem.LINUX;
        boolean macos = system == OperatingSystem.MACOS;
        boolean freebsd = system == OperatingSystem.FREEBSD;
        trafficClass4 = linux ? 1 : 3;
        timeToLive4 = linux ? 2 : 4;
        multicastInterface4 = linux ? 32 : 9;
        multicastTimeToLive4 = linux ? 33 : 10;
        multicastLoop4 = linux ? 34 : 11;
        packetInfo4 = linux ? 8 : macos ? 26 : ABSENT;
        receivePacketInfo4 = packetInfo4;
        receiveTrafficClass4 = linux ? 13 : macos ? 27 : freebsd ? 68 : ABSENT;
        receivedTrafficClass4 = linux ? 1 : receiveTrafficClass4;
        sendsTrafficClass4 = linux;
        trafficClass6 = linux ? 67 : macos ? 36 : 61;
        hops6 = linux ? 16 : 4;
        multicastInterface6 = linux ? 17 : 9;
        multicastHops6 = linux ? 18 : 10;
        multicastLoop6 = linux ? 19 : 11;
        receivePacketInfo6 = linux ? 49 : macos ? 61 : 36;
        packetInfo6 = linux ? 50 : 46;
        receiveTrafficClass6 = linux ? 66 : macos ? 35 : 57;
        boolean hasGroups = linux || macos || freebsd;
        joinGroup = linux ? 42 : hasGroups ? 80 : ABSENT;
        leaveGroup = linux ? 45 : hasGroups ? 81 : ABSENT;
        joinSource = linux ? 46 : hasGroups ? 82 : ABSENT;
        leaveSource = linux ? 47 : hasGroups ? 83 : ABSENT;
        allGroups4 = linux ? 49 : ABSENT;
        allGroups6 = linux ? 29 : ABSENT;
        receiveErrors4 = linux ? 11 : ABSENT;
        receiveErrors6 = linux ? 25 : ABSENT;
        segment = linux ? 103 : ABSENT;
        coalesced = linux ? 104 : ABSENT;
        groupOffset = macos ? 4 : 8;
        wideControlLength = linux;
        controlAlignment = macos ? 4 : 8;
    }

    static DatagramNumbers of(OperatingSystem system) {
        return new DatagramNumbers(system);
    }
}
