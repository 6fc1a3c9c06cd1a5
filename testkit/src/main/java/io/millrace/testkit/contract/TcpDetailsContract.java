// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.IoException;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Options of TCP that only some systems and backends have: set and kept, or refused with why. */
public abstract class TcpDetailsContract extends ContractTest {
    private static final int SOL_SOCKET = 1;
    private static final int SO_PRIORITY = 12;
    private static final int PRIORITY = 3;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NOTSENT_LOWAT = 25;
    private static final int TCP_FASTOPEN_NO_COOKIE = 34;
    private static final int UNSENT_BYTES = 4096;

    /** Expedited forwarding, and no bits of ECN. */
    private static final int TRAFFIC_CLASS = 46 << 2;

    private final Journal journal = new Journal();

    private boolean hasDescriptorsOfLinux() {
        return haveDescriptors() && isLinux();
    }

    /** What a backend lacks it says, and what to do about it. */
    private void assertUnsupported(Executable call) {
        UncheckedIOException refusal = assertThrows(UncheckedIOException.class, call);
        assertTrue(refusal.getCause() instanceof IoException, refusal::toString);
        if (refusal.getCause() instanceof IoException reason) {
            assertEquals("EOPNOTSUPP", reason.errorName());
            assertTrue(reason.toString().contains(": "), reason::toString);
        }
    }

    private TcpStream connect(TcpStream stream, TcpServer server) throws IOException {
        int before = journal.lines().size();
        stream.connect(server.localAddress()).whenComplete(journal.outcome("connect"));
        until("connected", () -> journal.lines().size() > before);
        assertEquals("connect", journal.lines().get(before));
        return stream;
    }

    private IoException refusalOfListen(ServerOptions options) {
        return assertThrows(
                IoException.class,
                () -> TcpServer.listen(serverLoop(), anyPort(), options, stream -> {}));
    }

    @Test
    void aTrafficClassIsKeptWhicheverTheFamily() throws IOException {
        assumeReal("a kernel");
        for (InetAddress host : loopbackAddresses()) {
            InetSocketAddress address = new InetSocketAddress(host, 0);
            TcpServer server = TcpServer.listen(serverLoop(), address, stream -> {});
            TcpStream stream = TcpStream.open(clientLoop());
            stream.options().trafficClass(TRAFFIC_CLASS);
            connect(stream, server);
            assertEquals(TRAFFIC_CLASS, stream.options().trafficClass());
            stream.options().trafficClass(0);
            assertEquals(0, stream.options().trafficClass());
        }
        TcpOptions options = TcpStream.open(clientLoop()).options();
        assertThrows(IllegalArgumentException.class, () -> options.trafficClass(256));
        assertThrows(IllegalArgumentException.class, () -> options.trafficClass(-1));
    }

    @Test
    void whatOnlyDescriptorsOfLinuxHaveIsKeptThere() throws IOException {
        assumeTrue(hasDescriptorsOfLinux(), "options of Linux's");
        List<TcpStream> accepted = new ArrayList<>();
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), accepted::add);
        TcpStream stream = TcpStream.open(clientLoop());
        stream.options()
                .userTimeout(Duration.ofMillis(1500).plusNanos(1))
                .option(SOL_SOCKET, SO_PRIORITY, 1)
                .option(SOL_SOCKET, SO_PRIORITY, PRIORITY);
        assertEquals(PRIORITY, stream.options().option(SOL_SOCKET, SO_PRIORITY));
        connect(stream, server);
        TcpOptions options = stream.options();
        assertEquals(Duration.ofMillis(1501), options.userTimeout());
        assertEquals(PRIORITY, options.option(SOL_SOCKET, SO_PRIORITY));
        assertFalse(options.quickAcknowledgement(false).quickAcknowledgement());
        assertTrue(options.quickAcknowledgement(true).quickAcknowledgement());
        assertTrue(options.incomingCpu() >= 0);
        UncheckedIOException refusal =
                assertThrows(UncheckedIOException.class, () -> options.option(SOL_SOCKET, 9999, 1));
        assertTrue(refusal.toString().contains("option 9999 of level 1"), refusal::toString);
    }

    @Test
    void whereTheyAreLackingThatIsSaid() throws IOException {
        assumeTrue(!isSimulated() && !haveDescriptors(), "backends without descriptors");
        TcpOptions options = connectTcp().client().options();
        assertUnsupported(() -> options.userTimeout(Duration.ofSeconds(1)));
        assertUnsupported(options::incomingCpu);
        assertUnsupported(() -> options.fastOpen(true));
        assertUnsupported(options::fastOpen);
        assertUnsupported(() -> options.option(SOL_SOCKET, SO_PRIORITY, PRIORITY));
        assertUnsupported(() -> options.option(SOL_SOCKET, SO_PRIORITY));
        TcpOptions early = TcpStream.open(clientLoop()).options();
        assertUnsupported(() -> early.option(SOL_SOCKET, SO_PRIORITY, PRIORITY));
        List<ServerOptions> lacking =
                List.of(
                        ServerOptions.builder().deferAccept(Duration.ofSeconds(1)).build(),
                        ServerOptions.builder().fastOpen(1).build(),
                        ServerOptions.builder().trafficClass(TRAFFIC_CLASS).build(),
                        ServerOptions.builder().incomingCpu(0).build(),
                        ServerOptions.builder().option(SOL_SOCKET, SO_PRIORITY, 1).build());
        for (ServerOptions each : lacking) {
            IoException refusal = refusalOfListen(each);
            assertEquals("EOPNOTSUPP", refusal.errorName());
            assertEquals("listen", refusal.operation());
            assertTrue(refusal.toString().contains("option"), refusal::toString);
        }
    }

    @Test
    void whatCannotBeIsRefusedAtTheCall() {
        TcpOptions options = TcpStream.open(clientLoop()).options();
        Duration before = Duration.ofMillis(-1);
        assertThrows(IllegalArgumentException.class, () -> options.userTimeout(before));
        assertThrows(
                IllegalArgumentException.class, () -> options.userTimeout(Duration.ofDays(30)));
        ServerOptions.Builder builder = ServerOptions.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.deferAccept(before));
        assertThrows(IllegalArgumentException.class, () -> builder.fastOpen(0));
        assertThrows(IllegalArgumentException.class, () -> builder.trafficClass(256));
        assertThrows(IllegalArgumentException.class, () -> builder.incomingCpu(-1));
    }

    @Test
    void aServersOptionsAreThoseOfItsConnections() throws IOException {
        assumeTrue(hasDescriptorsOfLinux(), "connections inherit so much on Linux");
        ServerOptions options =
                ServerOptions.builder()
                        .trafficClass(TRAFFIC_CLASS)
                        .fastOpen(16)
                        .incomingCpu(0)
                        .option(IPPROTO_TCP, TCP_NOTSENT_LOWAT, 1)
                        .option(IPPROTO_TCP, TCP_NOTSENT_LOWAT, UNSENT_BYTES)
                        .build();
        List<TcpStream> accepted = new ArrayList<>();
        TcpServer server =
                TcpServer.listen(
                        serverLoop(), anyPort(), options.toBuilder().build(), accepted::add);
        connect(TcpStream.open(clientLoop()), server);
        until("accepted", () -> accepted.size() == 1);
        assertEquals(TRAFFIC_CLASS, accepted.get(0).options().trafficClass());
        assertEquals(
                UNSENT_BYTES, accepted.get(0).options().option(IPPROTO_TCP, TCP_NOTSENT_LOWAT));
    }

    @Test
    void aDeferredConnectionComesWithItsFirstBytes() throws IOException {
        assumeTrue(hasDescriptorsOfLinux(), "TCP_DEFER_ACCEPT is Linux's");
        ServerOptions options =
                ServerOptions.builder().deferAccept(Duration.ofMillis(59_001)).build();
        TcpServer server =
                TcpServer.listen(
                        serverLoop(), anyPort(), options, stream -> journal.add("accepted"));
        TcpStream stream = connect(TcpStream.open(clientLoop()), server);
        settle();
        journal.assertIs("connect");
        stream.write(bytes(1), 0, 1);
        until("accepted", () -> journal.has("accepted"));
    }

    /**
     * Without a cookie, which TCP_FASTOPEN_NO_COOKIE does without, a first connection is like any
     * other; with it the kernel begins to connect at the first write.
     */
    @Test
    void aFastConnectSucceedsAtOnceAndWhatBecomesOfItIsToldLater() throws IOException {
        assumeTrue(hasDescriptorsOfLinux(), "TCP_FASTOPEN_CONNECT is Linux's");
        Journal far = new Journal();
        TcpServer server =
                TcpServer.listen(
                        serverLoop(), anyPort(), accepted -> accepted.read(far.reader("server")));
        TcpStream stream = TcpStream.open(clientLoop());
        stream.options().fastOpen(true).option(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1);
        connect(stream, server);
        assertTrue(stream.options().fastOpen());
        assertEquals(server.localAddress(), stream.remoteAddress());
        stream.write(bytes(100), 0, 100);
        until("bytes", () -> far.receivedCount() == 100);
        assertArrayEquals(bytes(100), far.received());
        TcpStream silent = TcpStream.open(serverLoop());
        silent.bind(anyPort());
        TcpStream refused = TcpStream.open(clientLoop());
        refused.options().fastOpen(true).option(IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, 1);
        refused.connect(Objects.requireNonNull(silent.localAddress()))
                .whenComplete(journal.outcome("fast"));
        until("an end of the connect", () -> journal.lines().size() > 1);
        if (journal.has("fast")) {
            refused.write(bytes(1), 0, 1);
            refused.read(journal.reader("read"));
            until("the refusal", () -> journal.has("read ECONNREFUSED"));
        } else {
            journal.assertIs("connect", "fast ECONNREFUSED");
        }
    }
}
