// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Every byte comes back, from a queue that stays small; nc and socat agree. */
@ParameterizedClass
@MethodSource("io.millrace.examples.Serving#backends")
class EchoServerTest {
    private static final long HANG_SECONDS = 60;

    /** More than the default low watermark: a server that goes on at that waits with more. */
    private static final long WAITING_BYTES = 32 << 10;

    @Parameter private String backend;

    private Serving server;

    @BeforeEach
    void serve() throws IOException {
        server = new Serving(backend, 2, EchoServer::serve);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void sendsBackEveryByteAndThenFinishes() throws Exception {
        try (Client client = server.connect()) {
            client.send("some bytes").finish();

            assertEquals("some bytes", new String(client.readAll(), "US-ASCII"));
        }
    }

    @Test
    void keepsConnectionsApart() throws Exception {
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            clients.add(server.connect().send("client " + i + "\n"));
        }
        for (int i = 0; i < clients.size(); i++) {
            assertEquals("client " + i, clients.get(i).readLine());
            clients.get(i).close();
        }
    }

    @Test
    void stopsReadingFromAPeerThatReadsNothing() throws Exception {
        byte[] sent = new byte[24 << 20];
        new Random(1).nextBytes(sent);
        try (Serving one = new Serving(backend, 1, EchoServer::serve);
                Client client = new Client(one.address(), 4096)) {
            CompletableFuture<Void> sender =
                    CompletableFuture.runAsync(() -> sendAll(client, sent));
            Await.until("bytes wait", () -> one.queuedBytes() > WAITING_BYTES);
            assertTrue(one.queuedBytes() < 1 << 20, "far more is queued than the mark allows");

            assertArrayEquals(sent, client.read(sent.length));
            sender.get(HANG_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static void sendAll(Client client, byte[] bytes) {
        try {
            client.send(bytes).finish();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void survivesAReset() throws Exception {
        for (int i = 0; i < 20; i++) {
            server.connect().send("good").reset();
        }
        try (Client client = server.connect()) {
            assertEquals("still", new String(client.send("still").read(5), "US-ASCII"));
        }
        Await.until("no connection is left behind", () -> server.connections() == 0);
    }

    @Test
    @DisabledOnOs(value = OS.MAC, disabledReason = "its nc means something else by -N")
    void servesNetcat() throws Exception {
        Programs.Outcome outcome =
                Programs.run(List.of("nc", "-N", "127.0.0.1", "" + server.port()), "over netcat\n");

        assertEquals(new Programs.Outcome(0, "over netcat\n"), outcome);
    }

    @Test
    void servesSocat() throws Exception {
        String text = "over socat\n".repeat(100_000);
        Programs.Outcome outcome =
                Programs.run(
                        List.of("socat", "-t", "30", "-", "TCP:127.0.0.1:" + server.port()), text);

        assertEquals(0, outcome.status());
        assertEquals(text, outcome.output());
    }
}
