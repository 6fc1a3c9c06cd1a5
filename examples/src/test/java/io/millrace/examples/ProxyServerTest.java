// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes, back-pressure, half-closes and resets pass through in both directions. */
@ParameterizedClass
@MethodSource("io.millrace.examples.Serving#backends")
class ProxyServerTest {
    private static final long HANG_SECONDS = 60;

    /** More than the default low watermark: a server that goes on at that waits with more. */
    private static final long WAITING_BYTES = 32 << 10;

    @Parameter private String backend;

    /** The server behind the proxy is played by the test. */
    private ServerSocket target;

    private Serving proxy;

    @BeforeEach
    void serve() throws IOException {
        target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        target.setSoTimeout((int) TimeUnit.SECONDS.toMillis(HANG_SECONDS));
        proxy = new Serving(backend, 1, new ProxyServer(target.getLocalSocketAddress())::pass);
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        target.close();
    }

    @Test
    void passesBytesBothWays() throws Exception {
        try (Client client = proxy.connect();
                Socket server = target.accept()) {
            client.send("question\n");
            assertEquals("question\n", new String(server.getInputStream().readNBytes(9)));
            server.getOutputStream().write("answer\n".getBytes());
            assertEquals("answer", client.readLine());
        }
    }

    @Test
    void passesAHalfCloseFromTheClientAndTheAnswerAfterIt() throws Exception {
        try (Client client = proxy.connect();
                Socket server = target.accept()) {
            client.send("all of it").finish();
            assertEquals("all of it", new String(server.getInputStream().readAllBytes()));
            server.getOutputStream().write("answer after the end".getBytes());
            server.shutdownOutput();
            assertEquals("answer after the end", new String(client.readAll()));
        }
        gone();
    }

    @Test
    void passesAHalfCloseFromTheServerAndGoesOn() throws Exception {
        try (Client client = proxy.connect();
                Socket server = target.accept()) {
            server.getOutputStream().write("greeting".getBytes());
            server.shutdownOutput();
            assertEquals("greeting", new String(client.readAll()));
            client.send("still here").finish();
            assertEquals("still here", new String(server.getInputStream().readAllBytes()));
        }
        gone();
    }

    @Test
    void slowsTheServerDownWhenTheClientTakesNothing() throws Exception {
        byte[] sent = new byte[24 << 20];
        new Random(1).nextBytes(sent);
        try (Client client = new Client(proxy.address(), 4096);
                Socket server = target.accept()) {
            CompletableFuture<Void> sender =
                    CompletableFuture.runAsync(() -> sendAndFinish(server, sent));
            Await.until("bytes wait", () -> proxy.queuedBytes() > WAITING_BYTES);
            assertTrue(proxy.queuedBytes() < 1 << 20, "far more is queued than the mark allows");
            assertArrayEquals(sent, client.readAll());
            sender.get(HANG_SECONDS, TimeUnit.SECONDS);
        }
    }

    /** Sometimes before the proxy has noticed that its own connection is there. */
    @Test
    void resetsTheServerWhenTheClientResets() throws Exception {
        for (int i = 0; i < 20; i++) {
            Client client = proxy.connect();
            try (Socket server = target.accept()) {
                client.send("begin").reset();
                assertThrows(SocketException.class, () -> server.getInputStream().readAllBytes());
            }
        }
        gone();
    }

    @Test
    void resetsTheClientWhenTheServerResets() throws Exception {
        try (Client client = proxy.connect()) {
            Socket server = target.accept();
            server.setSoLinger(true, 0);
            server.close();
            assertThrows(SocketException.class, client::readAll);
        }
        gone();
    }

    @Test
    void resetsTheClientWhenThereIsNoServer() throws Exception {
        target.close();
        assertThrows(
                SocketException.class,
                () -> {
                    try (Client client = proxy.connect().send("to nobody")) {
                        client.readAll();
                    }
                });
        gone();
    }

    private void gone() throws Exception {
        Await.until("both connections are gone", () -> proxy.connections() == 0);
    }

    private static void sendAndFinish(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
