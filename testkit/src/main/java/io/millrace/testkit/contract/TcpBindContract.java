// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.IoException;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A TCP stream that has an address of its own before it connects. */
public abstract class TcpBindContract extends ContractTest {
    private static final byte[] LOOPBACK_6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private static final int BUFFER_BYTES = 64 << 10;
    private static final int TOO_MANY_PROBES = 1000;

    private final Journal journal = new Journal();

    private static int portOf(TcpStream stream) {
        return stream.localAddress() instanceof InetSocketAddress bound ? bound.getPort() : -1;
    }

    private void assertConnects(TcpStream stream) throws IOException {
        List<TcpStream> accepted = new ArrayList<>();
        TcpServer server = TcpServer.listen(serverLoop(), anyPort(), accepted::add);
        int before = journal.lines().size();
        stream.connect(server.localAddress()).whenComplete(journal.outcome("connect"));
        until("connected", () -> accepted.size() == 1 && journal.lines().size() > before);
        assertEquals("connect", journal.lines().get(before));
        assertEquals(stream.localAddress(), accepted.get(0).remoteAddress());
    }

    private IoException refusalOfBind(TcpStream stream, InetSocketAddress address) {
        IoException refusal = assertThrows(IoException.class, () -> stream.bind(address));
        assertEquals("bind", refusal.operation());
        assertEquals(address, refusal.address());
        return refusal;
    }

    @Test
    void itConnectsFromTheAddressThatItWasBoundTo() throws IOException {
        TcpStream stream = TcpStream.open(clientLoop());
        assertNull(stream.localAddress());
        stream.bind(anyPort());
        int port = portOf(stream);
        assertNotEquals(0, port);
        assertConnects(stream);
        assertEquals(port, portOf(stream));
    }

    @Test
    void optionsOfBeforeAreThoseOfTheSocketThatIsBound() throws IOException {
        TcpStream stream = TcpStream.open(clientLoop());
        stream.options().noDelay(false).sendBufferSize(BUFFER_BYTES);
        stream.bind(anyPort());
        assertTrue(stream.options().sendBufferSize() >= BUFFER_BYTES);
        stream.options().keepAlive(true);
        assertConnects(stream);
        assertTrue(stream.options().keepAlive());
        assertEquals(false, stream.options().noDelay());
        assertTrue(stream.options().sendBufferSize() >= BUFFER_BYTES);
    }

    @Test
    void anAddressInUseIsSaidAndAnotherCanBeTaken() throws IOException {
        TcpStream first = TcpStream.open(clientLoop());
        first.bind(anyPort());
        TcpStream second = TcpStream.open(clientLoop());
        IoException refusal = refusalOfBind(second, loopback(portOf(first)));
        assertEquals("EADDRINUSE", refusal.errorName());
        assertNull(second.localAddress());
        second.bind(anyPort());
        assertConnects(second);
    }

    @Test
    void aStreamWhoseBindHasFailedCloses() throws IOException {
        TcpStream first = TcpStream.open(clientLoop());
        first.bind(anyPort());
        TcpStream second = TcpStream.open(clientLoop());
        refusalOfBind(second, loopback(portOf(first)));
        second.close();
        until("closed", second::isClosed);
        TcpStream third = TcpStream.open(clientLoop());
        refusalOfBind(third, loopback(portOf(first)));
        refusalOfBind(third, loopback(portOf(first)));
        third.bind(anyPort());
        third.close();
        until("closed", third::isClosed);
    }

    @Test
    void whatWasBoundAndClosedIsFreeAgain() throws IOException {
        TcpStream first = TcpStream.open(clientLoop());
        first.bind(anyPort());
        int port = portOf(first);
        first.close();
        until("closed", first::isClosed);
        TcpStream second = TcpStream.open(clientLoop());
        second.bind(loopback(port));
        assertEquals(port, portOf(second));
        assertConnects(second);
    }

    @Test
    void streamsThatSaySoShareAPort() throws IOException {
        assumeTrue(isLinux(), "what SO_REUSEADDR allows differs between systems");
        TcpStream first = TcpStream.open(clientLoop());
        first.options().reuseAddress(true);
        first.bind(anyPort());
        assertTrue(first.options().reuseAddress());
        TcpStream second = TcpStream.open(clientLoop());
        second.options().reuseAddress(true);
        second.bind(loopback(portOf(first)));
        assertConnects(first);
        assertConnects(second);
        TcpStream third = TcpStream.open(clientLoop());
        third.options().reusePort(true);
        third.bind(anyPort());
        assertTrue(third.options().reusePort());
        TcpStream fourth = TcpStream.open(clientLoop());
        fourth.options().reusePort(true);
        fourth.bind(loopback(portOf(third)));
        assertEquals(portOf(third), portOf(fourth));
    }

    @Test
    void anAddressOfSomebodyElseIsNotAvailable() throws IOException {
        TcpStream stream = TcpStream.open(clientLoop());
        InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.1", 0);
        assertEquals("EADDRNOTAVAIL", refusalOfBind(stream, elsewhere).errorName());
    }

    @Test
    void itReachesAddressesOfItsFamilyOnly() throws IOException {
        TcpStream stream = TcpStream.open(clientLoop());
        stream.bind(anyPort());
        InetSocketAddress other = new InetSocketAddress(InetAddress.getByAddress(LOOPBACK_6), 7);
        List<Throwable> failures = new ArrayList<>();
        stream.connect(other).whenComplete((same, failure) -> failures.add(failure));
        until("failed", () -> !failures.isEmpty());
        IoException refusal = (IoException) failures.get(0);
        assertNotNull(refusal);
        assertEquals("EAFNOSUPPORT", refusal.errorName());
        assertTrue(refusal.toString().contains("bound to"), refusal::toString);
    }

    @Test
    void whatCannotBeBoundIsRefused() throws IOException {
        TcpPair pair = connectTcp();
        assertRefused("already", () -> pair.client().bind(anyPort()));
        TcpStream stream = TcpStream.open(clientLoop());
        assertThrows(
                IllegalArgumentException.class,
                () -> stream.bind(InetSocketAddress.createUnresolved("localhost", 0)));
        assertThrows(
                IllegalArgumentException.class,
                () -> stream.bind(UnixDomainSocketAddress.of("socket")));
        stream.bind(anyPort());
        assertRefused("already", () -> stream.bind(anyPort()));
        stream.close();
        assertRefused("closed", () -> stream.bind(anyPort()));
        until("closed", stream::isClosed);
    }

    @Test
    void anOptionThatIsRefusedFailsTheBind() throws IOException {
        assumeReal("a kernel's limits");
        TcpStream stream = TcpStream.open(clientLoop());
        stream.options().keepAlive(Duration.ofMinutes(1), Duration.ofMinutes(1), TOO_MANY_PROBES);
        IoException refusal = refusalOfBind(stream, anyPort());
        assertEquals("EINVAL", refusal.errorName());
    }
}
