// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.IoException;
import io.millrace.RunMode;
import io.millrace.net.Datagram;
import io.millrace.net.UdpBindOptions;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Datagrams: where they are received, where they come from, and to whom a socket is connected. */
public abstract class UdpContract extends UdpFixture {
    @Test
    void aDatagramArrivesWithItsSender() throws IOException {
        UdpSocket server = server();
        UdpSocket client = client();
        UdpSocket other = client();
        List<Boolean> from = new ArrayList<>();
        server.receive(
                (socket, datagram) -> {
                    assertSame(server, socket);
                    received.add(text(datagram));
                    senders.add(datagram.sender());
                    from.add(datagram.isFrom(client.localAddress()));
                    from.add(datagram.isFrom(other.localAddress()));
                    assertFalse(datagram.isTruncated());
                });
        client.send(direct("hello"), server.localAddress());
        untilReceived(1);
        assertEquals(List.of("hello"), received);
        assertEquals(List.of(client.localAddress()), senders);
        assertEquals(List.of(true, false), from);
    }

    @Test
    void aReplyGoesToTheSender() throws IOException {
        UdpSocket server = server();
        server.receive((socket, datagram) -> socket.reply(datagram, datagram.data()));
        UdpSocket one = client();
        UdpSocket other = client();
        one.receive((socket, datagram) -> journal.add("one " + text(datagram)));
        other.receive((socket, datagram) -> journal.add("other " + text(datagram)));
        one.send(direct("a"), server.localAddress());
        until("one", () -> journal.has("one a"));
        other.send(direct("b"), server.localAddress());
        until("other", () -> journal.has("other b"));
        server.receive(
                (socket, datagram) ->
                        socket.reply(datagram, direct("own " + text(datagram)), sent("sent")));
        one.send(direct("c"), server.localAddress());
        until("own bytes", () -> journal.has("one own c"));
        until("sent", () -> journal.has("sent"));
    }

    @Test
    void anEmptyDatagramIsOneAllTheSame() throws IOException {
        UdpSocket server = collecting();
        UdpSocket client = client();
        client.send(direct("a"), server.localAddress(), sent("a"));
        client.send(direct(""), server.localAddress(), sent("empty"));
        client.send(ByteBuffer.allocate(0), server.localAddress(), sent("heap"));
        client.send(direct("b"), server.localAddress(), sent("b"));
        untilReceived(4);
        assertEquals(List.of("a", "", "", "b"), received);
        until("ends", () -> journal.has("b"));
        journal.assertIs("a", "empty", "heap", "b");
        assertTrue(client.trySend(direct(""), server.localAddress()));
        untilReceived(5);
    }

    /** And the peer is still the peer. */
    @Test
    void aConnectedSocketSendsEmptyDatagrams() throws IOException {
        UdpSocket server = collecting();
        UdpSocket client = client();
        client.connect(server.localAddress());
        InetSocketAddress before = client.localAddress();
        assertTrue(client.trySend(direct(""), null));
        client.send(direct("a"), null, sent("a"));
        client.send(direct(""), null, sent("empty"));
        client.send(direct("b"), null, sent("b"));
        untilReceived(4);
        assertEquals(List.of("", "a", "", "b"), received);
        assertEquals(server.localAddress(), client.remoteAddress());
        assertEquals(before, client.localAddress());
        client.receive(collector());
        server.send(direct("back"), before);
        untilReceived(5);
    }

    @Test
    void datagramsOfManySizesArriveAsTheyWere() throws IOException {
        UdpSocket server = server();
        List<byte[]> whole = new ArrayList<>();
        server.receive(
                (socket, datagram) -> {
                    byte[] bytes = new byte[datagram.data().length()];
                    datagram.data().copyTo(0, bytes, 0, bytes.length);
                    whole.add(bytes);
                    assertFalse(datagram.isTruncated());
                });
        UdpSocket client = client();
        int[] sizes = {1, 2, 63, 64, 65, 511, 512, 1000, 1024, 1472, 9000, 65_000, 65_507};
        int count = 0;
        for (int size : sizes) {
            if (size > 1024 && isSimulated()) {
                break;
            }
            client.send(direct(bytes(size)), server.localAddress());
            int expected = ++count;
            until("the next", () -> whole.size() == expected);
            assertArrayEquals(bytes(size), whole.get(expected - 1));
        }
    }

    @Test
    void aSocketIsBoundWhenItIsMade() throws IOException {
        UdpSocket socket = server();
        assertNotEquals(0, socket.localAddress().getPort());
        assertTrue(socket.localAddress().getAddress().isLoopbackAddress());
        assertNull(socket.remoteAddress());
        IoException failure =
                assertThrows(
                        IoException.class,
                        () -> UdpSocket.bind(serverLoop(), socket.localAddress()));
        assertEquals("EADDRINUSE", failure.errorName());
        assertEquals("bind", failure.operation());
        assertEquals(socket.localAddress(), failure.address());
        InetSocketAddress elsewhere =
                new InetSocketAddress(
                        InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1}), 0);
        failure = assertThrows(IoException.class, () -> UdpSocket.bind(serverLoop(), elsewhere));
        assertEquals("EADDRNOTAVAIL", failure.errorName());
    }

    @Test
    void onlyResolvedInternetAddressesAreTaken() throws IOException {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
        SocketAddress path = UnixDomainSocketAddress.of("/tmp/none");
        UdpSocket socket = server();
        for (SocketAddress wrong : List.of(unresolved, path)) {
            Class<? extends Exception> expected =
                    wrong == path
                            ? IllegalArgumentException.class
                            : UnresolvedAddressException.class;
            assertThrows(expected, () -> UdpSocket.bind(serverLoop(), wrong));
            assertThrows(expected, () -> UdpSocket.connect(serverLoop(), wrong));
            assertThrows(expected, () -> socket.connect(wrong));
            assertThrows(expected, () -> socket.send(direct("a"), wrong));
            assertThrows(expected, () -> socket.trySend(direct("a"), wrong));
        }
        assertEquals(0, socket.sendQueueSize());
    }

    @Test
    void aConnectedSocketHearsItsPeerAlone() throws IOException {
        UdpSocket server = collecting();
        UdpSocket friend = client();
        UdpSocket stranger = client();
        server.connect(friend.localAddress());
        assertEquals(friend.localAddress(), server.remoteAddress());
        stranger.send(direct("stranger"), server.localAddress());
        settle();
        friend.send(direct("friend"), server.localAddress());
        untilReceived(1);
        assertEquals(List.of("friend"), received);
        friend.receive(collector());
        server.send(direct("answer"), null);
        untilReceived(2);
        assertEquals("answer", received.get(1));
        assertTrue(server.trySend(direct("at once"), null));
        untilReceived(3);
    }

    /** What was there before is not the peer's, although the kernel had let it in. */
    @Test
    void whatStrangersHadSentBeforeTheConnectIsNotHeard() throws IOException {
        UdpSocket server = server();
        UdpSocket friend = client();
        UdpSocket stranger = client();
        stranger.send(direct("stranger"), server.localAddress());
        settle();
        server.connect(friend.localAddress());
        server.receive(collector());
        settle();
        friend.send(direct("friend"), server.localAddress());
        untilReceived(1);
        assertEquals(List.of("friend"), received);
    }

    @Test
    void aSocketCanBeConnectedToAnotherAndToNobodyAgain() throws IOException {
        UdpSocket server = collecting();
        UdpSocket one = client();
        UdpSocket other = client();
        int port = server.localAddress().getPort();
        server.disconnect();
        server.connect(one.localAddress());
        server.connect(other.localAddress());
        other.send(direct("other"), server.localAddress());
        untilReceived(1);
        one.send(direct("lost"), server.localAddress());
        settle();
        server.disconnect();
        server.disconnect();
        assertNull(server.remoteAddress());
        assertEquals(port, server.localAddress().getPort());
        one.send(direct("one"), loopback(port));
        untilReceived(2);
        assertEquals(List.of("other", "one"), received);
        one.receive(collector());
        server.send(direct("back"), one.localAddress());
        untilReceived(3);
    }

    /** The system's choice of a port is kept, and so is a host that was not chosen. */
    @Test
    void aSocketThatIsMadeConnectedCanBeDisconnected() throws IOException {
        UdpSocket server = server();
        server.receive((socket, datagram) -> socket.reply(datagram, datagram.data()));
        UdpSocket client = UdpSocket.connect(clientLoop(), server.localAddress());
        assertEquals(server.localAddress(), client.remoteAddress());
        assertTrue(client.localAddress().getAddress().isLoopbackAddress());
        int port = client.localAddress().getPort();
        client.receive(collector());
        client.send(direct("a"), null);
        untilReceived(1);
        client.disconnect();
        assertEquals(port, client.localAddress().getPort());
        client.send(direct("b"), server.localAddress());
        untilReceived(2);
        server.send(direct("c"), loopback(port));
        untilReceived(3);
        assertEquals(List.of("a", "b", "c"), received);
    }

    @Test
    void anAddressGoesWithEachSendUnlessItIsConnected() throws IOException {
        UdpSocket socket = client();
        assertRefused("connect first", () -> socket.send(direct("a"), null));
        assertRefused("connect first", () -> socket.trySend(direct("a"), null));
        UdpSocket peer = server();
        socket.connect(peer.localAddress());
        assertRefused("disconnect", () -> socket.send(direct("a"), peer.localAddress()));
        assertRefused("disconnect", () -> socket.trySend(direct("a"), peer.localAddress()));
        assertEquals(0, socket.sendQueueSize());
    }

    /** While somebody receives, the receive most often finds it first. */
    @Test
    void aRefusalIsToldToWhoIsConnected() throws IOException {
        InetSocketAddress nobody = nobody();
        UdpSocket client = UdpSocket.connect(clientLoop(), nobody);
        List<IoException> failures = new ArrayList<>();
        client.onFailure((socket, failure) -> failures.add(failure));
        client.receive(collector());
        client.send(direct("a"), null);
        until("refused", () -> !failures.isEmpty());
        assertEquals("ECONNREFUSED", failures.get(0).errorName());
        assertEquals(nobody, failures.get(0).address());
        isFreeAgain(nobody);
        UdpSocket server = UdpSocket.bind(serverLoop(), nobody);
        server.receive((socket, datagram) -> socket.reply(datagram, datagram.data()));
        int before = failures.size();
        client.send(direct("b"), null);
        untilReceived(1);
        assertEquals(List.of("b"), received);
        assertEquals(before, failures.size());
    }

    @Test
    void aRefusalIsToldToASendWhereNobodyReceives() throws IOException {
        InetSocketAddress nobody = nobody();
        UdpSocket client = UdpSocket.connect(clientLoop(), nobody);
        client.send(direct("a"), null, sent("first"));
        until("the first", () -> journal.has("first"));
        settle();
        client.send(direct("b"), null, sent("second"));
        until("the second", () -> journal.has("second ECONNREFUSED"));
        isFreeAgain(nobody);
        UdpSocket server = UdpSocket.bind(serverLoop(), nobody);
        server.receive(collector());
        client.send(direct("c"), null, sent("third"));
        untilReceived(1);
        assertEquals(List.of("c"), received);
    }

    @Test
    void aRefusalIsNotToldToWhoIsNotConnected() throws IOException {
        InetSocketAddress nobody = nobody();
        UdpSocket server = collecting();
        UdpSocket client = client();
        client.receive(collector());
        client.onFailure((socket, failure) -> journal.add("failed " + failure));
        client.send(direct("a"), nobody, sent("a"));
        until("a", () -> journal.has("a"));
        settle();
        client.send(direct("b"), server.localAddress(), sent("b"));
        untilReceived(1);
        journal.assertIs("a", "b");
    }

    @Test
    void whatComesDuringAPauseComesAfterIt() throws IOException {
        UdpSocket server = collecting();
        UdpSocket client = client();
        client.send(direct("a"), server.localAddress());
        untilReceived(1);
        server.pauseReceiving();
        server.pauseReceiving();
        assertFalse(server.isActive());
        client.send(direct("b"), server.localAddress());
        client.send(direct("c"), server.localAddress());
        settle();
        assertEquals(List.of("a"), received);
        server.resumeReceiving();
        assertTrue(server.isActive());
        untilReceived(3);
        assertEquals(List.of("a", "b", "c"), received);
    }

    @Test
    void aPauseInTheHandlerHoldsWhatIsThereAlready() throws IOException {
        UdpSocket server = server();
        server.receive(
                (socket, datagram) -> {
                    received.add(text(datagram));
                    senders.add(datagram.sender());
                    socket.pauseReceiving();
                });
        UdpSocket client = client();
        for (int i = 0; i < 6; i++) {
            client.send(direct("" + i), server.localAddress());
        }
        for (int i = 0; i < 6; i++) {
            untilReceived(i + 1);
            settle();
            assertEquals(i + 1, received.size());
            assertEquals("" + i, received.get(i));
            assertEquals(client.localAddress(), senders.get(i));
            server.resumeReceiving();
        }
    }

    @Test
    void aHandlerCanBeReplaced() throws IOException {
        UdpSocket server = server();
        UdpSocket client = client();
        server.receive(
                (socket, datagram) -> {
                    journal.add("first " + text(datagram));
                    socket.receive((same, next) -> journal.add("second " + text(next)));
                });
        client.send(direct("a"), server.localAddress());
        client.send(direct("b"), server.localAddress());
        until("both", () -> journal.has("second b"));
        journal.assertIs("first a", "second b");
    }

    @Test
    void theBytesCanBeKept() throws IOException {
        UdpSocket server = server();
        List<Chunk> kept = new ArrayList<>();
        server.receive((socket, datagram) -> kept.add(datagram.data().keep()));
        UdpSocket client = client();
        for (int i = 0; i < 8; i++) {
            client.send(direct("datagram " + i), server.localAddress());
        }
        until("all", () -> kept.size() == 8);
        for (int i = 0; i < 8; i++) {
            byte[] bytes = new byte[kept.get(i).length()];
            kept.get(i).copyTo(0, bytes, 0, bytes.length);
            assertEquals("datagram " + i, new String(bytes, StandardCharsets.US_ASCII));
            kept.get(i).release();
        }
    }

    @Test
    void aDatagramIsOverWhenItsCallbackIs() throws IOException {
        UdpSocket server = server();
        List<Datagram> seen = new ArrayList<>();
        server.receive((socket, datagram) -> seen.add(datagram));
        UdpSocket client = client();
        client.send(direct("a"), server.localAddress());
        until("a", () -> !seen.isEmpty());
        Datagram over = seen.get(0);
        assertRefused("callback", over::data);
        assertRefused("callback", over::sender);
        assertRefused("callback", over::isTruncated);
        assertRefused("callback", () -> over.isFrom(client.localAddress()));
        assertRefused("callback", () -> server.reply(over, direct("b"), null));
        assertEquals(0, server.sendQueueSize());
    }

    @Test
    void theSameSenderIsTheSameObject() throws IOException {
        UdpSocket server = collecting();
        UdpSocket client = client();
        for (int i = 0; i < 3; i++) {
            client.send(direct("" + i), server.localAddress());
            untilReceived(i + 1);
        }
        assertEquals(senders.get(0), senders.get(2));
        if (!serverBackend().name().equals("nio")) {
            assertSame(senders.get(0), senders.get(1));
            assertSame(senders.get(0), senders.get(2));
        }
    }

    @Test
    void receivingKeepsTheLoopAlive() throws IOException {
        UdpSocket socket = server();
        assertFalse(socket.isActive());
        assertFalse(serverLoop().isAlive());
        socket.receive(collector());
        assertTrue(socket.isActive());
        assertTrue(serverLoop().isAlive());
        socket.unref();
        assertFalse(serverLoop().isAlive());
        socket.ref();
        socket.pauseReceiving();
        assertFalse(serverLoop().isAlive());
    }

    @Test
    void aDatagramThatWaitsKeepsTheLoopAlive() throws IOException {
        UdpSocket server = server();
        UdpSocket client = client();
        client.unref();
        client.send(direct("a"), server.localAddress(), sent("a"));
        assertTrue(clientLoop().isAlive());
        if (!isSimulated()) {
            clientLoop().run(RunMode.DEFAULT);
            journal.assertIs("a");
        }
    }

    @Test
    void severalSocketsShareAPortIfTheKernelBalances() throws IOException {
        Assumptions.assumeTrue(
                serverBackend().isSimulated() || System.getProperty("os.name").equals("Linux"));
        UdpBindOptions shared = UdpBindOptions.builder().reusePort(true).build();
        UdpSocket first = UdpSocket.bind(serverLoop(), anyPort(), shared);
        UdpSocket second = UdpSocket.bind(serverLoop(), first.localAddress(), shared);
        int[] counts = new int[2];
        first.receive((socket, datagram) -> counts[0]++);
        second.receive((socket, datagram) -> counts[1]++);
        int sent = 0;
        // Which of both hears a sender is a hash: 40 of them are never all for one.
        for (int i = 0; i < 40; i++) {
            UdpSocket client = client();
            client.send(direct("a"), first.localAddress());
            int all = ++sent;
            until("received", () -> counts[0] + counts[1] == all);
            client.close();
        }
        assertTrue(counts[0] > 0 && counts[1] > 0, () -> counts[0] + " and " + counts[1]);
        assertThrows(IoException.class, () -> UdpSocket.bind(serverLoop(), first.localAddress()));
    }

    @Test
    void severalSocketsShareAnAddressThatIsReused() throws IOException {
        UdpBindOptions reused = UdpBindOptions.builder().reuseAddress(true).build();
        UdpSocket first = UdpSocket.bind(serverLoop(), anyPort(), reused);
        UdpSocket second = UdpSocket.bind(serverLoop(), first.localAddress(), reused);
        assertEquals(first.localAddress(), second.localAddress());
        first.receive(collector());
        second.receive(collector());
        client().send(direct("a"), first.localAddress());
        untilReceived(1);
    }

    @Test
    void anInet6SocketReachesInet4AsWell() throws IOException {
        assumeReal("IPv6");
        UdpSocket server;
        try {
            server = UdpSocket.bind(serverLoop(), new InetSocketAddress(six(0), 0));
        } catch (IoException none) {
            Assumptions.abort("no IPv6 here: " + none.getMessage());
            return;
        }
        server.receive(
                (socket, datagram) -> {
                    received.add(text(datagram));
                    senders.add(datagram.sender());
                    socket.reply(datagram, datagram.data());
                });
        InetSocketAddress there = loopback(server.localAddress().getPort());
        UdpSocket client = client();
        client.receive((socket, datagram) -> journal.add(text(datagram)));
        client.send(direct("a"), there);
        until("a reply", () -> journal.has("a"));
        assertEquals(client.localAddress(), senders.get(0));
        assertTrue(senders.get(0).getAddress() instanceof Inet4Address);
        UdpSocket six = UdpSocket.bind(clientLoop(), new InetSocketAddress(six(1), 0));
        six.receive((socket, datagram) -> journal.add("six " + text(datagram)));
        six.send(direct("b"), new InetSocketAddress(six(1), there.getPort()));
        until("a reply by IPv6", () -> journal.has("six b"));
        assertEquals(six.localAddress(), senders.get(1));
    }

    @Test
    void anInet4SocketDoesNotReachInet6() throws IOException {
        UdpSocket client = client();
        InetSocketAddress six = new InetSocketAddress(six(1), 9);
        client.send(direct("a"), six, sent("six"));
        UdpSocket server = collecting();
        client.send(direct("b"), server.localAddress(), sent("four"));
        untilReceived(1);
        until("both ends", () -> journal.has("four"));
        journal.assertIs("six EAFNOSUPPORT", "four");
        IoException failure = assertThrows(IoException.class, () -> client.connect(six));
        assertEquals("EAFNOSUPPORT", failure.errorName());
        failure = assertThrows(IoException.class, () -> client.trySend(direct("a"), six));
        assertEquals("EAFNOSUPPORT", failure.errorName());
    }

    @Test
    void nobodyIsAtPortZero() throws IOException {
        UdpSocket client = client();
        client.send(direct("a"), anyPort(), sent("zero"));
        until("the end", () -> journal.has("zero EINVAL"));
        IoException failure = assertThrows(IoException.class, () -> client.connect(anyPort()));
        assertEquals("EINVAL", failure.errorName());
        failure = assertThrows(IoException.class, () -> client.trySend(direct("a"), anyPort()));
        assertEquals("EINVAL", failure.errorName());
    }

    @Test
    void theWildcardAddressIsThisHost() throws IOException {
        UdpSocket server = collecting();
        UdpSocket client = client();
        int port = server.localAddress().getPort();
        InetSocketAddress anywhere =
                new InetSocketAddress(InetAddress.getByAddress(new byte[4]), port);
        client.send(direct("a"), anywhere);
        untilReceived(1);
        UdpSocket connected = UdpSocket.connect(clientLoop(), anywhere);
        connected.send(direct("b"), null);
        untilReceived(2);
    }

    @Test
    void optionsAreThoseOfTheSocket() throws IOException {
        UdpSocket socket = server();
        socket.options().broadcast(true).receiveBufferSize(8192).sendBufferSize(8192);
        assertTrue(socket.options().broadcast());
        assertTrue(socket.options().receiveBufferSize() >= 4096);
        assertTrue(socket.options().sendBufferSize() >= 4096);
        socket.options().broadcast(false);
        assertFalse(socket.options().broadcast());
        assertThrows(IllegalArgumentException.class, () -> socket.options().receiveBufferSize(0));
        socket.close();
        assertRefused("closed", () -> socket.options().broadcast());
    }

    /** A socket of the JDK on a thread of its own, which knows nothing of Millrace. */
    @Test
    void aPeerOfTheJdkIsAnswered() throws IOException, InterruptedException {
        assumeReal("a peer with its own thread");
        UdpSocket server = server();
        server.receive((socket, datagram) -> socket.reply(datagram, datagram.data()));
        InetSocketAddress there = server.localAddress();
        List<String> answers = new ArrayList<>();
        Thread peer =
                new Thread(
                        () -> {
                            String answer = ask(there, "from the JDK");
                            serverLoop().execute(() -> answers.add(answer));
                        });
        peer.start();
        until("answered", () -> !answers.isEmpty());
        peer.join();
        assertEquals(List.of("from the JDK"), answers);
    }

    private static String ask(InetSocketAddress server, String question) {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout((int) (LoopRig.DEADLINE_NANOS / 1_000_000));
            byte[] bytes = question.getBytes(StandardCharsets.US_ASCII);
            socket.send(new DatagramPacket(bytes, bytes.length, server));
            DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            socket.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
        } catch (IOException failure) {
            return failure.toString();
        }
    }
}
