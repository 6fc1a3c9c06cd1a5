// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.net.Datagram;
import io.millrace.net.DatagramCallback;
import io.millrace.net.DatagramHandler;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the tests of datagrams have in common: sockets, and a journal of what came and ended. */
public abstract class UdpFixture extends ContractTest {
    final Journal journal = new Journal();

    /** The text of every datagram that {@link #collector} got. */
    final List<String> received = new ArrayList<>();

    /** Where each of them came from. */
    final List<InetSocketAddress> senders = new ArrayList<>();

    final UdpSocket client() throws IOException {
        return UdpSocket.bind(clientLoop(), anyPort());
    }

    final UdpSocket server() throws IOException {
        return UdpSocket.bind(serverLoop(), anyPort());
    }

    /** A server whose datagrams are collected. */
    final UdpSocket collecting() throws IOException {
        UdpSocket server = server();
        server.receive(collector());
        return server;
    }

    final DatagramHandler collector() {
        return (socket, datagram) -> {
            received.add(text(datagram));
            senders.add(datagram.sender());
        };
    }

    final DatagramCallback sent(String name) {
        return (socket, failure) -> journal.add(name + Journal.symbol(failure));
    }

    static String text(Datagram datagram) {
        byte[] bytes = new byte[datagram.data().length()];
        datagram.data().copyTo(0, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    static ByteBuffer direct(String text) {
        return direct(text.getBytes(StandardCharsets.US_ASCII));
    }

    static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** The IPv6 address of zeros, and of this as its last byte. */
    static InetAddress six(int last) throws IOException {
        byte[] bytes = new byte[16];
        bytes[bytes.length - 1] = (byte) last;
        return InetAddress.getByAddress(bytes);
    }

    final void untilReceived(int count) throws IOException {
        until(count + " datagrams", () -> received.size() >= count);
    }

    /** A port of the loopback interface that nobody is at. */
    final InetSocketAddress nobody() throws IOException {
        return nobody(InetAddress.getLoopbackAddress());
    }
}
