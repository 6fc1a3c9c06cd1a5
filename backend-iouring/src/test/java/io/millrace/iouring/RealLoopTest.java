// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.testkit.contract.BackendUnderTest;
import io.millrace.testkit.contract.OpenDescriptors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whole loops on the running kernel's rings, where rings have limits of their own. */
class RealLoopTest {
    private long received;

    @BeforeEach
    void assumeUsable() {
        BackendUnderTest.named("io_uring").assumeUsable();
    }

    @Test
    void aThousandLoopsLeaveNothingBehind() throws IOException {
        open().close();
        OpenDescriptors before = OpenDescriptors.ofLoops();
        for (int i = 0; i < 1000; i++) {
            try (EventLoop loop = open()) {
                if (i % 2 == 0) {
                    loop.run(RunMode.NOWAIT);
                    echo(loop, 1, 10);
                }
            }
        }
        before.assertNoMore("of loops");
    }

    @Test
    void aLoopOpenedOnOneThreadRunsOnAnother() throws Exception {
        EventLoop loop = CompletableFuture.supplyAsync(this::openWithClients).get();
        try (loop) {
            runUntilEchoed(loop, 3000);
        }
    }

    /** Far more requests than the submission queue holds, before anybody may submit. */
    private EventLoop openWithClients() {
        try {
            EventLoop loop = open();
            start(loop, 300, 10);
            return loop;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void moreCompletionsThanTheQueueHoldsLoseNothing() throws IOException {
        LoopOptions small =
                options()
                        .property("io_uring.submissions", "16")
                        .property("io_uring.completions", "64")
                        .build();
        try (EventLoop loop = EventLoop.open(small)) {
            echo(loop, 400, 5_000);
        }
    }

    @Test
    void fewerChunksThanConnectionsLoseNothing() throws IOException {
        try (EventLoop loop = EventLoop.open(options().chunks(4, 512).build())) {
            echo(loop, 64, 20_000);
        }
    }

    @Test
    void aKernelThreadThatTakesSubmissionsServesAsWell() throws IOException {
        LoopOptions polled = options().property("io_uring.sqpoll-idle-millis", "1").build();
        try (EventLoop loop = EventLoop.open(polled)) {
            echo(loop, 50, 20_000);
        }
    }

    private void echo(EventLoop loop, int clients, int bytes) throws IOException {
        start(loop, clients, bytes);
        runUntilEchoed(loop, (long) clients * bytes);
    }

    /** So many clients are to send so many bytes each and get them back. */
    private void start(EventLoop loop, int clients, int bytes) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        TcpServer server =
                TcpServer.listen(
                        loop, any, stream -> stream.read((from, data) -> from.write(data)));
        received = 0;
        long total = (long) clients * bytes;
        for (int i = 0; i < clients; i++) {
            TcpStream client = TcpStream.open(loop);
            client.connect(server.localAddress())
                    .thenAccept(connected -> send(connected, bytes, total));
        }
    }

    private void runUntilEchoed(EventLoop loop, long total) throws IOException {
        loop.run();
        assertEquals(total, received);
        loop.closeAll();
    }

    private void send(ByteStream client, int bytes, long total) {
        client.read(
                (from, data) -> {
                    received += data.length();
                    if (received == total) {
                        from.loop().stop();
                    }
                });
        client.write(ByteBuffer.allocateDirect(bytes));
    }

    private static EventLoop open() throws IOException {
        return EventLoop.open(options().build());
    }

    private static LoopOptions.Builder options() {
        return LoopOptions.builder().backend("io_uring");
    }
}
