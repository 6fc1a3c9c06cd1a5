// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The smoke benchmark has a row for every backend that works here, and believes no wrong byte. */
class EchoSmokeTest {
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @Test
    void measuresWhatWorksHere() {
        assertEquals(0, run());

        String table = output.toString(StandardCharsets.UTF_8);
        assertTrue(table.startsWith("backend     round trips/s   p50 us   p99 us\n"), table);
        assertTrue(table.lines().anyMatch(row -> row.matches("nio +[1-9].*")), table);
        assertEquals("", errors.toString(StandardCharsets.UTF_8));
    }

    @Test
    void refusesOptions() {
        assertEquals(2, run("--full"));
        assertTrue(
                errors.toString(StandardCharsets.UTF_8)
                        .startsWith("millrace: unknown option: --full\nusage: "));
        assertEquals(0, output.size());
    }

    @Test
    void aChangedByteIsAFailure() throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket listener = new ServerSocket(0, 1, loopback);
                BlockingClient client = new BlockingClient(listener.getLocalSocketAddress());
                Socket accepted = listener.accept()) {
            CompletableFuture<Void> server =
                    CompletableFuture.runAsync(() -> echoWithOneByteChanged(accepted));

            IOException failure =
                    assertThrows(IOException.class, () -> client.roundTrips(Duration.ofSeconds(1)));
            assertEquals("message 1 came back changed", failure.getMessage());
            server.get();
        }
    }

    private static void echoWithOneByteChanged(Socket socket) {
        try {
            byte[] message = socket.getInputStream().readNBytes(64);
            message[63]++;
            socket.getOutputStream().write(message);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private int run(String... arguments) {
        EchoSmoke smoke = new EchoSmoke(Duration.ofMillis(50), Duration.ofMillis(100));
        return smoke.run(arguments, new PrintStream(output, true), new PrintStream(errors, true));
    }
}
