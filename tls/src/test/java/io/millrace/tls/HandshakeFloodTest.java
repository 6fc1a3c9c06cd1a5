// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ErrorCode;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.net.ByteStream;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpStream;
import io.millrace.testkit.sim.FaultProfile;
import io.millrace.testkit.sim.SimBackend;
import io.millrace.testkit.sim.SimWorld;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Ten thousand clients begin a handshake and leave it at that, at once. In a simulated world, which
 * has as many sockets as one likes, and in which ten seconds take no time.
 */
class HandshakeFloodTest {
    private static final int CLIENTS = 10_000;
    private static final int BYTES_OF_A_CONNECTION = 1 << 10;

    /** With its engine. A record's room is a quarter of that. */
    private static final int BYTES_OF_A_HANDSHAKE = 72 << 10;

    private final SimWorld world = new SimWorld(23, FaultProfile.NONE);
    private final List<Throwable> uncaught = new ArrayList<>();
    private final List<TcpStream> clients = new ArrayList<>();
    private final List<IoException> refused = new ArrayList<>();
    private final List<TlsStream> accepted = new ArrayList<>();
    private int most;
    private long usedAtMost;

    @Test
    void tenThousandHandshakesThatAreHalfOpenTakeTheMemoryOfThoseThatMayBeUnderWay()
            throws IOException {
        world.limitPolls(Long.MAX_VALUE);
        EventLoop loop =
                EventLoop.open(
                        LoopOptions.builder()
                                .provider(new SimBackend(world, SimBackend.Boundary.COMPLETION))
                                .clock(world::nanoTime)
                                .uncaughtHandler((handle, failure) -> uncaught.add(failure))
                                .build());
        TlsServer server =
                TlsServer.listen(
                        loop,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        ServerOptions.builder().backlog(CLIENTS).build(),
                        TestContexts.server("jdk").tasksInline(true).build(),
                        TlsServer.DEFAULT_HANDSHAKES,
                        stream -> {
                            accepted.add(stream);
                            TlsRig.write(stream, "welcome");
                        });
        server.onAcceptError((from, failure) -> uncaught.add(failure));
        TlsContext honest = TestContexts.client("jdk").tasksInline(true).build();
        server.onHandshakeFailure(
                (stream, failure) -> {
                    most = Math.max(most, server.handshakes() + 1);
                    if (refused.isEmpty()) {
                        assertEquals(
                                CLIENTS + 1 + TlsServer.DEFAULT_HANDSHAKES,
                                world.openSockets(),
                                "sockets: of clients, of the listener, of handshakes");
                        usedAtMost = used();
                    }
                    refused.add(failure);
                    if (refused.size() == CLIENTS) {
                        clients.forEach(ByteStream::close);
                        speak(loop, server, honest);
                    }
                });
        byte[] hello = MalformedInputTest.hello(honest);
        byte[] half = Arrays.copyOf(hello, hello.length / 2);
        for (int i = 0; i < CLIENTS; i++) {
            TcpStream client = TcpStream.open(loop);
            client.connect(server.localAddress());
            client.onWriteFailure((stream, failure) -> {});
            client.write(half, 0, half.length);
            clients.add(client);
        }
        loop.run();
        assertEquals(List.of(), uncaught);
        assertEquals(TlsServer.DEFAULT_HANDSHAKES, most);
        assertEquals(CLIENTS, refused.size());
        assertTrue(
                refused.stream().allMatch(each -> each.errorCode() == ErrorCode.ETIMEDOUT),
                () -> "others than time-outs among " + refused);
        assertEquals(0, server.handshakes());
        assertEquals(1, accepted.size(), "whoever comes afterwards is served");
        assertEquals(0, world.openSockets());
        clients.clear();
        long taken = usedAtMost - used();
        long limit =
                (long) CLIENTS * BYTES_OF_A_CONNECTION
                        + (long) TlsServer.DEFAULT_HANDSHAKES * BYTES_OF_A_HANDSHAKE;
        assertTrue(taken < limit, taken + " bytes of heap were taken");
        loop.close();
    }

    /** Somebody who wants to be served, when the others are gone. */
    private void speak(EventLoop loop, TlsServer server, TlsContext context) {
        TlsStream.connect(loop, server.localAddress(), context, "localhost", 443)
                .thenAccept(
                        stream ->
                                stream.read(
                                        (from, chunk) -> {
                                            from.close();
                                            accepted.forEach(ByteStream::close);
                                            server.close();
                                        }));
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
