// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.LoopMetrics;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.TcpStream;
import io.millrace.testkit.contract.BackendUnderTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Sends that the kernel says nothing about, to a peer that says nothing either: whoever waits for
 * the end of a write hears of it all the same, and nobody else costs an entry into the kernel.
 */
class LateReportTest {
    private final List<String> heard = new ArrayList<>();
    private ServerSocket server;
    private EventLoop loop;
    private TcpStream stream;
    private Socket peer;

    @BeforeEach
    void connect() throws IOException {
        BackendUnderTest.named("io_uring").assumeUsable();
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        loop = EventLoop.open(LoopOptions.builder().backend("io_uring").build());
        stream = TcpStream.open(loop);
        stream.connect(server.getLocalSocketAddress());
        loop.run();
        peer = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        if (loop != null) {
            loop.closeAll();
            peer.close();
            server.close();
        }
    }

    @Test
    void aWriteThatIsTheLastThingToDoEndsTheRun() throws IOException {
        stream.write(ByteBuffer.allocateDirect(100));
        assertFalse(loop.run());
        assertEquals(0, stream.writeQueueSize());
    }

    @Test
    void aCallbackOfAWriteComesAlthoughTheLoopGoesOn() throws IOException {
        stream.read((from, data) -> {});
        stream.write(
                ByteBuffer.allocateDirect(100),
                (written, failure) -> {
                    heard.add("written " + failure);
                    loop.stop();
                });
        loop.run();
        assertEquals(List.of("written null"), heard);
    }

    @Test
    void aShutdownBehindAWriteComesAlthoughTheLoopGoesOn() throws IOException {
        stream.read((from, data) -> {});
        stream.write(ByteBuffer.allocateDirect(100));
        stream.shutdown().thenAccept(done -> loop.stop());
        loop.run();
        peer.setSoTimeout(20_000);
        assertEquals(100, peer.getInputStream().readAllBytes().length);
    }

    @Test
    void aWriterThatWasToldToPauseHearsWhenToGoOn() throws IOException {
        stream.read((from, data) -> {});
        stream.onWritable(
                () -> {
                    heard.add("writable");
                    loop.stop();
                });
        assertFalse(stream.write(ByteBuffer.allocateDirect(100_000)));
        loop.run();
        assertEquals(List.of("writable"), heard);
    }

    @Test
    void aWriteThatNobodyWaitsForCostsNoEntryOfItsOwn() throws IOException {
        stream.read(
                (from, data) -> {
                    heard.add("answered");
                    stream.write(ByteBuffer.allocateDirect(1));
                });
        loop.run(RunMode.NOWAIT);
        LoopMetrics before = loop.metrics();
        for (int i = 1; i <= 10; i++) {
            peer.getOutputStream().write(i);
            int answers = i;
            while (heard.size() < answers) {
                loop.run(RunMode.ONCE);
            }
        }
        loop.run(RunMode.NOWAIT);
        long calls = loop.metrics().systemCalls() - before.systemCalls();
        assertTrue(calls <= 13, calls + " system calls for 10 answers");
    }
}
