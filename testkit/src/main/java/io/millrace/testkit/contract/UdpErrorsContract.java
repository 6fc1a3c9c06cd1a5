// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.IoException;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the network reports of datagrams, told to a socket that asks for it: IP_RECVERR. */
public abstract class UdpErrorsContract extends ContractTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
    private static final byte[] ANY_6 = new byte[16];

    private final List<IoException> failures = new ArrayList<>();
    private final List<String> ends = new ArrayList<>();
    private int received;

    private void assumeReports() {
        assumeTrue(serverHasDescriptors() && isLinux(), "IP_RECVERR is Linux's");
    }

    private UdpSocket bind(InetAddress host) throws IOException {
        UdpSocket socket = UdpSocket.bind(loop(), new InetSocketAddress(host, 0));
        socket.onFailure((same, failure) -> failures.add(failure));
        return socket;
    }

    private UdpSocket listening(InetAddress host) throws IOException {
        UdpSocket socket = bind(host);
        socket.receive((same, datagram) -> received++);
        return socket;
    }

    private static ByteBuffer some() {
        return ByteBuffer.allocateDirect(10);
    }

    private void send(UdpSocket socket, InetSocketAddress to) {
        socket.send(
                some(),
                to,
                (same, failure) -> ends.add(failure == null ? "sent" : failure.errorName()));
    }

    private void assertReported(int index, InetSocketAddress to) {
        IoException failure = failures.get(index);
        assertEquals("ECONNREFUSED", failure.errorName());
        assertEquals("receive", failure.operation());
        assertEquals(to, failure.address());
    }

    @Test
    void aSocketThatIsNotConnectedHearsWhichAddressIsToBlame() throws IOException {
        assumeReports();
        for (InetAddress host : loopbackAddresses()) {
            failures.clear();
            UdpSocket socket = listening(host);
            socket.options().receiveErrors(true);
            assertTrue(socket.options().receiveErrors());
            InetSocketAddress first = nobody(host);
            InetSocketAddress second = nobody(host);
            send(socket, first);
            until("the first", () -> failures.size() == 1);
            send(socket, second);
            until("the second", () -> failures.size() == 2);
            assertReported(0, first);
            assertReported(1, second);
        }
        settle();
        assertEquals(2, failures.size());
    }

    @Test
    void aSocketOfIpv6HearsOfIpv4AsWell() throws IOException {
        assumeReports();
        assumeTrue(
                loopbackAddresses().stream().anyMatch(Inet6Address.class::isInstance), "an IPv6");
        UdpSocket socket = listening(InetAddress.getByAddress(ANY_6));
        socket.options().receiveErrors(true);
        InetSocketAddress nobody = nobody(LOOPBACK);
        send(socket, nobody);
        until("told", () -> failures.size() == 1);
        assertReported(0, nobody);
    }

    /** The kernel keeps the error for the next call, whatever that is about. */
    @Test
    void noSendFailsForWhatBecameOfAnother() throws IOException {
        assumeReports();
        UdpSocket peer = listening(LOOPBACK);
        UdpSocket socket = bind(LOOPBACK);
        socket.options().receiveErrors(true);
        List<InetSocketAddress> nobody = List.of(nobody(LOOPBACK), nobody(LOOPBACK));
        for (int i = 0; i < 10; i++) {
            send(socket, nobody.get(i % 2));
            send(socket, peer.localAddress());
        }
        until("all", () -> ends.size() == 20 && received == 10);
        assertEquals(20, ends.stream().filter("sent"::equals).count(), ends::toString);
        while (!socket.trySend(some(), peer.localAddress())) {
            settle();
        }
        until("received", () -> received == 11);
        until("told", () -> failures.size() >= 9);
        assertTrue(failures.stream().allMatch(each -> nobody.contains(each.address())));
    }

    @Test
    void aSocketThatIsConnectedHearsOnce() throws IOException {
        assumeReports();
        UdpSocket socket = listening(LOOPBACK);
        socket.options().receiveErrors(true);
        InetSocketAddress nobody = nobody(LOOPBACK);
        socket.connect(nobody);
        socket.send(some(), null);
        until("told", () -> failures.size() == 1);
        settle();
        assertEquals(1, failures.size());
        assertReported(0, nobody);
    }

    @Test
    void datagramsBehindAReportAreReceived() throws IOException {
        assumeReports();
        UdpSocket socket = listening(LOOPBACK);
        socket.options().receiveErrors(true);
        UdpSocket peer = bind(LOOPBACK);
        send(socket, nobody(LOOPBACK));
        until("told", () -> failures.size() == 1);
        send(peer, socket.localAddress());
        until("received", () -> received == 1);
        socket.options().receiveErrors(false);
        send(socket, nobody(LOOPBACK));
        send(peer, socket.localAddress());
        until("received", () -> received == 2);
        assertEquals(1, failures.size());
    }

    @Test
    void itMayBeClosedByTheFirstOfSeveralReports() throws IOException {
        assumeReports();
        UdpSocket socket = bind(LOOPBACK);
        socket.options().receiveErrors(true);
        socket.onFailure(
                (same, failure) -> {
                    failures.add(failure);
                    same.close();
                });
        InetSocketAddress nobody = nobody(LOOPBACK);
        for (int i = 0; i < 10; i++) {
            send(socket, nobody);
        }
        until("closed", socket::isClosed);
        settle();
        assertEquals(1, failures.size());
    }

    @Test
    void whereThereAreNoReportsThatIsSaid() throws IOException {
        assumeTrue(!isSimulated(), "a kernel");
        UdpSocket socket = bind(LOOPBACK);
        if (serverHasDescriptors() && isLinux()) {
            assertEquals(false, socket.options().receiveErrors());
            return;
        }
        UncheckedIOException refusal =
                assertThrows(
                        UncheckedIOException.class, () -> socket.options().receiveErrors(true));
        assertTrue(refusal.toString().contains("EOPNOTSUPP"), refusal::toString);
    }
}
