// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Timer;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Closing a datagram socket: from inside each callback, and with whatever is under way. */
public abstract class UdpCloseContract extends UdpFixture {
    private void closeHere(UdpSocket socket) {
        socket.onClosed(journal.line("closed"));
        socket.close();
        socket.close();
    }

    private void assertClosedAfter(UdpSocket socket, String... lines) throws IOException {
        until("closed", socket::isClosed);
        settle();
        journal.assertIs(lines);
    }

    @Test
    void inTheHandler() throws IOException {
        UdpSocket server = server();
        server.receive(
                (socket, datagram) -> {
                    journal.add("datagram");
                    closeHere(socket);
                });
        UdpSocket client = client();
        for (int i = 0; i < 30; i++) {
            client.send(direct("a"), server.localAddress());
        }
        assertClosedAfter(server, "datagram", "closed");
    }

    @Test
    void inASendCallbackWithMoreBehind() throws IOException {
        UdpSocket server = server();
        UdpSocket client = client();
        client.send(
                direct("a"),
                server.localAddress(),
                (socket, failure) -> {
                    journal.add("first");
                    socket.send(direct("b"), server.localAddress(), sent("second"));
                    closeHere(socket);
                });
        assertClosedAfter(client, "first", "second ECANCELED", "closed");
    }

    @Test
    void inTheFailureHandlerOfASend() throws IOException {
        UdpSocket client = client();
        client.onFailure(
                (socket, failure) -> {
                    journal.add(failure.errorName());
                    closeHere(socket);
                });
        client.send(ByteBuffer.allocateDirect(70_000), client.localAddress());
        client.send(ByteBuffer.allocateDirect(70_000), client.localAddress());
        assertClosedAfter(client, "EMSGSIZE", "closed");
    }

    @Test
    void inTheFailureHandlerOfAReceive() throws IOException {
        InetSocketAddress nobody = nobody();
        UdpSocket client = UdpSocket.connect(clientLoop(), nobody);
        client.onFailure(
                (socket, failure) -> {
                    journal.add(failure.errorName());
                    closeHere(socket);
                });
        client.receive(collector());
        client.send(direct("a"), null);
        assertClosedAfter(client, "ECONNREFUSED", "closed");
    }

    @Test
    void inOnWritable() throws IOException {
        UdpSocket server = server();
        UdpSocket client = client();
        client.watermarks(0, 1, 1 << 20);
        client.onWritable(
                () -> {
                    journal.add("writable");
                    closeHere(client);
                });
        client.send(direct(bytes(1000)), server.localAddress());
        assertClosedAfter(client, "writable", "closed");
    }

    @Test
    void inATimerATaskAndACloseCallback() throws IOException {
        UdpSocket first = client();
        UdpSocket second = client();
        UdpSocket third = client();
        for (UdpSocket each : List.of(first, second, third)) {
            each.receive(collector());
        }
        Timer timer = Timer.open(clientLoop());
        timer.start(Duration.ZERO, () -> closeHere(first));
        clientLoop().execute(() -> closeHere(second));
        timer.onClosed(() -> closeHere(third));
        until("two closed", () -> journal.count("closed") == 2);
        timer.close();
        until("all closed", () -> journal.count("closed") == 3);
    }

    @Test
    void ofAnotherSocketWhoseDatagramsAreThereAlready() throws IOException {
        List<UdpSocket> sockets = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            UdpSocket socket = server();
            sockets.add(socket);
            socket.receive(
                    (same, datagram) -> {
                        journal.add("datagram");
                        sockets.forEach(UdpSocket::close);
                    });
        }
        UdpSocket client = client();
        sockets.forEach(each -> client.send(direct("a"), each.localAddress()));
        until("all closed", () -> sockets.stream().allMatch(UdpSocket::isClosed));
        journal.assertIs("datagram");
    }

    @Test
    void whatWaitsIsCancelledInOrder() throws IOException {
        UdpSocket server = server();
        UdpSocket client = client();
        client.onClosed(journal.line("closed"));
        for (int i = 0; i < 3; i++) {
            client.send(direct("a"), server.localAddress(), sent("" + i));
        }
        client.close();
        assertClosedAfter(client, "0 ECANCELED", "1 ECANCELED", "2 ECANCELED", "closed");
        assertEquals(0, client.sendQueueSize());
    }

    @Test
    void withoutATraceOfIt() throws IOException {
        UdpSocket socket = server();
        InetSocketAddress address = socket.localAddress();
        socket.receive(collector());
        socket.close();
        assertRefused("closed", () -> socket.receive(collector()));
        assertRefused("closed", () -> socket.send(direct("a"), address));
        assertRefused("closed", () -> socket.trySend(direct("a"), address));
        assertRefused("closed", () -> socket.connect(address));
        assertRefused("closed", socket::disconnect);
        assertRefused("closed", socket::fileDescriptor);
        assertRefused("closed", socket::resumeReceiving);
        socket.pauseReceiving();
        until("closed", socket::isClosed);
        UdpSocket next = UdpSocket.bind(serverLoop(), address);
        next.receive(collector());
        client().send(direct("a"), address);
        untilReceived(1);
        assertEquals(address, socket.localAddress());
    }

    @Test
    void becauseACallbackHasThrown() throws IOException {
        rig().allowUncaught();
        UdpSocket server = server();
        server.receive(
                (socket, datagram) -> {
                    throw new IllegalStateException("on purpose");
                });
        UdpSocket client = client();
        client.send(direct("a"), server.localAddress());
        until("closed", server::isClosed);
        client.send(
                direct("a"),
                client.localAddress(),
                (socket, failure) -> {
                    throw new IllegalStateException("on purpose");
                });
        until("closed", client::isClosed);
        assertEquals(2, rig().takeUncaught().size());
    }

    @Test
    void whileItHearsNothing() throws IOException {
        UdpSocket server = server();
        UdpSocket client = client();
        server.receive((socket, datagram) -> socket.pauseReceiving());
        for (int i = 0; i < 40; i++) {
            client.send(direct("a"), server.localAddress());
        }
        settle();
        closeHere(server);
        assertClosedAfter(server, "closed");
        assertTrue(received.isEmpty());
    }
}
