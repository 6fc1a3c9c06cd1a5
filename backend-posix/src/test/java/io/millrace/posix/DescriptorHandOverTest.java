// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Descriptors that come from elsewhere, and those that are shown to others. */
@Timeout(60)
class DescriptorHandOverTest {
    private static final InetSocketAddress LOOPBACK =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private EventLoop loop;
    private TcpStream client;

    @BeforeEach
    void connect() throws IoException {
        loop = EventLoop.open(LoopOptions.builder().backend("poll").build());
        TcpServer server =
                TcpServer.listen(
                        loop,
                        LOOPBACK,
                        connection -> connection.read((from, data) -> from.write(data)));
        List<TcpStream> connected = new ArrayList<>();
        TcpStream.connect(loop, server.localAddress()).thenAccept(connected::add);
        turnUntil(() -> !connected.isEmpty());
        client = connected.get(0);
    }

    @AfterEach
    void close() throws IoException {
        loop.closeAll();
    }

    private void turnUntil(BooleanSupplier condition) throws IoException {
        while (!condition.getAsBoolean()) {
            loop.run(RunMode.NOWAIT);
        }
    }

    /** The way to give a connection away: duplicate its descriptor, then close the stream. */
    @Test
    void aDuplicateOutlivesItsStreamAndServesInAnother() throws IoException {
        int copy = Descriptors.blockingDuplicate(client.fileDescriptor());
        client.close();
        turnUntil(client::isClosed);
        TcpStream adopted = TcpStream.adopt(loop, copy);
        assertEquals(copy, adopted.fileDescriptor());
        StringBuilder echoed = new StringBuilder();
        adopted.read((from, data) -> echoed.append(data.length()));
        adopted.write(ByteBuffer.allocateDirect(7));
        turnUntil(() -> echoed.length() > 0);
        assertEquals("7", echoed.toString());
        assertTrue(adopted.remoteAddress() instanceof InetSocketAddress);
    }

    @Test
    void aRefusedDescriptorStaysTheCallers() throws IoException {
        SystemCalls calls = LibcSystemCalls.instance();
        NativeMemory pipe = NativeMemory.allocate(2 * Integer.BYTES);
        assertEquals(0, calls.pipe(pipe.address()));
        int end = pipe.getInt(0);
        IoException refusal = assertThrows(IoException.class, () -> TcpStream.adopt(loop, end));
        assertEquals("ENOTSOCK", refusal.errorName());
        assertEquals(0, calls.close(end), "still open");
        calls.close(pipe.getInt(Integer.BYTES));
    }

    @Test
    void aClosedStreamHasNoDescriptor() throws IoException {
        client.close();
        assertThrows(IllegalStateException.class, client::fileDescriptor);
        turnUntil(client::isClosed);
    }
}
