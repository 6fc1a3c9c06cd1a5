// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.Timer;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.testkit.sim.Fault;
import io.millrace.testkit.sim.SimWorld;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Listening and accepting on one loop: addresses, pauses, errors and the end. */
public abstract class TcpServerContract extends ContractTest {
    private final Journal journal = new Journal();
    private final List<TcpStream> accepted = new ArrayList<>();

    private TcpServer listen(SocketAddress address) throws IOException {
        return TcpServer.listen(serverLoop(), address, accepted::add);
    }

    /** Connects, and waits until the kernel has done so, which does not need an accept. */
    private List<TcpStream> connectClients(TcpServer server, int count) throws IOException {
        List<TcpStream> connected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            TcpStream.open(clientLoop()).connect(server.localAddress()).thenAccept(connected::add);
        }
        until("clients connected", () -> connected.size() == count);
        return connected;
    }

    private static int port(TcpServer server) {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    private void assertCannotListen(String error, SocketAddress address) {
        IoException failure = assertThrows(IoException.class, () -> listen(address));
        assertEquals(error, failure.errorName());
        assertEquals(address, failure.address());
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains(error), message);
    }

    @Test
    void portZeroLetsTheSystemChooseADifferentOneEachTime() throws IOException {
        TcpServer first = listen(anyPort());
        TcpServer second = listen(anyPort());
        assertTrue(port(first) > 0 && port(second) > 0);
        assertNotEquals(port(first), port(second));
    }

    @Test
    void aPortInUseIsAnErrorThatNamesTheAddressAndLeavesNothingBehind() throws IOException {
        TcpServer server = listen(anyPort());
        assertCannotListen("EADDRINUSE", server.localAddress());
        List<Object> handles = new ArrayList<>();
        serverLoop().walk(handles::add);
        assertEquals(List.of(server), handles);
        connectClients(server, 1);
        until("still accepting", () -> accepted.size() == 1);
    }

    @Test
    void anAddressOfAnotherMachineCannotBeListenedOn() {
        assertCannotListen("EADDRNOTAVAIL", new InetSocketAddress("192.0.2.1", 0));
        assertFalse(serverLoop().isAlive());
    }

    @Test
    void addressesThatAreNoneAreRefusedAtTheCall() {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("example.invalid", 80);
        UnresolvedAddressException refusal =
                assertThrows(UnresolvedAddressException.class, () -> listen(unresolved));
        assertTrue(
                String.valueOf(refusal.getMessage()).contains(unresolved.getHostString()),
                refusal::toString);
        SocketAddress unix = UnixDomainSocketAddress.of("socket");
        assertThrows(IllegalArgumentException.class, () -> listen(unix));
        assertFalse(serverLoop().isAlive());
    }

    @Test
    void listenersThatReuseThePortShareItWithNobodyElse() throws IOException {
        ServerOptions sharing = ServerOptions.builder().reusePort(true).build();
        TcpServer first;
        try {
            first = TcpServer.listen(serverLoop(), anyPort(), sharing, accepted::add);
        } catch (IoException unsupported) {
            assertEquals("EOPNOTSUPP", unsupported.errorName());
            assertTrue(String.valueOf(unsupported.getMessage()).contains("handTo"));
            return;
        }
        TcpServer.listen(serverLoop(), first.localAddress(), sharing, accepted::add);
        assertCannotListen("EADDRINUSE", first.localAddress());
        connectClients(first, 8);
        until("all accepted, by whichever", () -> accepted.size() == 8);
    }

    @Test
    void manyConnectionsAreAllAccepted() throws IOException {
        TcpServer server = listen(anyPort());
        connectClients(server, 50);
        until("all accepted", () -> accepted.size() == 50);
    }

    @Test
    void whileAcceptingIsPausedConnectionsWaitAndNoneIsLost() throws IOException {
        TcpServer server = listen(anyPort());
        server.pauseAccept();
        server.pauseAccept();
        List<TcpStream> clients = connectClients(server, 5);
        clients.get(0).write(bytes(10), 0, 10);
        assertEquals(0, accepted.size());
        server.resumeAccept();
        server.resumeAccept();
        until("all accepted", () -> accepted.size() == 5);
        accepted.forEach(stream -> stream.read(journal.reader("read")));
        until("what was written meanwhile", () -> journal.receivedCount() == 10);
    }

    @Test
    void aPauseInTheHandlerHoldsEveryConnectionBehindIt() throws IOException {
        TcpServer[] server = new TcpServer[1];
        server[0] =
                TcpServer.listen(
                        serverLoop(),
                        anyPort(),
                        stream -> {
                            accepted.add(stream);
                            server[0].pauseAccept();
                        });
        connectClients(server[0], 5);
        for (int count = 1; count <= 5; count++) {
            int expected = count;
            until("one more", () -> accepted.size() >= expected);
            assertEquals(expected, accepted.size());
            server[0].resumeAccept();
        }
    }

    @Test
    void aResumeAtOnceUndoesAPause() throws IOException {
        TcpServer server = listen(anyPort());
        connectClients(server, 1);
        until("first", () -> accepted.size() == 1);
        server.pauseAccept();
        server.resumeAccept();
        connectClients(server, 1);
        until("second", () -> accepted.size() == 2);
    }

    @Test
    void closeEndsConnectionsThatWaitAndKeepsThoseThatWereAccepted() throws IOException {
        TcpServer server = listen(anyPort());
        TcpStream kept = connectClients(server, 1).get(0);
        until("accepted", () -> accepted.size() == 1);
        server.pauseAccept();
        TcpStream waiting = connectClients(server, 1).get(0);
        waiting.read(journal.reader("waiting"));
        server.onClosed(journal.line("closed"));
        server.close();
        until("both", () -> journal.lines().size() == 2);
        assertTrue(journal.has("closed"));
        assertTrue(
                journal.has("waiting ECONNRESET") || journal.has("waiting end"),
                journal.lines()::toString);
        accepted.get(0).read(journal.reader("kept"));
        kept.write(bytes(10), 0, 10);
        until("bytes", () -> journal.receivedCount() == 10);
        assertEquals(1, accepted.size());
    }

    @Test
    void aClosedServerFreesItsPortAndRefusesConnections() throws IOException {
        TcpServer server = listen(anyPort());
        SocketAddress address = server.localAddress();
        connectClients(server, 1);
        until("accepted", () -> accepted.size() == 1);
        server.close();
        until("closed", server::isClosed);
        TcpStream.open(clientLoop()).connect(address).whenComplete(journal.outcome("connect"));
        until("refused", () -> !journal.lines().isEmpty());
        journal.assertIs("connect ECONNREFUSED");
        TcpServer next = listen(address);
        assertEquals(address, next.localAddress());
        connectClients(next, 1);
        until("accepted again", () -> accepted.size() == 2);
    }

    @Test
    void anErrorOfAcceptingIsReportedAndOutlived() throws IOException {
        SimWorld world = worldWithFaults();
        TcpServer server = listen(anyPort());
        server.onAcceptError((each, failure) -> journal.add(failure.operation()));
        world.with(Fault.ACCEPT_FAILURE, 1);
        connectClients(server, 2);
        until("reported twice", () -> journal.count("accept") >= 2);
        assertEquals(0, accepted.size());
        assertFalse(server.isClosing());
        world.with(Fault.ACCEPT_FAILURE, 0);
        until("all accepted", () -> accepted.size() == 2);
    }

    @Test
    void withoutAHandlerTheLogHearsOfTroubleOnceAndNowAndThenAndOfItsEnd() throws IOException {
        SimWorld world = worldWithFaults();
        List<String> logged = new ArrayList<>();
        LogTap tap = new LogTap(record -> logged.add(record.getMessage()));
        try {
            TcpServer server = listen(anyPort());
            world.with(Fault.ACCEPT_FAILURE, 1);
            connectClients(server, 2);
            waitFor(Duration.ofSeconds(25));
            assertEquals(3, logged.size(), logged::toString);
            assertTrue(logged.get(0).contains("cannot accept"), logged::toString);
            assertTrue(logged.get(1).contains("more failures since"), logged::toString);
            world.with(Fault.ACCEPT_FAILURE, 0);
            until("all accepted", () -> accepted.size() == 2);
            waitFor(Duration.ofSeconds(5));
            assertEquals(4, logged.size(), logged::toString);
            assertTrue(logged.get(3).contains("accepts again after"), logged::toString);
        } finally {
            tap.close();
        }
    }

    private void waitFor(Duration time) throws IOException {
        Timer timer = Timer.open(serverLoop());
        timer.start(time, () -> {});
        until("time has passed", () -> !timer.isActive());
        timer.close();
    }

    @Test
    void anErrorHandlerThatThrowsClosesItsServer() throws IOException {
        SimWorld world = worldWithFaults();
        TcpServer server = listen(anyPort());
        RuntimeException thrown = new IllegalStateException("thrown on purpose");
        server.onAcceptError(
                (each, failure) -> {
                    throw thrown;
                });
        rig().allowUncaught();
        world.with(Fault.ACCEPT_FAILURE, 1);
        connectClients(server, 1);
        until("closed", server::isClosed);
        assertEquals(List.of(thrown), rig().takeUncaught());
    }

    private SimWorld worldWithFaults() {
        SimWorld world = serverBackend().world();
        Assumptions.assumeTrue(world != null, "accepting fails on order only where simulated");
        return Objects.requireNonNull(world);
    }

    @Test
    void theDescriptorIsFreeWhenTheCloseCallbackRuns() throws IOException {
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), stream -> {});
        SocketAddress address = server.localAddress();
        server.onClosed(
                () -> {
                    try {
                        TcpServer.listen(serverLoop(), address, stream -> {});
                        journal.add("listening again");
                    } catch (IOException e) {
                        journal.add(e.toString());
                    }
                });
        server.close();
        until("closed", server::isClosed);
        journal.assertIs("listening again");
    }

    @Test
    void aResetOfAConnectionThatWaitsToBeAcceptedIsNoMatterOfTheNext() throws IOException {
        List<TcpStream> accepted = new ArrayList<>();
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), accepted::add);
        server.pauseAccept();
        TcpStream client = TcpStream.open(clientLoop());
        client.connect(server.localAddress()).thenAccept(TcpStream::closeReset);
        until("reset", client::isClosed);
        settle();
        server.resumeAccept();
        TcpStream next = TcpStream.open(clientLoop());
        next.connect(server.localAddress());
        until("the next is accepted", () -> hasPeer(accepted, next));
        for (TcpStream each : accepted) {
            each.read(journal.reader("read"));
        }
        settle();
        assertTrue(journal.lines().size() <= 1, journal.lines()::toString);
    }

    private static boolean hasPeer(List<TcpStream> accepted, TcpStream client) {
        return accepted.stream()
                .anyMatch(
                        each ->
                                each.remoteAddress() != null
                                        && each.remoteAddress().equals(client.localAddress()));
    }
}
