// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Servers that are killed under load, and then told to end under load: no client waits for ever,
 * the next one serves at the same port at once and says what its loop is at when it is asked, and
 * an end that was asked for is an orderly one.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "signals are sent as Linux knows them")
class KilledServersTest {
    private static final long HANG_SECONDS = 60;
    private static final int CLIENTS = 8;
    private static final int BYTES = 20_000;

    @TempDir private Path directory;
    private final List<Process> servers = new ArrayList<>();

    @AfterEach
    void endAll() {
        servers.forEach(Process::destroyForcibly);
    }

    static List<String> backends() {
        return Serving.backends();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void killedOrToldToEndUnderLoadNobodyWaitsForEver(String backend) throws Exception {
        try (HeldPort port = new HeldPort()) {
            killedOrToldToEnd(backend, port.number());
        }
    }

    private void killedOrToldToEnd(String backend, int port) throws Exception {
        Process killed = start(backend, port);
        assertEquals(port, port(0));
        try (Crowd crowd = new Crowd(port)) {
            crowd.awaitAnswers();
            assertEquals(128 + 9, end(killed, killed::destroyForcibly));
            crowd.awaitEnds();
        }

        Process told = start(backend, port);
        assertEquals(port, port(1));
        try (Crowd crowd = new Crowd(port)) {
            crowd.awaitAnswers();
            assertEquals(0, Programs.run(List.of("kill", "-USR1", "" + told.pid()), "").status());
            Path errors = directory.resolve("errors1");
            Await.until("its loop is described", () -> read(errors).contains("    TcpServer"));
            assertEquals(128 + 15, end(told, told::destroy));
            crowd.awaitEnds();
            assertTrue(read(errors).startsWith("Loop[" + backend), () -> read(errors));
        }
    }

    private static int end(Process server, Runnable signal) throws InterruptedException {
        signal.run();
        assertTrue(server.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it does not end");
        return server.exitValue();
    }

    private Process start(String backend, int port) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp"));
        command.add(
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")));
        command.addAll(List.of(EchoServer.class.getName(), "--backend", backend));
        command.addAll(List.of("--port", Integer.toString(port)));
        int number = servers.size();
        Process server =
                new ProcessBuilder(command)
                        .redirectOutput(directory.resolve("output" + number).toFile())
                        .redirectError(directory.resolve("errors" + number).toFile())
                        .start();
        servers.add(server);
        return server;
    }

    private int port(int number) throws Exception {
        Path output = directory.resolve("output" + number);
        Process server = servers.get(number);
        Await.until(
                "it listens", () -> Files.readString(output).endsWith("\n") || !server.isAlive());
        assertTrue(
                server.isAlive(), () -> "it ended: " + read(directory.resolve("errors" + number)));
        return Integer.parseInt(Files.readString(output).replaceAll("(?s).*:(\\d+).*", "$1"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    /** Clients that send and are answered until their connection ends, in whatever way. */
    private static final class Crowd implements AutoCloseable {
        private final AtomicLong answers = new AtomicLong();
        private final List<Thread> threads = new ArrayList<>();
        private final List<Client> clients = new ArrayList<>();
        private final Queue<String> hung = new ConcurrentLinkedQueue<>();

        Crowd(int port) throws IOException {
            for (int i = 0; i < CLIENTS; i++) {
                Client client = new Client(new InetSocketAddress("127.0.0.1", port));
                clients.add(client);
                Thread thread = new Thread(() -> talk(client), "crowd");
                thread.setDaemon(true);
                threads.add(thread);
                thread.start();
            }
        }

        private void talk(Client client) {
            byte[] bytes = new byte[BYTES];
            try {
                while (true) {
                    client.send(bytes).read(BYTES);
                    answers.incrementAndGet();
                }
            } catch (java.net.SocketTimeoutException nothing) {
                hung.add(nothing.toString());
            } catch (IOException ended) {
                // As it must be when its server is gone.
                return;
            }
        }

        void awaitAnswers() throws Exception {
            Await.until("they are served", () -> answers.get() > 4 * CLIENTS);
        }

        void awaitEnds() throws InterruptedException {
            for (Thread thread : threads) {
                thread.join(TimeUnit.SECONDS.toMillis(HANG_SECONDS));
                assertTrue(!thread.isAlive(), "a client waits for ever");
            }
            assertEquals(List.of(), List.copyOf(hung));
        }

        @Override
        public void close() throws IOException {
            for (Client client : clients) {
                client.close();
            }
        }
    }
}
