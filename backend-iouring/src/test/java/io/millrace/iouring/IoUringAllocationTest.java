// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.testkit.AllocationMeter;
import io.millrace.testkit.contract.BackendUnderTest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Echoed messages allocate nothing on the loop's thread, with and without a timed wait. */
class IoUringAllocationTest {
    private static final int CONNECTIONS = 8;
    private static final int MESSAGE_BYTES = 64;
    private static final int MESSAGES_PER_ROUND = 20_000;

    /** The first ones warm up. */
    private static final int ROUNDS = 6;

    private long bytesLeft;

    @BeforeEach
    void assumeUsable() {
        BackendUnderTest.named("io_uring").assumeUsable();
    }

    @Test
    void echoAllocatesNothing() throws Exception {
        assertTrue(AllocationMeter.isSupported());
        try (EventLoop loop = open()) {
            assertAllocatesNothing(loop);
        }
    }

    @Test
    void echoWithADeadlineAllocatesNothing() throws Exception {
        try (EventLoop loop = open()) {
            Timer timer = Timer.open(loop);
            timer.start(Duration.ofHours(1), () -> {});
            assertAllocatesNothing(loop);
        }
    }

    private static EventLoop open() throws Exception {
        return EventLoop.open(LoopOptions.builder().backend("io_uring").build());
    }

    private void assertAllocatesNothing(EventLoop loop) throws Exception {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        TcpServer server =
                TcpServer.listen(
                        loop,
                        any,
                        connection -> connection.read((stream, data) -> stream.write(data)));
        for (int i = 0; i < CONNECTIONS; i++) {
            TcpStream client = TcpStream.open(loop);
            client.connect(server.localAddress()).thenAccept(this::play);
        }
        AllocationMeter meter = AllocationMeter.ofCurrentThread();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            bytesLeft = (long) MESSAGES_PER_ROUND * MESSAGE_BYTES;
            meter.restart();
            loop.run();
            least = Math.min(least, meter.allocatedBytes());
        }
        assertTrue(
                least < MESSAGES_PER_ROUND,
                least + " bytes for " + MESSAGES_PER_ROUND + " messages");
        loop.closeAll();
    }

    private void play(ByteStream client) {
        ByteBuffer ball = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        client.read(
                (stream, data) -> {
                    bytesLeft -= data.length();
                    if (bytesLeft <= 0) {
                        stream.loop().stop();
                    }
                    stream.write(data);
                });
        client.write(ball);
    }
}
