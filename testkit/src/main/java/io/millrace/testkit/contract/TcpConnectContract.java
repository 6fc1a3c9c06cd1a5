// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Connecting: its one outcome, what is asked for meanwhile, and what goes wrong. */
public abstract class TcpConnectContract extends ContractTest {
    private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final Journal journal = new Journal();

    private TcpStream stream() {
        return TcpStream.open(clientLoop());
    }

    /** A listener whose queue is full and stays so: connecting to it takes for ever. */
    private SocketAddress silentAddress() throws IOException {
        ServerOptions options = ServerOptions.builder().backlog(1).build();
        TcpServer server =
                TcpServer.listen(serverLoop(), anyPort(), options, stream -> journal.add("taken"));
        server.pauseAccept();
        // Until the driver has heard of it, it accepts, and somebody else has that place.
        settle();
        for (int i = 0; i < 8; i++) {
            stream().connect(server.localAddress());
        }
        return server.localAddress();
    }

    @Test
    void bothEndsOfAConnectionKnowEachOther() throws IOException {
        TcpPair pair = connectTcp();
        assertEquals(pair.listener().localAddress(), pair.client().remoteAddress());
        assertEquals(pair.client().remoteAddress(), pair.server().localAddress());
        assertEquals(pair.client().localAddress(), pair.server().remoteAddress());
    }

    @Test
    void aStreamNamesItsPeerInLogs() throws IOException {
        TcpPair pair = connectTcp();
        String peer = String.valueOf(pair.client().localAddress());
        assertTrue(pair.server().toString().contains(peer), pair.server()::toString);
        assertTrue(pair.client().toString().contains("local " + peer), pair.client()::toString);
        pair.server().close();
        assertTrue(pair.server().toString().contains(peer), pair.server()::toString);
        until("closed", pair.server()::isClosed);
        assertTrue(pair.server().toString().contains(peer), pair.server()::toString);
    }

    @Test
    void bytesGoBothWaysOverIpv6() throws IOException {
        assumeReal("an IPv6 address");
        InetSocketAddress any = new InetSocketAddress(InetAddress.getByAddress(LOOPBACK_6), 0);
        TcpServer server;
        try {
            server =
                    TcpServer.listen(
                            serverLoop(),
                            any,
                            stream -> stream.read((from, data) -> from.write(data)));
        } catch (IoException failure) {
            assertTrue(List.of("EADDRNOTAVAIL", "EAFNOSUPPORT").contains(failure.errorName()));
            Assumptions.abort("this machine has no IPv6");
            return;
        }
        TcpStream client = TcpStream.open(clientLoop());
        client.connect(server.localAddress());
        client.write(bytes(100), 0, 100);
        client.read(journal.reader("client"));
        until("echo", () -> journal.receivedCount() == 100);
        assertEquals(server.localAddress(), client.remoteAddress());
        assertTrue(String.valueOf(client.localAddress()).contains(":"));
    }

    @Test
    void thereIsNoLocalAddressBeforeConnecting() {
        TcpStream stream = stream();
        assertNull(stream.localAddress());
        assertNull(stream.remoteAddress());
    }

    @Test
    void aRefusedConnectIsReportedOnceAndLater() throws IOException {
        SocketAddress dead = deadAddress();
        TcpStream stream = stream();
        stream.connect(dead).whenComplete(journal.outcome("connect"));
        journal.assertIs();
        until("refused", () -> !journal.lines().isEmpty());
        untilDone();
        journal.assertIs("connect ECONNREFUSED");
    }

    @Test
    void aFailedConnectDoesNotCloseTheStream() throws IOException {
        TcpStream stream = stream();
        stream.connect(deadAddress()).whenComplete(journal.outcome("connect"));
        untilDone();
        assertFalse(stream.isClosing());
        assertFalse(stream.isActive());
        assertThrows(IllegalStateException.class, () -> stream.connect(anyPort()));
        stream.onClosed(journal.line("closed"));
        stream.close();
        untilDone();
        journal.assertIs("connect ECONNREFUSED", "closed");
    }

    @Test
    void aStreamWhoseConnectWasRefusedHasNoSocketAnyMore() throws IOException {
        TcpStream stream = stream();
        SocketAddress dead = deadAddress();
        stream.connect(dead).whenComplete(journal.outcome("connect"));
        until("refused", () -> !journal.lines().isEmpty());
        assertHasNoSocket(stream, dead);
    }

    @Test
    void aStreamWhoseConnectTookTooLongHasNoSocketAnyMore() throws IOException {
        TcpStream stream = stream();
        SocketAddress silent = silentAddress();
        stream.connect(silent, Duration.ofMillis(30)).whenComplete(journal.outcome("connect"));
        until("timed out", () -> !journal.lines().isEmpty());
        assertHasNoSocket(stream, silent);
        settle();
        assertHasNoSocket(stream, silent);
    }

    @Test
    void aStreamWhoseOptionsAreRefusedHasNoSocketAnyMore() throws IOException {
        assumeReal("a refusal by the kernel");
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "1000 probes");
        SocketAddress dead = deadAddress();
        TcpStream stream = stream();
        stream.options().keepAlive(Duration.ofMinutes(1), Duration.ofMinutes(1), 1000);
        stream.connect(dead).whenComplete(journal.outcome("connect"));
        assertHasNoSocket(stream, dead);
        until("refused", () -> !journal.lines().isEmpty());
        journal.assertIs("connect EINVAL");
        assertHasNoSocket(stream, dead);
    }

    /** One answer to each question and command, before and after the socket is really closed. */
    private void assertHasNoSocket(TcpStream stream, SocketAddress peer) throws IOException {
        assertNull(stream.localAddress());
        assertEquals(peer, stream.remoteAddress());
        assertRefused("connect failed", stream::fileDescriptor);
        assertRefused("connect failed", () -> stream.options().noDelay(false));
        assertRefused("connect failed", stream.options()::noDelay);
        assertRefused("connect failed", stream.options()::linger);
        assertRefused("connect failed", stream.options()::sendBufferSize);
        assertFalse(stream.isClosing());
    }

    @Test
    void aStreamWhoseConnectFailedClosesLikeAnyOther() throws IOException {
        TcpStream reset = stream();
        reset.connect(deadAddress()).whenComplete(journal.outcome("connect"));
        TcpStream late = stream();
        late.connect(silentAddress(), Duration.ofMillis(30))
                .whenComplete((stream, failure) -> late.close());
        until("refused", () -> journal.has("connect ECONNREFUSED"));
        reset.onClosed(journal.line("closed"));
        reset.closeReset();
        reset.closeReset();
        until("closed", () -> reset.isClosed() && late.isClosed());
        journal.assertIs("connect ECONNREFUSED", "closed");
        assertThrows(IllegalStateException.class, reset::fileDescriptor);
        assertThrows(IllegalStateException.class, reset.options()::noDelay);
    }

    @Test
    void theShortFormClosesTheStreamThatCouldNotConnect() throws IOException {
        TcpStream.connect(clientLoop(), deadAddress())
                .whenComplete(
                        (stream, failure) -> {
                            assertTrue(failure instanceof IoException, String.valueOf(failure));
                            journal.add("connect" + Journal.symbol(failure));
                        });
        untilDone();
        journal.assertIs("connect ECONNREFUSED");
        clientLoop().walk(handle -> journal.add("left over"));
        journal.assertIs("connect ECONNREFUSED");
    }

    @Test
    void theShortFormAnswersTheConnectedStream() throws IOException {
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), TcpStream::close);
        List<TcpStream> connected = new ArrayList<>();
        TcpStream.connect(clientLoop(), server.localAddress()).thenAccept(connected::add);
        until("connected", () -> !connected.isEmpty());
        assertEquals(server.localAddress(), connected.get(0).remoteAddress());
    }

    @Test
    void aConnectThatTakesTooLongFailsWithTimedOut() throws IOException {
        SocketAddress silent = silentAddress();
        TcpStream stream = stream();
        stream.connect(silent, Duration.ofMillis(30)).whenComplete(journal.outcome("connect"));
        until("timed out", () -> !journal.lines().isEmpty());
        journal.assertIs("connect ETIMEDOUT");
        assertFalse(stream.isClosing());
    }

    @Test
    void aConnectInTimeIsNotDisturbedByItsDeadline() throws IOException {
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), journalReader());
        TcpStream stream = stream();
        stream.connect(server.localAddress(), Duration.ofMinutes(1))
                .whenComplete(journal.outcome("connect"));
        until("connected", () -> journal.has("connect"));
        stream.close();
        server.close();
        untilDone();
        journal.assertIs("connect");
    }

    private ConnectionHandler<ByteStream> journalReader() {
        return ByteStream::close;
    }

    @Test
    void closeWhileConnectingCancelsTheConnectBeforeItCloses() throws IOException {
        TcpStream stream = stream();
        stream.connect(silentAddress()).whenComplete(journal.outcome("connect"));
        stream.onClosed(journal.line("closed"));
        stream.close();
        until("closed", stream::isClosed);
        journal.assertIs("connect ECANCELED", "closed");
    }

    @Test
    void whatIsAskedForBeforeTheConnectionFollowsIt() throws IOException {
        Journal server = new Journal();
        TcpServer listener =
                TcpServer.listen(serverLoop(), anyPort(), s -> s.read(server.reader("read")));
        TcpStream stream = stream();
        stream.connect(listener.localAddress()).whenComplete(journal.outcome("connect"));
        stream.read(journal.reader("read"));
        stream.write(ByteBuffer.wrap(bytes(10)), journal.written("write"));
        stream.shutdown().whenComplete(journal.outcome("shutdown"));
        until("end", () -> server.has("read end"));
        until("shut down", () -> journal.has("shutdown"));
        journal.assertIs("connect", "write", "shutdown");
        assertEquals(10, server.receivedCount());
    }

    @Test
    void shutdownWithNothingWrittenFollowsTheConnect() throws IOException {
        Journal server = new Journal();
        TcpServer listener =
                TcpServer.listen(serverLoop(), anyPort(), s -> s.read(server.reader("read")));
        TcpStream stream = stream();
        stream.connect(listener.localAddress());
        stream.shutdown().whenComplete(journal.outcome("shutdown"));
        until("end", () -> server.has("read end"));
        until("shut down", () -> journal.has("shutdown"));
    }

    @Test
    void whatWaitedForAConnectionThatFailedIsCancelledAfterIt() throws IOException {
        TcpStream stream = stream();
        stream.connect(deadAddress()).whenComplete(journal.outcome("connect"));
        stream.write(ByteBuffer.wrap(bytes(10)), journal.written("first"));
        stream.write(ByteBuffer.wrap(bytes(10)), journal.written("second"));
        stream.shutdown().whenComplete(journal.outcome("shutdown"));
        untilDone();
        journal.assertIs(
                "connect ECONNREFUSED",
                "first ECANCELED",
                "second ECANCELED",
                "shutdown ECANCELED");
        assertEquals(0, stream.writeQueueSize());
    }

    @Test
    void aReadThatWaitedForAConnectionThatFailedIsCancelledAfterIt() throws IOException {
        TcpStream stream = stream();
        stream.connect(deadAddress()).whenComplete(journal.outcome("connect"));
        stream.read(ByteBuffer.allocateDirect(10), ReadEnds.into(journal, "read"));
        untilDone();
        journal.assertIs("connect ECONNREFUSED", "read ECANCELED");
    }

    @Test
    void waitingForTheConnectionOnTheLoopsOwnThreadFailsAtOnce() throws IOException {
        TcpStream stream = stream();
        var stage = stream.connect(deadAddress());
        assertThrows(IllegalStateException.class, () -> stage.toCompletableFuture().join());
        untilDone();
    }

    @Test
    void connectingToTheWildcardAddressReachesThisMachine() throws IOException {
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), TcpStream::close);
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        TcpStream stream = stream();
        stream.connect(new InetSocketAddress(port)).whenComplete(journal.outcome("connect"));
        until("connected", () -> !journal.lines().isEmpty());
        journal.assertIs("connect");
    }

    @Test
    void anUnreachableAddressHasExactlyOneOutcome() throws IOException {
        TcpStream stream = stream();
        InetSocketAddress documentation = new InetSocketAddress("192.0.2.1", 9);
        stream.connect(documentation, Duration.ofMillis(50))
                .whenComplete(journal.outcome("connect"));
        untilDone();
        assertEquals(1, journal.lines().size());
        assertTrue(journal.lines().get(0).startsWith("connect E"), journal.lines().get(0));
    }

    @Test
    void badAddressesAreRefusedAtTheCall() {
        TcpStream stream = stream();
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("example.invalid", 80);
        UnresolvedAddressException refusal =
                assertThrows(UnresolvedAddressException.class, () -> stream.connect(unresolved));
        assertTrue(String.valueOf(refusal.getMessage()).contains("example.invalid:80"));
        assertThrows(NullPointerException.class, () -> stream.connect(nullAddress()));
        SocketAddress unix = UnixDomainSocketAddress.of("socket");
        assertThrows(IllegalArgumentException.class, () -> stream.connect(unix));
        Duration negative = Duration.ofNanos(-1);
        assertThrows(IllegalArgumentException.class, () -> stream.connect(loopback(1), negative));
        assertFalse(clientLoop().isAlive());
    }

    @Test
    void aStreamConnectsOnlyOnce() throws IOException {
        TcpPair pair = connectTcp();
        SocketAddress again = pair.listener().localAddress();
        assertThrows(IllegalStateException.class, () -> pair.client().connect(again));
        assertThrows(IllegalStateException.class, () -> pair.server().connect(again));
    }

    @Test
    void aStreamThatNeverConnectedRefusesTraffic() {
        TcpStream stream = stream();
        assertRefused("connect", () -> stream.read(journal.reader("read")));
        assertRefused("connect", () -> stream.write(bytes(1), 0, 1));
        assertRefused("connect", stream::shutdown);
        assertRefused("connect", () -> stream.tryWrite(ByteBuffer.allocateDirect(1)));
    }

    @Test
    void aPeerThatClosesBeforeItIsAcceptedIsHandedOverAllTheSame() throws IOException {
        TcpServer server =
                TcpServer.listen(serverLoop(), anyPort(), s -> s.read(journal.reader("server")));
        server.pauseAccept();
        TcpStream stream = stream();
        stream.connect(server.localAddress()).thenAccept(TcpStream::close);
        until("closed", stream::isClosed);
        server.resumeAccept();
        until("end", () -> !journal.lines().isEmpty());
        journal.assertIs("server end");
        assertNotNull(server.localAddress());
    }

    @SuppressWarnings("NullAway") // what a caller without a checker may do
    private static SocketAddress nullAddress() {
        return null;
    }

    @Test
    void theWildcardAddressIsThisHost() throws IOException {
        assumeReal("addresses of this host");
        TcpServer server =
                TcpServer.listen(serverLoop(), anyPort(), stream -> journal.add("accepted"));
        InetAddress wildcard = InetAddress.getByAddress(new byte[4]);
        stream().connect(new InetSocketAddress(wildcard, portOf(server)));
        until("accepted", () -> journal.has("accepted"));
    }

    @Test
    void aLinkLocalAddressOfThisHostNeedsNoScope() throws IOException {
        assumeReal("addresses of this host");
        InetAddress own = ownLinkLocalAddress();
        InetAddress unscoped = Inet6Address.getByAddress(null, own.getAddress(), -1);
        TcpServer server =
                TcpServer.listen(
                        serverLoop(),
                        new InetSocketAddress(unscoped, 0),
                        stream -> journal.add("accepted"));
        for (InetAddress each : List.of(own, unscoped)) {
            journal.lines().clear();
            stream()
                    .connect(new InetSocketAddress(each, portOf(server)))
                    .whenComplete(journal.outcome("connect"));
            until("both", () -> journal.has("connect") && journal.has("accepted"));
        }
    }

    private static InetAddress ownLinkLocalAddress() throws IOException {
        List<InetAddress> own =
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .filter(each -> each instanceof Inet6Address && each.isLinkLocalAddress())
                        .toList();
        Assumptions.assumeTrue(own.size() == 1, () -> "needs one link-local address, has " + own);
        return own.get(0);
    }

    private static int portOf(TcpServer server) {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    @Test
    void aLinkLocalAddressOfAnotherHostNeedsAScope() throws IOException {
        byte[] elsewhere = LOOPBACK_6.clone();
        elsewhere[0] = (byte) 0xfe;
        elsewhere[1] = (byte) 0x80;
        InetSocketAddress address =
                new InetSocketAddress(Inet6Address.getByAddress(null, elsewhere, -1), 1);
        IoException refusal =
                assertThrows(
                        IoException.class,
                        () -> TcpServer.listen(serverLoop(), address, stream -> {}));
        assertEquals("EINVAL", refusal.errorName());
        assertTrue(refusal.toString().contains("fe80::1%eth0"), refusal::toString);
        stream().connect(address).whenComplete(journal.outcome("connect"));
        until("an end", () -> !journal.lines().isEmpty());
        journal.assertIs("connect EINVAL");
    }

    @Test
    void whatWaitedForAConnectThatTookTooLongIsCancelledAfterIt() throws IOException {
        SocketAddress silent = silentAddress();
        TcpStream stream = stream();
        stream.onClosed(journal.line("closed"));
        stream.connect(silent, Duration.ofMillis(5)).whenComplete(journal.outcome("connect"));
        stream.write(ByteBuffer.allocate(10), journal.written("write"));
        stream.shutdown().whenComplete(journal.outcome("shutdown"));
        until("all has ended", () -> journal.lines().size() == 3);
        stream.close();
        until("closed", stream::isClosed);
        journal.assertIs("connect ETIMEDOUT", "write ECANCELED", "shutdown ECANCELED", "closed");
    }

    @Test
    void aDeadlineTooLongToCountInNanosecondsIsNone() throws IOException {
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), stream -> {});
        stream()
                .connect(server.localAddress(), Duration.ofSeconds(Long.MAX_VALUE))
                .whenComplete(journal.outcome("connect"));
        until("connected", () -> journal.has("connect"));
        journal.assertIs("connect");
    }

    @Test
    void aStreamThatWasNotConnectedIsNotWritable() {
        assertFalse(stream().isWritable());
    }

    @Test
    void aClosedStreamRefusesToConnectAndHasNoOptions() throws IOException {
        TcpPair pair = connectTcp();
        TcpStream client = pair.client();
        client.close();
        assertRefused("closed", client.options()::noDelay);
        until("closed", client::isClosed);
        assertRefused("closed", () -> client.connect(pair.listener().localAddress()));
        assertRefused("closed", () -> client.options().noDelay(true));
        assertRefused("closed", client.options()::noDelay);
    }

    @Test
    void closeResetWithoutAConnectionIsAClose() throws IOException {
        TcpStream stream = TcpStream.open(clientLoop());
        stream.onClosed(journal.line("closed"));
        stream.closeReset();
        untilDone();
        journal.assertIs("closed");
    }
}
