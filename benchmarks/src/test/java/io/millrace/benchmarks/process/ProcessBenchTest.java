// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real processes for a moment: what they measure means nothing, who is out and why does. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the figures are from Linux's /proc")
class ProcessBenchTest {
    private static final int SIGTERM_STATUS = 143;

    @TempDir private static Path directory;

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @Test
    void measuresItsOwnServersAndLeavesTableJsonAndReport() throws IOException {
        int status = run("--servers", "nio,java-nio", "--shapes", "3/1000/4");

        assertEquals(0, status, errors());
        assertTrue(output().startsWith("3 connections, 1000 B, 4 in flight (3/1000/4)\n"));
        assertTrue(output().lines().anyMatch(row -> row.matches("nio +[0-9.]+ +1\\.00 .*")));
        assertTrue(output().lines().anyMatch(row -> row.startsWith("java-nio ")), output());
        String json = Files.readString(directory.resolve("processes.json"));
        assertTrue(json.contains("\"complete\": true"));
        assertTrue(json.contains("\"runningNanos\""));
        String page = Files.readString(directory.resolve("index.html"));
        assertTrue(page.contains("Echo servers as processes"));
    }

    @Test
    void measuresHttpAndGrpcOfNettyWithWhatTheyAllocate() throws IOException {
        assertEquals(0, run("--protocol=http", "--servers=netty-nio", "--shapes=2/5000/3"));
        assertAllocation("netty-nio");
        assertTrue(Files.exists(directory.resolve("processes-http.json")));
        output.reset();

        assertEquals(0, run("--protocol=grpc", "--servers=netty-nio", "--shapes=2/40000/1"));
        assertAllocation("netty-nio");
        String page = Files.readString(directory.resolve("index.html"));
        assertTrue(page.contains("HTTP servers as processes"));
        assertTrue(page.contains("gRPC servers as processes"));
    }

    /** After both ratios. */
    private void assertAllocation(String server) {
        String row = server + " +[0-9.]+ +1.00 [(?) ]+[0-9,]+ +1.00 [(?) ]+[0-9,]{2,} .*";
        assertTrue(output().lines().anyMatch(line -> line.matches(row)), output());
    }

    @Test
    void whoOnlyEchoesIsNotAskedForHttp() {
        assertEquals(2, run("--protocol=http", "--servers=nio"));
        assertTrue(errors().startsWith("millrace: no server is called nio; there are netty-"));
    }

    @Test
    void whoChangesAddsOrDiesIsOutAndTheOthersGoOn() {
        int status =
                run(
                        "--servers=nio",
                        "--server-command=changing=" + faulty("corrupts"),
                        "--server-command=adding=" + faulty("adds"),
                        "--server-command=dying=" + faulty("dies"),
                        "--server-command=quitting=" + faulty("quits"),
                        "--shapes=1/700/1");

        assertEquals(1, status, errors());
        assertTrue(output().contains("\nnio "), output());
        assertFalse(output().contains("\nchanging "), output());
        assertOut("changing", "1/700/1: connection 0: wrong bytes among the .*");
        assertOut("adding", "1/700/1: connection 0: .*");
        assertOut("dying", "it ended with status 4 under 1/700/1: something gave way");
        assertOut("quitting", "it ended with status 3 before it listened: it was not to be");
    }

    @Test
    void whoDoesNotListenInTimeIsOut() throws Exception {
        Candidate silent =
                new ServerCommand("silent", words("sh", "-c", "echo hm; sleep 60")).candidate();
        Candidate told = new Candidate("told", "", List.of("sleep", "60", "{port}"), 1, null);
        for (Candidate candidate : List.of(silent, told)) {
            try (ServerProcess server =
                    ServerProcess.start(candidate, new Pinning(List.of(), "test"), directory)) {
                IOException failure =
                        assertThrows(
                                IOException.class,
                                () -> server.awaitListening(Duration.ofMillis(300)));
                assertTrue(failure.getMessage().startsWith("it "), failure.getMessage());
            }
        }
    }

    @Test
    void aNamedServerThatCannotRunIsAFailureWithItsReason() throws IOException {
        Path nowhere = directory.resolve("nowhere");
        Candidate missing = NativeServer.EPOLL.build(nowhere, directory);
        assertFalse(missing.usable());

        Path sources = Layout.nativeSources();
        for (NativeServer server : NativeServer.values()) {
            Candidate candidate = server.build("no-such-compiler", sources, directory);
            assertEquals(
                    "there is no no-such-compiler; on Debian: apt-get install gcc libc6-dev",
                    candidate.refusal());
        }
    }

    @Test
    void aMissingLibraryIsNamedWithItsPackage() throws IOException {
        Path compiler = directory.resolve("compiler");
        Files.writeString(
                compiler,
                """
                #!/bin/sh
                echo "echo.c:9:10: fatal error: uv.h: No such file or directory" >&2
                exit 1
                """);
        assertTrue(compiler.toFile().setExecutable(true));

        Candidate candidate =
                NativeServer.LIBUV.build(compiler.toString(), Layout.nativeSources(), directory);

        assertEquals(
                "its library is not installed; on Debian: apt-get install libuv1-dev",
                candidate.refusal());
    }

    @Test
    void anInterruptionShowsWhatThereIsAndEndsEveryProcess() throws Exception {
        List<String> command =
                Jvm.command(List.of("-Xmx128m"), ProcessBench.class, common("--servers=nio"));
        command.addAll(List.of("--repetitions=1000", "--output", directory + "/interrupted"));
        Path told = directory.resolve("interrupted.err");
        Process bench = new ProcessBuilder(command).redirectError(told.toFile()).start();
        while (bench.isAlive() && !Files.readString(told).contains("repetition 3 of")) {
            bench.waitFor(20, TimeUnit.MILLISECONDS);
        }
        List<ProcessHandle> children = bench.descendants().toList();
        assertEquals(2, children.size(), Files.readString(told));

        // Not SIGINT: where the tests run in the background, a shell has it ignored for good.
        assertTrue(bench.toHandle().destroy());

        String table = readAll(bench.getInputStream());
        assertEquals(SIGTERM_STATUS, bench.waitFor(), Files.readString(told));
        assertTrue(table.contains("\nnio "), table);
        assertFalse(table.contains("out: "), table);
        for (ProcessHandle child : children) {
            child.onExit().get(60, TimeUnit.SECONDS);
        }
    }

    private static String readAll(InputStream stream) throws IOException {
        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static List<String> words(String... words) {
        return List.of(words);
    }

    private static String faulty(String fault) {
        List<String> command = Jvm.command(List.of("-Xmx64m"), FaultyServer.class, fault, "{port}");
        return "'" + String.join("' '", command) + "'";
    }

    private void assertOut(String server, String reason) {
        assertTrue(
                output().lines().anyMatch(line -> line.matches("out: " + server + ": " + reason)),
                output());
    }

    /** As short as it may be. */
    private static String[] common(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        if (all.stream().noneMatch(argument -> argument.startsWith("--shapes"))) {
            all.add("--shapes=2/100/1");
        }
        all.addAll(List.of("--seconds=0.05", "--warm-up=0.05", "--attempts=1"));
        return all.toArray(new String[0]);
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(Arrays.asList(common(arguments)));
        all.addAll(List.of("--repetitions=2", "--output=" + directory));
        return new ProcessBench(
                        new PrintStream(output, true, StandardCharsets.UTF_8),
                        new PrintStream(errors, true, StandardCharsets.UTF_8))
                .run(all.toArray(new String[0]));
    }

    private String output() {
        return output.toString(StandardCharsets.UTF_8);
    }

    private String errors() {
        return errors.toString(StandardCharsets.UTF_8);
    }
}
