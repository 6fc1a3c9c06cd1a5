// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.net.Datagram;
import io.millrace.net.UdpSendOptions;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What goes with a datagram besides its bytes: where it arrived, and how it is marked. */
public abstract class UdpDetailsContract extends UdpFixture {
    private static boolean isNio(UdpSocket socket) {
        return socket.loop().backend().name().equals("nio");
    }

    /** Turns something on, or finds that this backend says why not. */
    private static boolean has(UdpSocket socket, Runnable option) {
        if (!isNio(socket)) {
            option.run();
            return true;
        }
        UncheckedIOException failure = assertThrows(UncheckedIOException.class, option::run);
        IoException reason = assertInstanceOf(IoException.class, failure.getCause());
        assertEquals("EOPNOTSUPP", reason.errorName());
        String message = String.valueOf(reason.getMessage());
        assertTrue(message.contains("java.nio"), message);
        return false;
    }

    private void note(Datagram datagram) {
        received.add(text(datagram));
        InetAddress local = datagram.localAddress();
        journal.add(
                (local == null ? "nowhere" : local.getHostAddress())
                        + " by "
                        + (datagram.interfaceIndex() == 0 ? "nothing" : "an interface")
                        + " as "
                        + datagram.trafficClass());
    }

    @Test
    void nothingIsToldThatWasNotAskedFor() throws IOException {
        UdpSocket server = server();
        server.receive(
                (socket, datagram) -> {
                    note(datagram);
                    assertEquals(-1, datagram.ecn());
                    assertNull(datagram.localAddress());
                });
        UdpSocket client = client();
        client.options().trafficClass(0x2a);
        assertEquals(0x2a, client.options().trafficClass());
        client.send(direct("a"), server.localAddress());
        untilReceived(1);
        journal.assertIs("nowhere by nothing as -1");
    }

    /** Also of a socket that receives already. */
    @Test
    void aDatagramTellsWhereItArrived() throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getByAddress(new byte[4]), 0);
        UdpSocket server = UdpSocket.bind(serverLoop(), any);
        server.receive((socket, datagram) -> note(datagram));
        InetSocketAddress there = loopback(server.localAddress().getPort());
        UdpSocket client = client();
        client.send(direct("before"), there);
        untilReceived(1);
        if (!has(server, () -> server.options().packetInfo(true))) {
            return;
        }
        assertTrue(server.options().packetInfo());
        client.send(direct("after"), there);
        untilReceived(2);
        server.options().packetInfo(false);
        client.send(direct("off"), there);
        untilReceived(3);
        journal.assertIs(
                "nowhere by nothing as -1",
                "127.0.0.1 by an interface as -1",
                "nowhere by nothing as -1");
    }

    @Test
    void trafficClassesComeAndGo() throws IOException {
        UdpSocket server = server();
        server.receive((socket, datagram) -> note(datagram));
        UdpSocket client = client();
        if (!has(server, () -> server.options().receiveTrafficClass(true))) {
            return;
        }
        client.send(direct("a"), server.localAddress());
        untilReceived(1);
        client.options().trafficClass(0xb8);
        client.send(direct("b"), server.localAddress());
        untilReceived(2);
        UdpSendOptions marked = UdpSendOptions.plain().trafficClass(0x02);
        client.send(direct("c"), server.localAddress(), marked, sent("sent"));
        until("an end", () -> journal.lines().stream().anyMatch(each -> each.startsWith("sent")));
        if (isNio(client)) {
            assertTrue(journal.has("sent EOPNOTSUPP"));
            return;
        }
        untilReceived(3);
        assertTrue(journal.has("nowhere by nothing as 0"));
        assertTrue(journal.has("nowhere by nothing as 184"));
        assertTrue(journal.has("nowhere by nothing as 2"));
    }

    @Test
    void theBitsOfEcnAreTheLastTwo() throws IOException {
        UdpSocket server = server();
        int[] ecn = {-2};
        if (!has(server, () -> server.options().receiveTrafficClass(true))) {
            return;
        }
        server.receive((socket, datagram) -> ecn[0] = datagram.ecn());
        UdpSocket client = client();
        client.options().trafficClass(0xb9);
        client.send(direct("a"), server.localAddress());
        until("heard", () -> ecn[0] != -2);
        assertEquals(1, ecn[0]);
    }

    @Test
    void bothFamiliesTellAll() throws IOException {
        assumeReal("IPv6");
        UdpSocket server;
        try {
            server = UdpSocket.bind(serverLoop(), new InetSocketAddress(six(0), 0));
        } catch (IoException none) {
            Assumptions.abort("no IPv6 here: " + none.getMessage());
            return;
        }
        if (!has(server, () -> server.options().packetInfo(true).receiveTrafficClass(true))) {
            return;
        }
        server.receive((socket, datagram) -> note(datagram));
        UdpSocket six = UdpSocket.bind(clientLoop(), new InetSocketAddress(six(0), 0));
        int port = server.localAddress().getPort();
        if (isNio(six)) {
            return;
        }
        UdpSendOptions marked = UdpSendOptions.plain().trafficClass(0x5);
        six.send(direct("six"), new InetSocketAddress(six(1), port), marked, sent("six"));
        untilReceived(1);
        six.send(direct("four"), loopback(port), marked, sent("four"));
        untilReceived(2);
        UdpSocket four = client();
        four.send(direct("four"), loopback(port), marked, sent("four"));
        untilReceived(3);
        assertEquals(1, journal.count("0:0:0:0:0:0:0:1 by an interface as 5"));
        assertEquals(2, journal.count("127.0.0.1 by an interface as 5"));
    }

    @Test
    void aDatagramComesFromTheAddressThatIsSaid() throws IOException {
        assumeReal("another address of this host");
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "127/8 is here");
        UdpSocket server = collecting();
        InetSocketAddress any = new InetSocketAddress(InetAddress.getByAddress(new byte[4]), 0);
        UdpSocket client = UdpSocket.bind(clientLoop(), any);
        InetAddress second = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
        UdpSendOptions from = UdpSendOptions.plain().from(second);
        client.send(direct("a"), server.localAddress(), from, sent("a"));
        until("the end", () -> journal.lines().size() == 1);
        if (isNio(client)) {
            journal.assertIs("a EOPNOTSUPP");
            return;
        }
        untilReceived(1);
        assertEquals(second, senders.get(0).getAddress());
        client.send(
                direct("b"),
                server.localAddress(),
                from.via(UdpGroupContract.loopbackInterface()).trafficClass(1),
                sent("b"));
        untilReceived(2);
        assertEquals(second, senders.get(1).getAddress());
        InetAddress six = six(1);
        client.send(
                direct("c"), server.localAddress(), UdpSendOptions.plain().from(six), sent("c"));
        InetAddress foreign = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1});
        client.send(
                direct("d"),
                server.localAddress(),
                UdpSendOptions.plain().from(foreign),
                sent("d"));
        client.send(direct("e"), server.localAddress(), sent("e"));
        untilReceived(3);
        until("the last", () -> journal.has("e"));
        assertTrue(journal.has("c EINVAL"));
        assertTrue(journal.lines().stream().anyMatch(each -> each.startsWith("d E")));
    }

    @Test
    void valuesOutOfRangeAreRefused() throws IOException {
        UdpSocket socket = client();
        for (int wrong : new int[] {-1, 256}) {
            assertThrows(
                    IllegalArgumentException.class, () -> socket.options().trafficClass(wrong));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> UdpSendOptions.plain().trafficClass(wrong));
        }
        assertThrows(IllegalArgumentException.class, () -> socket.options().timeToLive(0));
        if (has(socket, () -> socket.options().timeToLive(7))) {
            assertEquals(7, socket.options().timeToLive());
        }
    }
}
