// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.Gather;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.reactor.ChunkPool;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawSocket;
import io.millrace.spi.reactor.RawStream;
import io.millrace.testkit.kernel.Interposer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Raw sockets on loopback with a kernel that can be interfered with; closes what it opened. Waits
 * for nothing: on loopback a handshake and a byte have arrived when the call that sent them is
 * back.
 */
final class SocketFixture implements AutoCloseable {
    final Interposer<SystemCalls> kernel =
            Interposer.over(SystemCalls.class, LibcSystemCalls.instance());
    final LibcSockets sockets;
    final ChunkPool chunks =
            new ChunkPool(
                    new DriverConfig(16, 8, Map.of()), Libc::addressOf, new UncountedContext());
    private final List<RawSocket> opened = new ArrayList<>();

    private final OperatingSystem dialectOf;

    SocketFixture() {
        this(OperatingSystem.current());
    }

    /** Sockets of this kernel, used as that system wants it. */
    SocketFixture(OperatingSystem dialectOf) {
        this.dialectOf = dialectOf;
        sockets = sockets(DescriptorLimit.NONE);
    }

    LibcSockets sockets(DescriptorLimit limit) {
        Platform platform = Platform.current();
        SocketDialect dialect = SocketDialect.of(dialectOf, platform.constants(), kernel.calls());
        return new LibcSockets(kernel.calls(), dialect, platform, limit);
    }

    /** Sockets of this kernel, though their options have that system's numbers. */
    LibcSockets socketsNumberedAsOn(OperatingSystem system) {
        Platform here = Platform.current();
        Platform mixed =
                new Platform(
                        here.system(),
                        here.processor(),
                        Platform.of(system, here.processor()).constants(),
                        here.addresses(),
                        here.messages(),
                        here.errors());
        SocketDialect dialect = SocketDialect.of(here, kernel.calls());
        return new LibcSockets(kernel.calls(), dialect, mixed, DescriptorLimit.NONE);
    }

    /** Two ends of one connection. */
    record Pair(RawStream client, RawStream server) {}

    Pair connect() throws IoException {
        RawListener listener = listen(loopback());
        RawStream client = keep(sockets.stream(StandardProtocolFamily.INET));
        int result = client.connect(listener.localAddress());
        assertEquals(Code.IN_PROGRESS, result);
        RawStream server = keep(sockets.adopt(accept(listener)));
        assertEquals(Code.OK, client.finishConnect());
        return new Pair(client, server);
    }

    RawListener listen(SocketAddress address) throws IoException {
        return keep(sockets.listen(new ListenSpec(address, 16, true, false, 0)));
    }

    Accepted accept(RawListener listener) {
        assertEquals(1, listener.accept());
        Accepted accepted = listener.accepted();
        assertNotNull(accepted);
        return accepted;
    }

    <S extends RawSocket> S keep(S socket) {
        opened.add(socket);
        return socket;
    }

    static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    static ByteBuffer direct(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** As the reactor would offer them: some with a known address, some without. */
    static Gather gather(String... texts) {
        Gather gather = new Gather(64);
        for (int i = 0; i < texts.length; i++) {
            ByteBuffer buffer = direct(texts[i]);
            long address = i % 2 == 0 ? Libc.addressOf(buffer) : 0;
            gather.add(buffer, address, 0, buffer.limit());
        }
        return gather;
    }

    /** What is there to receive now, at most {@code room} bytes. */
    static String receive(RawStream stream, int room) {
        ByteBuffer target = ByteBuffer.allocateDirect(room);
        int received = stream.receive(target);
        assertEquals(0, target.position(), "the position stays");
        return received < 0
                ? Code.name(received)
                : StandardCharsets.US_ASCII.decode(target.limit(received)).toString();
    }

    @Override
    public void close() {
        opened.forEach(RawSocket::close);
    }
}
