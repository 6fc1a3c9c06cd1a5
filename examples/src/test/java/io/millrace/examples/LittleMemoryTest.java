// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import java.io.File;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers in processes that may have next to no direct memory: all are served, only slower. */
class LittleMemoryTest {
    private static final int CLIENTS = 40;
    private static final int BYTES = 1 << 20;
    private static final int HANG_SECONDS = 120;

    private static final Pattern LISTENING =
            Pattern.compile("listening on 127\\.0\\.0\\.1:([0-9]+), ");

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource({
        "nio,200k",
        "poll,200k",
        "epoll,200k",
        "epoll,2m",
        "epoll-et,200k",
        "io_uring,200k",
        "io_uring,2m",
        "io_uring,4m"
    })
    void manyClientsThatSendMuchAreAllServed(String backend, String memory) throws Exception {
        assumeUsable(backend);
        Process server = start(backend, memory);
        ExecutorService clients = Executors.newFixedThreadPool(2 * CLIENTS);
        try {
            int port = awaitListening(server);
            List<Future<byte[]>> answers = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                answers.add(clients.submit(() -> echoed(clients, port, client)));
            }
            for (int i = 0; i < CLIENTS; i++) {
                byte[] answer = answers.get(i).get(HANG_SECONDS, TimeUnit.SECONDS);
                assertArrayEquals(bytes(i), answer, "client " + i);
            }
            assertTrue(server.isAlive(), "the server has ended");
        } finally {
            clients.shutdownNow();
            server.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "poll", "epoll", "io_uring"})
    void aLoopThatCannotOpenSaysWhatToSet(String backend) throws Exception {
        assumeUsable(backend);
        Process server = start(backend, "16k");
        try {
            assertTrue(server.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it hangs");
        } finally {
            server.destroyForcibly();
        }
        assertEquals(ServerProgram.CANNOT_SERVE, server.exitValue());
        String output = Files.readString(directory.resolve("output"));
        assertTrue(output.contains("ENOMEM"), output);
        assertTrue(output.contains("-XX:MaxDirectMemorySize"), output);
    }

    private static byte[] echoed(ExecutorService threads, int port, int client) throws Exception {
        byte[] sent = bytes(client);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(HANG_SECONDS));
            Future<?> sending =
                    threads.submit(
                            () -> {
                                socket.getOutputStream().write(sent);
                                socket.shutdownOutput();
                                return null;
                            });
            byte[] answer = socket.getInputStream().readAllBytes();
            sending.get();
            return answer;
        }
    }

    private static byte[] bytes(int client) {
        byte[] bytes = new byte[BYTES];
        new Random(client).nextBytes(bytes);
        return bytes;
    }

    private Process start(String backend, String memory) throws Exception {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:MaxDirectMemorySize=" + memory,
                        "-Dmillrace.backend=" + backend,
                        "-cp",
                        classPath,
                        EchoServer.class.getName(),
                        "--port",
                        "0");
        File output = directory.resolve("output").toFile();
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    }

    /** At which port. */
    private int awaitListening(Process server) throws Exception {
        Matcher[] said = new Matcher[1];
        Await.until(
                "it says where it listens",
                () -> {
                    said[0] = LISTENING.matcher(output());
                    return said[0].find() || !server.isAlive();
                });
        assertTrue(server.isAlive(), () -> "not started: " + output());
        return Integer.parseInt(said[0].group(1));
    }

    private String output() {
        try {
            return Files.readString(directory.resolve("output"));
        } catch (java.io.IOException unreadable) {
            return unreadable.toString();
        }
    }

    private static void assumeUsable(String backend) {
        boolean usable =
                Backends.report().backends().stream()
                        .filter(BackendInfo::usable)
                        .anyMatch(each -> each.name().equals(backend));
        assumeTrue(usable, backend + " cannot run here");
    }
}
