// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramSpec;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.RawDatagram;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawStream;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening sockets and files, their options, and why they cannot be opened. */
class NioSocketsTest {
    /** No host has so many. */
    private static final int NO_INTERFACE = 1 << 30;

    private final LossProbe lossProbe = new LossProbe(Selector.open());
    private final NioSockets sockets = new NioSockets(lossProbe);

    NioSocketsTest() throws IOException {}

    @AfterEach
    void close() throws IOException {
        lossProbe.close();
    }

    @Test
    void theBackendIsFoundAndUsable() {
        BackendProvider found =
                ServiceLoader.load(BackendProvider.class).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(each -> each.name().equals("nio"))
                        .findFirst()
                        .orElseThrow();
        Availability availability = found.probe();

        assertInstanceOf(NioBackend.class, found);
        assertTrue(availability.usable(), availability.reason());
        assertTrue(availability.facts().containsKey("selector"));
        assertTrue(found.rank() > 0, "it is the last resort, but one");
    }

    @Test
    void anInterfaceOfDatagramsThatIsNotThereIsSaid() throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        RawDatagram socket = sockets.datagrams().bind(new DatagramSpec(any, false, false, false));
        try {
            InetAddress group = InetAddress.getByName("239.1.2.3");
            InetAddress source = InetAddress.getLoopbackAddress();
            assertEquals(Code.NO_SUCH_DEVICE, socket.join(group, NO_INTERFACE, null));
            assertEquals(Code.NO_SUCH_DEVICE, socket.join(group, NO_INTERFACE, source));
            assertEquals(Code.ADDRESS_NOT_AVAILABLE, socket.leave(group, NO_INTERFACE, null));
            int set = socket.setOption(DatagramOption.MULTICAST_INTERFACE, NO_INTERFACE);
            assertEquals(Code.NO_SUCH_DEVICE, set);
        } finally {
            socket.close();
        }
    }

    @Test
    void aTakenPortIsNamedWithItsAddress() throws IoException {
        RawListener first = sockets.listen(spec(loopback(0)));
        InetSocketAddress taken = (InetSocketAddress) first.localAddress();

        IoException failure = assertThrows(IoException.class, () -> sockets.listen(spec(taken)));

        assertEquals(Code.ADDRESS_IN_USE, failure.code());
        assertEquals(taken, failure.address());
        first.close();
    }

    @Test
    void aForeignAddressIsNotAvailable() throws Exception {
        InetSocketAddress foreign = new InetSocketAddress(InetAddress.getByName("192.0.2.1"), 0);

        IoException failure = assertThrows(IoException.class, () -> sockets.listen(spec(foreign)));

        assertEquals(Code.ADDRESS_NOT_AVAILABLE, failure.code());
    }

    @Test
    void anIpv4WildcardTakesNoIpv6Connections() throws Exception {
        InetAddress wildcard = InetAddress.getByAddress(new byte[4]);
        RawListener listener = sockets.listen(spec(new InetSocketAddress(wildcard, 0)));
        InetSocketAddress bound = (InetSocketAddress) listener.localAddress();

        assertInstanceOf(Inet4Address.class, bound.getAddress());
        listener.close();
    }

    @Test
    void aPortIsSharedByThoseWhoAskForIt() throws IoException {
        ListenSpec shared = new ListenSpec(loopback(0), 8, true, true, 0);
        RawListener first = sockets.listen(shared);
        ListenSpec again = new ListenSpec(first.localAddress(), 8, true, true, 0);
        RawListener second = sockets.listen(again);

        assertEquals(first.localAddress(), second.localAddress());
        first.close();
        second.close();
    }

    @Test
    void theReceiveBufferOfAListenerIsSetBeforeItListens() throws IoException {
        RawListener listener =
                sockets.listen(new ListenSpec(loopback(0), 8, true, false, 32 << 10));

        assertTrue(listener.getOption(PortOption.RECEIVE_BUFFER_BYTES) >= 32 << 10);
        assertEquals(Code.NOT_SUPPORTED, listener.getOption(PortOption.NO_DELAY));
        assertEquals(Code.NOT_SUPPORTED, listener.setOption(PortOption.NO_DELAY, 1));
        listener.close();
    }

    @Test
    void optionsOfAStreamAreReadAsTheyWereSet() throws IoException {
        RawStream stream = sockets.stream(StandardProtocolFamily.INET);

        assertOption(stream, PortOption.NO_DELAY, 1);
        assertOption(stream, PortOption.NO_DELAY, 0);
        assertOption(stream, PortOption.KEEP_ALIVE, 1);
        assertOption(stream, PortOption.KEEP_ALIVE_IDLE_SECONDS, 7);
        assertOption(stream, PortOption.KEEP_ALIVE_INTERVAL_SECONDS, 8);
        assertOption(stream, PortOption.KEEP_ALIVE_PROBES, 9);
        assertOption(stream, PortOption.RESET_AT_CLOSE, 1);
        assertOption(stream, PortOption.RESET_AT_CLOSE, 0);
        stream.close();
    }

    @Test
    void bufferSizesAreAtLeastWhatWasAskedFor() throws IoException {
        RawStream stream = sockets.stream(StandardProtocolFamily.INET);

        assertEquals(Code.OK, stream.setOption(PortOption.SEND_BUFFER_BYTES, 20_000));
        assertEquals(Code.OK, stream.setOption(PortOption.RECEIVE_BUFFER_BYTES, 20_000));
        assertTrue(stream.getOption(PortOption.SEND_BUFFER_BYTES) >= 20_000);
        assertTrue(stream.getOption(PortOption.RECEIVE_BUFFER_BYTES) >= 20_000);
        assertEquals(Code.INVALID_ARGUMENT, stream.setOption(PortOption.RECEIVE_BUFFER_BYTES, -1));
        stream.close();
    }

    @Test
    void aConnectionOfAnotherBackendIsClosedAndRefused() {
        ForeignConnection foreign = new ForeignConnection();

        IoException failure = assertThrows(IoException.class, () -> sockets.adopt(foreign));

        assertEquals(Code.INVALID_ARGUMENT, failure.code());
        assertTrue(foreign.closed);
    }

    @Test
    void aFileThatIsNotThereIsNamed(@TempDir Path directory) {
        Path missing = directory.resolve("missing");

        IoException failure = assertThrows(IoException.class, () -> sockets.openFile(missing));

        assertEquals(Code.NO_SUCH_FILE, failure.code());
        assertTrue(failure.getMessage().contains(missing.toString()));
    }

    @Test
    void descriptorsAreNotOffered() {
        assertFalse(sockets.capabilities().descriptors());
        assertThrows(
                UnsupportedOperationException.class,
                () -> sockets.adopt(0, StandardProtocolFamily.INET));
    }

    private static void assertOption(RawStream stream, PortOption option, int value) {
        assertEquals(Code.OK, stream.setOption(option, value), option.name());
        assertEquals(value, stream.getOption(option), option.name());
    }

    private static ListenSpec spec(InetSocketAddress address) {
        return new ListenSpec(address, 8, true, false, 0);
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** A connection from nowhere. */
    private static final class ForeignConnection implements Accepted {
        boolean closed;

        @Override
        public void close() {
            closed = true;
        }
    }
}
