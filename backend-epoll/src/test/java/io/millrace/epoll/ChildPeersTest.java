// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.net.ByteStream;
import io.millrace.process.ChildEnd;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import io.millrace.process.ExitStatus;
import io.millrace.process.Pipe;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that everybody has, and many of them at once, as children. */
@Timeout(240)
class ChildPeersTest {
    private static final int CROWD = 1_000;
    private static final int MODULES = 40;
    private static final int MORE_THAN_A_PIPE = 64 << 10;
    private static final int DESCRIPTORS_NEEDED = 5_000;
    private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(200);
    private static final Duration LOOK = Duration.ofMillis(100);

    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        Assumptions.assumeTrue(new EpollBackend().probe().usable(), "epoll");
        loop = EventLoop.open(LoopOptions.builder().backend("epoll").build());
        Timer.open(loop).startAtFixedRate(LOOK, LOOK, () -> {});
    }

    /** Sleeps between events, and leaves the processors to the children. */
    private void until(BooleanSupplier condition) throws IOException {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            loop.run(RunMode.ONCE);
            assertTrue(System.nanoTime() - begun < HANG_NANOS, "it never came");
        }
    }

    @AfterEach
    void close() throws IOException {
        if (loop != null) {
            loop.closeAll();
        }
    }

    private static void need(String program) {
        Assumptions.assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, program))),
                program);
    }

    private ChildProcess start(ChildOptions.Builder options) throws IOException {
        List<ChildProcess> started = new ArrayList<>();
        ChildProcess.start(loop, options.build()).thenAccept(started::add);
        until(() -> !started.isEmpty());
        return started.get(0);
    }

    private String run(Path directory, String... command) throws IOException {
        return new String(bytesOf(directory, command), StandardCharsets.UTF_8);
    }

    private byte[] bytesOf(Path directory, String... command) throws IOException {
        ChildProcess child =
                start(
                        ChildOptions.builder(command)
                                .directory(directory)
                                .errors(ChildEnd.sameAsOutput()));
        output.reset();
        Objects.requireNonNull(child.output())
                .read(
                        (stream, chunk) -> {
                            byte[] bytes = new byte[chunk.length()];
                            chunk.copyTo(0, bytes, 0, bytes.length);
                            output.writeBytes(bytes);
                        });
        List<ExitStatus> ends = new ArrayList<>();
        child.onFinished((same, status) -> ends.add(status));
        until(() -> !ends.isEmpty());
        byte[] all = output.toByteArray();
        assertTrue(
                ends.get(0).isSuccess(),
                () -> ends.get(0) + ": " + new String(all, StandardCharsets.UTF_8));
        return all;
    }

    @Test
    void gitClonesARepositoryAndWritesMuch(@TempDir Path directory) throws IOException {
        need("git");
        Path origin = Files.createDirectory(directory.resolve("origin"));
        run(origin, "git", "init", "-q", ".");
        byte[] much = new byte[4 << 20];
        new Random(1).nextBytes(much);
        Files.write(origin.resolve("much"), much);
        run(origin, "git", "add", ".");
        run(
                origin,
                "git",
                "-c",
                "user.name=Millrace",
                "-c",
                "user.email=millrace@example.org",
                "-c",
                "commit.gpgsign=false",
                "commit",
                "-q",
                "-m",
                "all");
        String told = run(directory, "git", "clone", "--no-local", "--progress", "origin", "copy");
        assertTrue(told.contains("done"), told);
        assertEquals(-1, Files.mismatch(origin.resolve("much"), directory.resolve("copy/much")));
        Path copy = directory.resolve("copy");
        assertArrayEquals(much, bytesOf(copy, "git", "cat-file", "blob", "HEAD:much"));
    }

    /** A project of many modules, in which there is nothing to do and of which much is said. */
    @Test
    void mavenTellsMuch(@TempDir Path directory) throws IOException {
        need("mvn");
        StringBuilder modules = new StringBuilder();
        for (int i = 0; i < MODULES; i++) {
            Path module = Files.createDirectory(directory.resolve("module" + i));
            Files.writeString(module.resolve("pom.xml"), project("module" + i, ""));
            modules.append("<module>module").append(i).append("</module>");
        }
        Files.writeString(
                directory.resolve("pom.xml"), project("all", "<modules>" + modules + "</modules>"));
        String told =
                run(
                        directory,
                        "mvn",
                        "-B",
                        "-o",
                        "-X",
                        "-Dmaven.repo.local=" + directory.resolve("repository"),
                        "validate");
        assertTrue(told.contains("BUILD SUCCESS"), told);
        assertTrue(told.length() > MORE_THAN_A_PIPE, () -> told.length() + " characters");
        for (int i = 0; i < MODULES; i++) {
            assertTrue(told.contains("Building module" + i + " 1"), told);
        }
    }

    private static String project(String name, String rest) {
        return "<project><modelVersion>4.0.0</modelVersion><groupId>millrace</groupId><artifactId>"
                + name
                + "</artifactId><version>1</version><packaging>pom</packaging>"
                + rest
                + "</project>";
    }

    private static long descriptorLimit() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .map(line -> line.split(" +", -1)[3])
                .mapToLong(soft -> soft.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(soft))
                .findFirst()
                .orElse(0);
    }

    @Test
    void aThousandAtOnceAreAnsweredAndLeaveNoZombie() throws IOException {
        Assumptions.assumeTrue(
                descriptorLimit() >= DESCRIPTORS_NEEDED, "too few descriptors may be open");
        List<ChildProcess> children = new ArrayList<>();
        List<ExitStatus> ends = new ArrayList<>();
        long[] received = {0};
        ChildOptions options =
                ChildOptions.builder("cat")
                        .input(ChildEnd.pipe())
                        .errors(ChildEnd.ignore())
                        .build();
        for (int i = 0; i < CROWD; i++) {
            ChildProcess.start(loop, options).thenAccept(children::add);
        }
        until(() -> children.size() == CROWD);
        for (ChildProcess each : children) {
            Pipe input = Objects.requireNonNull(each.input());
            ByteStream answers = Objects.requireNonNull(each.output());
            answers.read((stream, chunk) -> received[0] += chunk.length());
            input.write(new byte[] {1}, 0, 1);
            each.onFinished((same, status) -> ends.add(status));
        }
        until(() -> received[0] == CROWD);
        assertTrue(children.stream().allMatch(ChildProcess::isActive), "one has ended early");
        children.forEach(each -> Objects.requireNonNull(each.input()).close());
        until(() -> ends.size() == CROWD);
        assertTrue(ends.stream().allMatch(ExitStatus::isSuccess));
        for (ChildProcess each : children) {
            assertTrue(!Files.exists(Path.of("/proc", "" + each.processId())), "a zombie");
        }
    }
}
