// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What calls on real sockets answer. The peer is a plain java.net socket. */
@Timeout(120)
class NioStreamTest {
    private final LossProbe lossProbe = new LossProbe(Selector.open());
    private final NioSockets sockets = new NioSockets(lossProbe);
    private final Gather gather = new Gather(16);
    private final ByteBuffer memory = ByteBuffer.allocateDirect(64);
    private RawListener listener;
    private Socket peer;
    private RawStream stream;

    NioStreamTest() throws IOException {}

    @BeforeEach
    void connect() throws IOException {
        listener = sockets.listen(new ListenSpec(loopback(0), 8, true, false, 0));
        peer = new Socket();
        peer.connect(listener.localAddress());
        stream = sockets.adopt(accept());
    }

    @AfterEach
    void close() throws IOException {
        stream.close();
        peer.close();
        listener.close();
        lossProbe.close();
    }

    @Test
    void anEmptySocketWouldBlock() {
        assertEquals(Code.WOULD_BLOCK, stream.receive(memory));
        assertEquals(Code.WOULD_BLOCK, listener.accept());
        assertNull(listener.accepted());
    }

    @Test
    void receivingIntoABufferLeavesItsPositionAndLimit() throws IOException {
        peer.getOutputStream().write(new byte[] {1, 2, 3});
        memory.position(5).limit(7);

        assertEquals(2, awaitReceive());

        assertEquals(5, memory.position());
        assertEquals(7, memory.limit());
        assertEquals(2, memory.get(6));
    }

    @Test
    void theEndOfStreamIsZero() throws IOException {
        peer.shutdownOutput();

        assertEquals(Code.END_OF_STREAM, awaitReceive());
    }

    @Test
    void aResetIsNamed() throws IOException {
        resetByPeer();

        assertEquals(Code.RESET, awaitReceive());
    }

    @Test
    void sendingToAPeerThatIsGoneIsABrokenPipe() throws IOException {
        resetByPeer();
        awaitReceive();

        assertEquals(Code.BROKEN_PIPE, send(new byte[1]));
    }

    @Test
    void sendingAfterShutdownIsABrokenPipe() {
        assertEquals(Code.OK, stream.shutdownOutput());

        assertEquals(Code.BROKEN_PIPE, send(new byte[1]));
    }

    @Test
    void shuttingDownALostConnectionSaysSoAlsoBehindUnreadBytes() throws IOException {
        peer.getOutputStream().write(1);
        peer.setSoLinger(true, 0);
        peer.close();
        int result = stream.shutdownOutput();

        assertEquals(Code.RESET, result);
        assertEquals(Code.RESET, stream.shutdownOutput());
    }

    @Test
    void shuttingDownAfterThePeersEndSucceeds() throws IOException {
        peer.shutdownOutput();
        assertEquals(Code.END_OF_STREAM, awaitReceive());

        assertEquals(Code.OK, stream.shutdownOutput());
    }

    @Test
    void segmentsAreSentInTheirOrderWithOneCall() throws IOException {
        gather.add(direct(1, 2, 3), 0, 1, 3);
        gather.add(direct(4), 0, 0, 1);
        gather.add(direct(5, 6), 0, 0, 1);

        assertEquals(4, stream.send(gather));

        assertArrayEquals(new byte[] {2, 3, 4, 5}, peer.getInputStream().readNBytes(4));
    }

    @Test
    void aBufferThatComesTwiceIsSentTwice() throws IOException {
        ByteBuffer twice = direct(1, 2, 3, 4);
        gather.add(twice, 0, 0, 2);
        gather.add(twice, 0, 1, 4);
        assertEquals(2, stream.send(gather));
        gather.clear();
        gather.add(twice, 0, 1, 4);
        assertEquals(3, stream.send(gather));

        assertArrayEquals(new byte[] {1, 2, 2, 3, 4}, peer.getInputStream().readNBytes(5));
    }

    @Test
    void aFullSocketWouldBlock() {
        int result;
        do {
            result = send(new byte[1 << 16]);
        } while (result > 0);

        assertEquals(Code.WOULD_BLOCK, result);
    }

    @Test
    void aFileIsSentFromItsPositionToItsEnd(@TempDir Path directory) throws IOException {
        Path path = Files.write(directory.resolve("file"), new byte[] {1, 2, 3, 4});
        try (OpenFile file = sockets.openFile(path)) {
            assertEquals(4, file.size());
            assertEquals(2, stream.sendFile(file, 1, 2));
            assertEquals(1, stream.sendFile(file, 3, 100));
            assertEquals(Code.END_OF_STREAM, stream.sendFile(file, 4, 100));
        }
        assertArrayEquals(new byte[] {2, 3, 4}, peer.getInputStream().readNBytes(3));
    }

    @Test
    void aFileSurvivesAnInterruptedThread(@TempDir Path directory) throws IOException {
        Path path = Files.write(directory.resolve("file"), new byte[] {1, 2, 3, 4});
        try (OpenFile file = sockets.openFile(path)) {
            Thread.currentThread().interrupt();
            assertEquals(4, stream.sendFile(file, 0, 4));
            assertTrue(Thread.interrupted(), "the interrupt was swallowed");
            assertEquals(4, stream.sendFile(file, 0, 4));
        }
    }

    @Test
    void aFileToAFullSocketWouldBlock(@TempDir Path directory) throws IOException {
        aFullSocketWouldBlock();
        Path path = Files.write(directory.resolve("file"), new byte[100]);
        try (OpenFile file = sockets.openFile(path)) {
            assertEquals(Code.WOULD_BLOCK, stream.sendFile(file, 0, 100));
        }
    }

    @Test
    void aRefusedConnectIsNamed() throws IOException {
        try (Socket bound = new Socket()) {
            // As long as it is, nobody else listens there; nor does it.
            bound.bind(loopback(0));
            RawStream client = sockets.stream(StandardProtocolFamily.INET);

            int result = client.connect(bound.getLocalSocketAddress());
            while (result == Code.IN_PROGRESS) {
                result = client.finishConnect();
            }

            assertEquals(Code.REFUSED, result);
            assertEquals(Code.BAD_DESCRIPTOR, client.connect(bound.getLocalSocketAddress()));
            assertNull(client.localAddress());
            client.close();
        }
    }

    @Test
    void anAddressOfTheWrongFamilyIsNamed() throws IOException {
        RawStream client = sockets.stream(StandardProtocolFamily.INET);
        InetSocketAddress ipv6 = new InetSocketAddress(InetAddress.getByName("::1"), 1);

        assertEquals(Code.FAMILY_NOT_SUPPORTED, client.connect(ipv6));
        assertEquals(
                Code.INVALID_ARGUMENT,
                client.connect(InetSocketAddress.createUnresolved("nowhere.invalid", 1)));
        client.close();
    }

    @Test
    void shutdownBeforeConnectIsNotConnected() throws IOException {
        RawStream client = sockets.stream(StandardProtocolFamily.INET);

        assertEquals(Code.NOT_CONNECTED, client.shutdownOutput());
        client.close();
    }

    @Test
    void addressesAreThoseOfBothEnds() {
        assertEquals(peer.getLocalSocketAddress(), stream.remoteAddress());
        assertEquals(peer.getRemoteSocketAddress(), stream.localAddress());
        assertEquals(-1, stream.descriptor());
    }

    @Test
    void closingTwiceOrAfterUseIsHarmless() {
        stream.close();
        stream.close();

        assertEquals(Code.BAD_DESCRIPTOR, stream.receive(memory));
        assertEquals(Code.BAD_DESCRIPTOR, stream.setOption(PortOption.NO_DELAY, 1));
        assertNull(stream.localAddress());
        assertNull(stream.remoteAddress());
    }

    private Accepted accept() {
        int result;
        do {
            result = listener.accept();
        } while (result == Code.WOULD_BLOCK);
        assertEquals(1, result);
        Accepted accepted = listener.accepted();
        assertNotNull(accepted);
        assertNull(listener.accepted(), "handed over twice");
        return accepted;
    }

    private void resetByPeer() throws IOException {
        peer.setSoLinger(true, 0);
        peer.close();
    }

    private int awaitReceive() {
        int result;
        do {
            result = stream.receive(memory);
        } while (result == Code.WOULD_BLOCK);
        return result;
    }

    private int send(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        gather.add(buffer, 0, 0, bytes.length);
        int result = stream.send(gather);
        gather.clear();
        return result;
    }

    private static ByteBuffer direct(int... values) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(values.length);
        Arrays.stream(values).forEach(value -> buffer.put((byte) value));
        return buffer;
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }
}
