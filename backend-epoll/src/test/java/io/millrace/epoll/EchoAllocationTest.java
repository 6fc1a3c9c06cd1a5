// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.testkit.AllocationMeter;
import io.millrace.testkit.contract.BackendUnderTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A message allocates nothing at either end, on every engine with descriptors, of one segment and
 * of several, from lent chunks and from the user's own buffers.
 */
@Timeout(120)
class EchoAllocationTest {
    private static final int CONNECTIONS = 8;
    private static final int MESSAGES = 20_000;

    private final ByteBuffer first = ByteBuffer.allocateDirect(32);
    private final ByteBuffer second = ByteBuffer.allocateDirect(32);
    private long echoes;

    @ParameterizedTest
    @ValueSource(strings = {"select", "poll", "epoll", "epoll-et"})
    void aMessageAllocatesNothing(String backend) throws IOException {
        BackendUnderTest.named(backend).assumeUsable();
        assumeTrue(AllocationMeter.isSupported(), "this virtual machine does not count");
        try (EventLoop loop = EventLoop.open(LoopOptions.builder().backend(backend).build())) {
            InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            TcpServer server =
                    TcpServer.listen(
                            loop,
                            loopback,
                            connection -> connection.read((from, data) -> from.write(data)));
            for (int i = 0; i < CONNECTIONS; i++) {
                TcpStream.connect(loop, server.localAddress()).thenAccept(this::pingPong);
            }
            turnUntil(loop, 3 * MESSAGES);
            AllocationMeter meter = AllocationMeter.ofCurrentThread();
            turnUntil(loop, 4 * MESSAGES);
            long allocated = meter.allocatedBytes();
            assertTrue(allocated < MESSAGES, () -> allocated + " bytes for " + MESSAGES);
            loop.closeAll();
        }
    }

    private void pingPong(ByteStream client) {
        client.read(
                (from, data) -> {
                    echoes++;
                    send(from);
                });
        send(client);
    }

    private void send(ByteStream client) {
        client.write(first.clear());
        client.write(second.clear());
    }

    private void turnUntil(EventLoop loop, int target) throws IOException {
        while (echoes < target) {
            loop.run(RunMode.ONCE);
        }
    }
}
