// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.posix.SocketFixture.Pair;
import io.millrace.spi.BlockingFile;
import io.millrace.spi.Code;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** libc's sockets when nothing goes wrong, and the errors that users bring about themselves. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere loopback takes its time")
class LibcSocketsTest {
    private final SocketFixture fixture = new SocketFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void bytesGoBothWays() throws IoException {
        Pair pair = fixture.connect();
        assertEquals(4, pair.client().send(SocketFixture.gather("ping")));
        assertEquals("ping", SocketFixture.receive(pair.server(), 100));
        assertEquals(4, pair.server().send(SocketFixture.gather("pong")));
        assertEquals("pong", SocketFixture.receive(pair.client(), 100));
        assertEquals("EAGAIN", SocketFixture.receive(pair.client(), 100));
    }

    @Test
    void manySegmentsGoInOneCallAndInOrder() throws IoException {
        Pair pair = fixture.connect();
        String[] segments = new String[64];
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < segments.length; i++) {
            segments[i] = "segment " + i + ";";
            expected.append(segments[i]);
        }
        assertEquals(expected.length(), pair.client().send(SocketFixture.gather(segments)));
        assertEquals(expected.toString(), SocketFixture.receive(pair.server(), 4096));
        assertEquals(1, fixture.kernel.count("sendmsg"));
        assertEquals(0, fixture.kernel.count("send"));
    }

    @Test
    void onlyTheBytesBetweenPositionAndLimitAreUsed() throws IoException {
        Pair pair = fixture.connect();
        pair.client().send(SocketFixture.gather("abcdef"));
        ByteBuffer target = ByteBuffer.allocateDirect(16).position(5).limit(8);
        assertEquals(3, pair.server().receive(target));
        assertEquals(5, target.position());
        assertEquals(8, target.limit());
        assertEquals('a', target.get(5));
        assertEquals(0, target.clear().get(8));
    }

    @Test
    void bothEndsKnowTheirAddresses() throws IoException {
        Pair pair = fixture.connect();
        assertEquals(pair.client().localAddress(), pair.server().remoteAddress());
        assertEquals(pair.server().localAddress(), pair.client().remoteAddress());
        RawStream unconnected = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET6));
        assertNull(unconnected.remoteAddress());
    }

    @Test
    void thePeersAddressSurvivesTheConnection() throws IoException {
        Pair pair = fixture.connect();
        InetSocketAddress peer = (InetSocketAddress) pair.client().localAddress();
        pair.client().close();
        pair.server().close();
        assertEquals(peer, pair.server().remoteAddress());
        assertNull(pair.server().localAddress());
        assertEquals(-1, pair.server().descriptor());
    }

    @Test
    void shutdownIsEndOfStreamForThePeerAlone() throws IoException {
        Pair pair = fixture.connect();
        assertEquals(Code.OK, pair.client().shutdownOutput());
        assertEquals("", SocketFixture.receive(pair.server(), 100));
        assertEquals(3, pair.server().send(SocketFixture.gather("yet")));
        assertEquals("yet", SocketFixture.receive(pair.client(), 100));
    }

    @Test
    void ipv6AndMappedIpv4ReachADualStackListener() throws IoException {
        RawListener listener = fixture.listen(new InetSocketAddress("::", 0));
        int port = ((InetSocketAddress) listener.localAddress()).getPort();
        for (String host : new String[] {"::1", "127.0.0.1"}) {
            RawStream client =
                    fixture.keep(
                            fixture.sockets.stream(
                                    host.contains(":")
                                            ? StandardProtocolFamily.INET6
                                            : StandardProtocolFamily.INET));
            client.connect(new InetSocketAddress(host, port));
            RawStream server = fixture.keep(fixture.sockets.adopt(fixture.accept(listener)));
            assertEquals(Code.OK, client.finishConnect());
            assertEquals(client.localAddress(), server.remoteAddress());
        }
        RawStream mapped = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET6));
        assertEquals(Code.IN_PROGRESS, mapped.connect(new InetSocketAddress("127.0.0.1", port)));
        assertEquals(Code.OK, mapped.finishConnect());
    }

    @Test
    void optionsComeBackAsTheyWereSet() throws IoException {
        RawStream stream = fixture.connect().client();
        EnumSet<PortOption> ofListeners =
                EnumSet.of(
                        PortOption.DEFER_ACCEPT_SECONDS,
                        PortOption.FAST_OPEN_QUEUE,
                        PortOption.FAST_OPEN_CONNECT,
                        PortOption.ZERO_COPY_BYTES,
                        PortOption.INCOMING_CPU);
        for (PortOption option : EnumSet.complementOf(ofListeners)) {
            int value =
                    switch (option) {
                        case NO_DELAY,
                                KEEP_ALIVE,
                                RESET_AT_CLOSE,
                                REUSE_ADDRESS,
                                REUSE_PORT,
                                QUICK_ACKNOWLEDGEMENT ->
                                1;
                        case TRAFFIC_CLASS -> 32;
                        case USER_TIMEOUT_MILLIS -> 1500;
                        case KEEP_ALIVE_IDLE_SECONDS -> 77;
                        case KEEP_ALIVE_INTERVAL_SECONDS -> 7;
                        case KEEP_ALIVE_PROBES -> 5;
                        case RECEIVE_BUFFER_BYTES, SEND_BUFFER_BYTES -> 32768;
                        default -> throw new AssertionError("no value for " + option);
                    };
            assertEquals(Code.OK, stream.setOption(option, value), option.name());
            boolean buffer = option.name().endsWith("BUFFER_BYTES");
            assertEquals(buffer ? 2 * value : value, stream.getOption(option), option.name());
        }
        assertEquals(Code.OK, stream.setOption(PortOption.RESET_AT_CLOSE, 0));
        assertEquals(0, stream.getOption(PortOption.RESET_AT_CLOSE));
        assertEquals(Code.INVALID_ARGUMENT, stream.setOption(PortOption.KEEP_ALIVE_PROBES, -1));
    }

    @Test
    void aZeroLingerMakesCloseAReset() throws IoException {
        Pair pair = fixture.connect();
        pair.client().setOption(PortOption.RESET_AT_CLOSE, 1);
        pair.client().close();
        assertEquals("ECONNRESET", SocketFixture.receive(pair.server(), 10));
        assertEquals(Code.BROKEN_PIPE, pair.server().send(SocketFixture.gather("x")));
    }

    /** Somebody else may have asked close(2) to wait for up to 30 s; asked to reset, it may. */
    @Test
    void closeOfAnAdoptedSocketDoesNotLinger() throws IoException {
        for (int seconds : new int[] {30, 0}) {
            RawStream stream = fixture.connect().client();
            int copy = Descriptors.blockingDuplicate(stream.descriptor());
            linger(copy, seconds);
            RawStream adopted =
                    fixture.keep(fixture.sockets.adopt(copy, StandardProtocolFamily.INET));
            assertEquals(seconds == 0 ? 1 : 0, adopted.getOption(PortOption.RESET_AT_CLOSE));
            assertEquals(seconds == 0, lingers(copy));
        }
    }

    private static void linger(int fd, int seconds) {
        SocketConstants names = Platform.current().constants();
        NativeMemory value = NativeMemory.allocate(8);
        value.putInt(0, 1);
        value.putInt(4, seconds);
        int result =
                LibcSystemCalls.instance()
                        .setsockopt(fd, names.solSocket, names.soLinger, value.address(), 8);
        assertEquals(Code.OK, result);
    }

    private static boolean lingers(int fd) {
        SocketConstants names = Platform.current().constants();
        NativeMemory value = NativeMemory.allocate(16);
        value.putInt(8, 8);
        int result =
                LibcSystemCalls.instance()
                        .getsockopt(
                                fd,
                                names.solSocket,
                                names.soLinger,
                                value.address(),
                                value.address(8));
        assertEquals(Code.OK, result);
        return value.getInt(0) != 0;
    }

    @Test
    void severalListenersShareAPortOnlyIfTheyAsk() throws IoException {
        ListenSpec shared = new ListenSpec(SocketFixture.loopback(), 16, true, true, 0);
        RawListener first = fixture.keep(fixture.sockets.listen(shared));
        ListenSpec samePort = new ListenSpec(first.localAddress(), 16, true, true, 0);
        fixture.keep(fixture.sockets.listen(samePort));
        ListenSpec unshared = new ListenSpec(first.localAddress(), 16, true, false, 0);
        IoException refusal =
                assertThrows(IoException.class, () -> fixture.sockets.listen(unshared));
        assertEquals(Code.ADDRESS_IN_USE, refusal.code());
        assertEquals("bind", refusal.operation());
        assertEquals(first.localAddress(), refusal.address());
    }

    @Test
    void acceptedConnectionsInheritTheReceiveBuffer() throws IoException {
        ListenSpec spec = new ListenSpec(SocketFixture.loopback(), 16, true, false, 16384);
        RawListener listener = fixture.keep(fixture.sockets.listen(spec));
        RawStream client = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        client.connect(listener.localAddress());
        RawStream server = fixture.keep(fixture.sockets.adopt(fixture.accept(listener)));
        assertEquals(32768, server.getOption(PortOption.RECEIVE_BUFFER_BYTES));
    }

    @Test
    void partOfAFileIsSentFromWhereItWasAsked(@TempDir Path directory) throws IOException {
        Pair pair = fixture.connect();
        Path path = Files.writeString(directory.resolve("file"), "0123456789");
        try (OpenFile file = fixture.sockets.openFile(path)) {
            assertEquals(10, file.size());
            assertEquals(4, pair.client().sendFile(file, 3, 4));
            assertEquals("3456", SocketFixture.receive(pair.server(), 100));
            assertEquals(3, pair.client().sendFile(file, 7, Long.MAX_VALUE));
            assertEquals(Code.END_OF_STREAM, pair.client().sendFile(file, 10, 1));
        }
    }

    /** As one that the JDK has opened: it is read, and what was read is sent. */
    @Test
    void aFileWithoutADescriptorIsSentByReadingIt(@TempDir Path directory) throws IOException {
        Pair pair = fixture.connect();
        Path path = Files.writeString(directory.resolve("file"), "0123456789");
        try (OpenFile file = BlockingFile.open(path, Set.of(StandardOpenOption.READ))) {
            assertEquals(-1, file.descriptor());
            assertEquals(4, pair.client().sendFile(file, 3, 4));
            assertEquals("3456", SocketFixture.receive(pair.server(), 100));
            assertEquals(3, pair.client().sendFile(file, 7, Long.MAX_VALUE));
            assertEquals("789", SocketFixture.receive(pair.server(), 100));
            assertEquals(Code.END_OF_STREAM, pair.client().sendFile(file, 10, 1));
        }
    }

    @Test
    void filesThatCannotBeSentAreRefusedWithTheReason(@TempDir Path directory) throws Exception {
        Path fifo = directory.resolve("fifo");
        assertEquals(0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor());
        assertRefused(Code.INVALID_ARGUMENT, "regular", fifo);
        assertRefused(Code.NO_SUCH_FILE, "nothing-here", directory.resolve("nothing-here"));
    }

    private void assertRefused(int code, String part, Path path) {
        IoException refusal = assertThrows(IoException.class, () -> fixture.sockets.openFile(path));
        assertEquals(code, refusal.code());
        assertTrue(refusal.getMessage().contains(part), refusal.getMessage());
    }

    @Test
    void aForeignDescriptorIsAdoptedAndMadeNonBlocking() throws IoException {
        Pair pair = fixture.connect();
        int foreign = Descriptors.blockingDuplicate(pair.client().descriptor());
        RawStream adopted =
                fixture.keep(fixture.sockets.adopt(foreign, StandardProtocolFamily.INET));
        assertEquals("EAGAIN", SocketFixture.receive(adopted, 10));
        assertEquals(pair.server().localAddress(), adopted.remoteAddress());
        adopted.send(SocketFixture.gather("hello"));
        assertEquals("hello", SocketFixture.receive(pair.server(), 10));
    }

    @Test
    void onlyConnectedStreamSocketsAreAdopted(@TempDir Path directory) throws IOException {
        assertAdoptionRefused(Code.BAD_DESCRIPTOR, 1_000_000);
        OpenFile file = fixture.sockets.openFile(Files.createFile(directory.resolve("f")));
        assertAdoptionRefused(Code.NOT_A_SOCKET, file.descriptor());
        file.close();
        RawStream unconnected = fixture.keep(fixture.sockets.stream(StandardProtocolFamily.INET));
        assertAdoptionRefused(Code.NOT_CONNECTED, unconnected.descriptor());
        SocketConstants names = Platform.current().constants();
        int datagram = fixture.kernel.calls().socket(names.afInet, names.sockDgram, 0);
        assertAdoptionRefused(Code.INVALID_ARGUMENT, datagram);
        assertNotEquals(Code.BAD_DESCRIPTOR, fixture.kernel.calls().close(datagram));
    }

    @Test
    void aDescriptorIsAdoptedAsWhatItIsOrNotAtAll() throws IOException {
        int stream = fixture.connect().client().descriptor();
        IoException refusal =
                assertThrows(
                        IoException.class,
                        () -> fixture.sockets.adopt(stream, StandardProtocolFamily.UNIX));
        assertEquals(Code.INVALID_ARGUMENT, refusal.code());
        assertTrue(refusal.getMessage().contains("adopt it as a TcpStream"), refusal::getMessage);
        fixture.kernel.intercept(
                "getsockname",
                (kernel, arguments) -> {
                    NativeMemory.at((long) arguments[1], 2).putShort(0, (short) 40);
                    return Code.OK;
                });
        IoException foreign =
                assertThrows(
                        IoException.class,
                        () -> fixture.sockets.adopt(stream, StandardProtocolFamily.INET));
        assertTrue(foreign.getMessage().contains("family 40"), foreign::getMessage);
    }

    private void assertAdoptionRefused(int code, int descriptor) {
        IoException refusal =
                assertThrows(
                        IoException.class,
                        () -> fixture.sockets.adopt(descriptor, StandardProtocolFamily.INET));
        assertEquals(code, refusal.code(), refusal.getMessage());
    }

    @Test
    void aConnectionOfAnotherEnginesKindIsClosedAndRefused() {
        boolean[] closed = {false};
        assertThrows(IoException.class, () -> fixture.sockets.adopt(() -> closed[0] = true));
        assertTrue(closed[0]);
    }
}
