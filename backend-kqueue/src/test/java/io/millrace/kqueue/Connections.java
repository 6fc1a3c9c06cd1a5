// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.IoException;
import io.millrace.posix.DescriptorLimit;
import io.millrace.posix.LibcSockets;
import io.millrace.posix.LibcSystemCalls;
import io.millrace.posix.OperatingSystem;
import io.millrace.posix.Platform;
import io.millrace.posix.SocketDialect;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * TCP connections on loopback for tests to watch. On Linux a handshake and a byte have arrived when
 * the call that sent them is back; elsewhere a thread of the kernel's delivers them, and it is
 * waited for.
 */
final class Connections implements AutoCloseable {
    private static final long PATIENCE_NANOS = 30_000_000_000L;
    private static final long DELIVERY_NANOS =
            OperatingSystem.current() == OperatingSystem.LINUX ? 0 : 20_000_000;

    private final LibcSockets sockets;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(64);
    private final List<RawStream> opened = new ArrayList<>();

    /** Two ends of one connection: the one under test, and its peer. */
    record Pair(RawStream local, RawStream peer) {}

    Connections() {
        SystemCalls calls = LibcSystemCalls.instance();
        Platform platform = Platform.current();
        sockets =
                new LibcSockets(
                        calls, SocketDialect.of(platform, calls), platform, DescriptorLimit.NONE);
    }

    Pair connect() {
        try {
            RawListener listener = sockets.listen(new ListenSpec(anyPort(), 16, true, false, 0));
            RawStream local = keep(sockets.stream(StandardProtocolFamily.INET));
            local.connect(listener.localAddress());
            assertEquals(1, until(1, listener::accept));
            RawStream peer = keep(sockets.adopt(listener.accepted()));
            listener.close();
            assertEquals(Code.OK, until(Code.OK, local::finishConnect));
            return new Pair(local, peer);
        } catch (IoException e) {
            throw new AssertionError(e);
        }
    }

    private static int until(int expected, IntSupplier call) {
        long begun = System.nanoTime();
        int result = call.getAsInt();
        while (result != expected && System.nanoTime() - begun < PATIENCE_NANOS) {
            result = call.getAsInt();
        }
        return result;
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private RawStream keep(RawStream stream) {
        opened.add(stream);
        return stream;
    }

    int send(RawStream by, int count) {
        Gather gather = new Gather(1);
        gather.add(bytes, 0, 0, count);
        int sent = by.send(gather);
        awaitDelivery();
        return sent;
    }

    static void end(RawStream by) {
        assertEquals(Code.OK, by.shutdownOutput());
        awaitDelivery();
    }

    int receive(RawStream by) {
        return by.receive(bytes.clear());
    }

    static void reset(RawStream end) {
        assertEquals(Code.OK, end.setOption(PortOption.RESET_AT_CLOSE, 1));
        end.close();
        awaitDelivery();
    }

    private static void awaitDelivery() {
        LockSupport.parkNanos(DELIVERY_NANOS);
    }

    @Override
    public void close() {
        opened.forEach(RawStream::close);
    }
}
