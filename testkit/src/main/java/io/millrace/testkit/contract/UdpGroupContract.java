// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.net.UdpBindOptions;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Multicast, on the loopback interface. */
public abstract class UdpGroupContract extends UdpFixture {
    private static final UdpBindOptions REUSED =
            UdpBindOptions.builder().reuseAddress(true).build();

    private static InetAddress four(int a, int b, int c, int d) throws IOException {
        return InetAddress.getByAddress(new byte[] {(byte) a, (byte) b, (byte) c, (byte) d});
    }

    /** Of those that are for one site to use as it likes, see RFC 2365. */
    private static InetAddress group() throws IOException {
        return four(239, 255, 77, 1);
    }

    static NetworkInterface loopbackInterface() throws IOException {
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            if (each.isLoopback()) {
                return each;
            }
        }
        return Assumptions.abort("no loopback interface");
    }

    private UdpSocket receiver(int port) throws IOException {
        UdpSocket socket =
                UdpSocket.bind(serverLoop(), new InetSocketAddress(four(0, 0, 0, 0), port), REUSED);
        socket.receive(collector());
        return socket;
    }

    private UdpSocket sender() throws IOException {
        UdpSocket socket = client();
        socket.options().multicastInterface(loopbackInterface());
        return socket;
    }

    @Test
    void membersHearWhatIsSentToTheirGroupAndNobodyElseDoes() throws IOException {
        UdpSocket one = receiver(0);
        int port = one.localAddress().getPort();
        UdpSocket other = receiver(port);
        UdpSocket stranger = receiver(port);
        stranger.receive((socket, datagram) -> journal.add("stranger"));
        one.join(group(), loopbackInterface());
        other.join(group(), loopbackInterface());
        UdpSocket sender = sender();
        sender.send(direct("to all"), new InetSocketAddress(group(), port));
        untilReceived(2);
        settle();
        assertEquals(List.of("to all", "to all"), received);
        assertEquals(sender.localAddress().getPort(), senders.get(0).getPort());
        journal.assertIs();
    }

    @Test
    void whoHasLeftHearsNothingAnyMore() throws IOException {
        UdpSocket member = receiver(0);
        InetSocketAddress there = new InetSocketAddress(group(), member.localAddress().getPort());
        NetworkInterface link = loopbackInterface();
        UdpSocket sender = sender();
        assertFailure("EADDRNOTAVAIL", "leave", () -> member.leave(group(), link));
        member.join(group(), link);
        assertFailure("EADDRINUSE", "join", () -> member.join(group(), link));
        sender.send(direct("a"), there);
        untilReceived(1);
        member.leave(group(), link);
        sender.send(direct("b"), there);
        settle();
        member.join(group(), link);
        sender.send(direct("c"), there);
        untilReceived(2);
        assertEquals(List.of("a", "c"), received);
    }

    @Test
    void aMemberMayHearSomeSourcesAlone() throws IOException {
        assumeReal("another address of this host");
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "127/8 is here");
        UdpSocket member = receiver(0);
        InetSocketAddress there = new InetSocketAddress(group(), member.localAddress().getPort());
        NetworkInterface link = loopbackInterface();
        member.join(group(), link, four(127, 0, 0, 1));
        UdpSocket heard = sender();
        UdpSocket unheard =
                UdpSocket.bind(clientLoop(), new InetSocketAddress(four(127, 0, 0, 2), 0));
        unheard.options().multicastInterface(link);
        unheard.send(direct("no"), there);
        settle();
        heard.send(direct("yes"), there);
        untilReceived(1);
        member.join(group(), link, four(127, 0, 0, 2));
        unheard.send(direct("now"), there);
        untilReceived(2);
        member.leave(group(), link, four(127, 0, 0, 1));
        heard.send(direct("no more"), there);
        settle();
        assertEquals(List.of("yes", "now"), received);
        assertFailure("EADDRINUSE", "join", () -> member.join(group(), link));
        member.leave(group(), link, four(127, 0, 0, 2));
        member.join(group(), link);
        assertFailure("EINVAL", "join", () -> member.join(group(), link, four(127, 0, 0, 1)));
    }

    @Test
    void groupsOfInet6AreTheSame() throws IOException {
        assumeReal("IPv6");
        NetworkInterface link = interfaceOfInet6();
        byte[] bytes = six(77).getAddress();
        bytes[0] = (byte) 0xff;
        bytes[1] = 2;
        InetAddress group = InetAddress.getByAddress(bytes);
        UdpSocket member = UdpSocket.bind(serverLoop(), new InetSocketAddress(six(0), 0), REUSED);
        member.receive(collector());
        member.join(group, link);
        UdpSocket sender = UdpSocket.bind(clientLoop(), new InetSocketAddress(six(0), 0));
        // It does not leave this host.
        sender.options().multicastInterface(link).multicastTimeToLive(0);
        InetSocketAddress there = new InetSocketAddress(group, member.localAddress().getPort());
        sender.send(direct("six"), there, sent("sent"));
        until("the end", () -> !journal.lines().isEmpty());
        Assumptions.assumeTrue(journal.has("sent"), () -> "no way there: " + journal.lines());
        untilReceived(1);
        member.leave(group, link);
        sender.send(direct("six"), there);
        settle();
        assertEquals(List.of("six"), received);
        assertEquals(link, sender.options().multicastInterface());
        sender.options().multicastTimeToLive(3).multicastLoop(false);
        assertEquals(3, sender.options().multicastTimeToLive());
        assertFalse(sender.options().multicastLoop());
    }

    /** The loopback interface has no multicast of IPv6 on Linux. */
    private static NetworkInterface interfaceOfInet6() throws IOException {
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            boolean has6 = each.inetAddresses().anyMatch(Inet6Address.class::isInstance);
            if (each.isUp() && each.supportsMulticast() && has6 && !each.isLoopback()) {
                return each;
            }
        }
        return Assumptions.abort("no interface with multicast of IPv6");
    }

    @Test
    void optionsOfMulticastComeBack() throws IOException {
        UdpSocket socket = client();
        assertTrue(socket.options().multicastLoop());
        assertEquals(1, socket.options().multicastTimeToLive());
        socket.options()
                .multicastTimeToLive(0)
                .multicastLoop(false)
                .multicastInterface(loopbackInterface());
        assertFalse(socket.options().multicastLoop());
        assertEquals(0, socket.options().multicastTimeToLive());
        assertEquals(loopbackInterface(), socket.options().multicastInterface());
        socket.options().multicastTimeToLive(255);
        assertEquals(255, socket.options().multicastTimeToLive());
        for (int wrong : new int[] {-1, 256}) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> socket.options().multicastTimeToLive(wrong));
        }
    }

    @Test
    void onlyGroupsOfItsOwnFamilyAreJoined() throws IOException {
        UdpSocket member = receiver(0);
        NetworkInterface link = loopbackInterface();
        assertThrows(IllegalArgumentException.class, () -> member.join(four(127, 0, 0, 1), link));
        byte[] bytes = six(1).getAddress();
        bytes[0] = (byte) 0xff;
        bytes[1] = 2;
        InetAddress six = InetAddress.getByAddress(bytes);
        assertFailure("EAFNOSUPPORT", "join", () -> member.join(six, link));
        member.close();
        assertRefused("closed", () -> member.join(group(), link));
        assertRefused("closed", () -> member.leave(group(), link));
    }

    /** What a membership answers. */
    private interface Membership {
        void change() throws IOException;
    }

    private static void assertFailure(String name, String operation, Membership change) {
        IoException failure = assertThrows(IoException.class, change::change);
        assertEquals(name, failure.errorName());
        assertEquals(operation, failure.operation());
    }
}
