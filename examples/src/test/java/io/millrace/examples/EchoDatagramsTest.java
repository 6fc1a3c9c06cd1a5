// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.LoopOptions;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Datagrams come back, by IPv4 and IPv6; socat agrees. */
@ParameterizedClass
@MethodSource("io.millrace.examples.Serving#backends")
class EchoDatagramsTest {
    private static final long HANG_SECONDS = 30;

    @Parameter private String backend;

    private EventLoopGroup group;

    @BeforeEach
    void open() throws IOException {
        group = EventLoopGroup.open(1, LoopOptions.builder().backend(backend).build());
    }

    @AfterEach
    void close() {
        group.close();
    }

    /** Answers the port, or fails as the bind does. */
    private int serve(byte[] host) throws Exception {
        EventLoop loop = group.loops().get(0);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getByAddress(host), 0);
        CompletableFuture<Integer> port = new CompletableFuture<>();
        loop.execute(
                () -> {
                    try {
                        UdpSocket socket = UdpSocket.bind(loop, any);
                        socket.receive(EchoServer::answer);
                        port.complete(socket.localAddress().getPort());
                    } catch (IOException failure) {
                        port.complete(-1);
                    }
                });
        return port.get(HANG_SECONDS, TimeUnit.SECONDS);
    }

    /** It ends when as many bytes have come back as were sent. */
    private static void assertEchoes(String peer, int port) throws Exception {
        String text = "over socat\n";
        String address = peer + port + ",readbytes=" + text.length();
        Programs.Outcome outcome =
                Programs.run(List.of("socat", "-t", "" + HANG_SECONDS, "-", address), text);
        assertEquals(new Programs.Outcome(0, text), outcome);
    }

    @Test
    void answersSocatByInet4() throws Exception {
        assertEchoes("UDP4:127.0.0.1:", serve(new byte[] {127, 0, 0, 1}));
    }

    @Test
    void answersSocatByInet6() throws Exception {
        byte[] loopback = new byte[16];
        loopback[15] = 1;
        int port = serve(loopback);
        Assumptions.assumeTrue(port > 0, "no IPv6 here");
        assertEchoes("UDP6:[::1]:", port);
    }
}
