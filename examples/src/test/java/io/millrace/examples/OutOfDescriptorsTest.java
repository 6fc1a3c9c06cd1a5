// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.BackendInfo;
import io.millrace.Backends;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * More clients than the server may have descriptors, on every backend of this machine: those it has
 * are served, the others wait at no cost, and have their turn when there is room.
 *
 * <p>Each in a process of its own that has not logged anything yet: in one that has, the logger has
 * long read the files that it needs.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no ulimit")
class OutOfDescriptorsTest {
    private static final int CLIENTS = 400;
    private static final int HANG_MILLIS = 120_000;
    private static final int SIGTERM_STATUS = 128 + 15;

    /** What the process needs for itself is less than the rest of this. */
    private static final double LEAST_SHARE_HELD = 0.5;

    private static final Duration QUIET = Duration.ofSeconds(2);

    /** Next to nothing takes a fiftieth of this; a spin takes all of it. */
    private static final Duration MOST_PROCESSOR_TIME = Duration.ofSeconds(1);

    /** Of each loop one at the beginning, one at the end, and one now and then between. */
    private static final int MOST_LOG_RECORDS_PER_LOOP = 12;

    private static final Pattern LISTENING = Pattern.compile(".*127\\.0\\.0\\.1:(\\d+).*");

    @TempDir private Path directory;
    private final List<Socket> clients = new ArrayList<>();
    private Process server;

    static Stream<String> backends() {
        return Backends.report().backends().stream()
                .filter(BackendInfo::usable)
                .map(BackendInfo::name);
    }

    @AfterEach
    void endAll() throws IOException {
        if (server != null) {
            server.destroyForcibly();
        }
        for (Socket client : clients) {
            client.close();
        }
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aServerOfTwoLoopsServesWhomItHoldsAndTheOthersWhenThereIsRoom(String backend)
            throws Exception {
        serveAll(backend, 2, 256);
    }

    /** So few that the loop has to make do with what it loaded before. */
    @ParameterizedTest
    @MethodSource("backends")
    void aServerOfOneLoopDoes(String backend) throws Exception {
        serveAll(backend, 1, 96);
    }

    private void serveAll(String backend, int loops, int descriptors) throws Exception {
        InetSocketAddress address = start(backend, loops, descriptors);
        for (int i = 0; i < CLIENTS; i++) {
            Socket client = new Socket();
            clients.add(client);
            client.connect(address, HANG_MILLIS);
            client.getOutputStream().write(i);
        }
        List<Socket> waiting = new ArrayList<>(clients);
        List<Socket> held = takeServed(waiting, (int) (descriptors * LEAST_SHARE_HELD));
        assertQuiet();
        while (!held.isEmpty()) {
            for (Socket client : held) {
                client.close();
            }
            held = waiting.isEmpty() ? List.of() : takeServed(waiting, 1);
        }
        assertEquals(0, waiting.size());
        server.destroy();
        assertTrue(server.waitFor(HANG_MILLIS, TimeUnit.MILLISECONDS), this::errors);
        assertEquals(SIGTERM_STATUS, server.exitValue(), this::errors);
        long records = errors().lines().filter(line -> line.contains("TcpServer@")).count();
        assertTrue(records >= 1 && records <= loops * MOST_LOG_RECORDS_PER_LOOP, this::errors);
    }

    private InetSocketAddress start(String backend, int loops, int descriptors) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        // Each jar takes a descriptor; Netty's are there for a page of the docs.
        String classPath =
                Stream.of(
                                System.getProperty(
                                                "surefire.test.class.path",
                                                System.getProperty("java.class.path"))
                                        .split(File.pathSeparator))
                        .filter(each -> !each.contains("netty"))
                        .collect(Collectors.joining(File.pathSeparator));
        ProcessBuilder builder =
                new ProcessBuilder(
                        "sh",
                        "-c",
                        "ulimit -n " + descriptors + " && exec \"$@\"",
                        "sh",
                        java,
                        "-cp",
                        classPath,
                        EchoServer.class.getName(),
                        "--port=0",
                        "--backend=" + backend,
                        "--loops=" + loops);
        Path output = directory.resolve("output");
        builder.redirectOutput(output.toFile());
        builder.redirectError(directory.resolve("errors").toFile());
        server = builder.start();
        Await.until(
                "it listens", () -> Files.readString(output).endsWith("\n") || !server.isAlive());
        Matcher line = LISTENING.matcher(Files.readString(output).strip());
        assertTrue(line.matches(), this::errors);
        return new InetSocketAddress("127.0.0.1", Integer.parseInt(line.group(1)));
    }

    /** Waits for so many echoes at least, and takes those that have one from those that wait. */
    private List<Socket> takeServed(List<Socket> waiting, int least) throws Exception {
        List<Socket> served = new ArrayList<>();
        Await.until(
                least + " more are served",
                () -> {
                    assertTrue(server.isAlive(), this::errors);
                    for (Socket client : List.copyOf(waiting)) {
                        if (client.getInputStream().available() > 0) {
                            int number = clients.indexOf(client) & 0xff;
                            assertEquals(number, client.getInputStream().read());
                            waiting.remove(client);
                            served.add(client);
                        }
                    }
                    return served.size() >= Math.min(least, served.size() + waiting.size());
                });
        return served;
    }

    private void assertQuiet() throws InterruptedException {
        Duration before = server.toHandle().info().totalCpuDuration().orElseThrow();
        Thread.sleep(QUIET.toMillis());
        Duration after = server.toHandle().info().totalCpuDuration().orElseThrow();
        Duration used = after.minus(before);
        assertTrue(used.compareTo(MOST_PROCESSOR_TIME) < 0, () -> used + " of " + QUIET);
    }

    private String errors() {
        try {
            return Files.readString(directory.resolve("errors"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
