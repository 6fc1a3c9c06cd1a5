// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.file.DirectoryChange;
import io.millrace.file.DirectoryChange.Kind;
import io.millrace.file.DirectoryWatch;
import io.millrace.file.DirectoryWatchOptions;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What programs that everybody has do to a directory, as a watch of it tells. */
@Timeout(240)
class DirectoryPeersTest {
    private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(100);
    private static final Duration LOOK = Duration.ofMillis(20);

    @TempDir private Path directory;
    private final List<DirectoryChange> changes = new ArrayList<>();
    private Path watched;
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        Assumptions.assumeTrue(new EpollBackend().probe().usable(), "epoll");
        watched = Files.createDirectory(directory.resolve("watched"));
        loop = EventLoop.open(LoopOptions.builder().backend("epoll").build());
        Timer.open(loop).startAtFixedRate(LOOK, LOOK, () -> {});
    }

    @AfterEach
    void close() throws IOException {
        if (loop != null) {
            loop.closeAll();
        }
    }

    private void watch(Duration debounce) throws IOException {
        List<DirectoryWatch> opened = new ArrayList<>();
        DirectoryWatchOptions options =
                DirectoryWatchOptions.builder().recursive(true).debounce(debounce).build();
        DirectoryWatch.open(loop, watched, options, (watch, change) -> changes.add(change))
                .thenAccept(opened::add);
        until(() -> !opened.isEmpty());
    }

    private void until(BooleanSupplier condition) throws IOException {
        long begun = System.nanoTime();
        while (!condition.getAsBoolean()) {
            loop.run(RunMode.ONCE);
            assertTrue(System.nanoTime() - begun < HANG_NANOS, () -> "only " + changes);
        }
    }

    /** Runs a program to its end. */
    private void run(String... command) throws Exception {
        Assumptions.assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(each -> Files.isExecutable(Path.of(each, command[0]))),
                command[0] + " is not here");
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"))
                        .redirectOutput(directory.resolve("said").toFile())
                        .start();
        assertEquals(0, process.waitFor(), () -> String.join(" ", command));
    }

    private boolean isTold(Kind kind, Path path) {
        return changes.stream().anyMatch(each -> each.kind() == kind && each.path().equals(path));
    }

    /** It writes under another name, and gives the file its own when it is whole. */
    @Test
    void whatRsyncBringsGetsItsNameWhenItIsWhole() throws Exception {
        Path source = Files.createDirectories(directory.resolve("source/sub"));
        Files.writeString(source.resolve("file"), "one");
        watch(Duration.ZERO);
        run("rsync", "-a", directory.resolve("source") + "/", watched + "/");
        Path file = watched.resolve("sub/file");
        // What is in a directory by the time it is watched is told as created.
        until(() -> isTold(Kind.RENAMED, file) || isTold(Kind.CREATED, file));
        changes.clear();
        Files.writeString(source.resolve("file"), "another");
        run("rsync", "-a", "--ignore-times", directory.resolve("source") + "/", watched + "/");
        until(() -> isTold(Kind.RENAMED, file));
        assertEquals("another", Files.readString(file));
        assertTrue(!isTold(Kind.OVERFLOW, watched), changes::toString);
    }

    /** With a backup it moves the old file away and writes a new one of its name. */
    @Test
    void aSaveOfVimIsOneChangeWhenItIsQuietAgain() throws Exception {
        Path file = Files.writeString(watched.resolve("file"), "one\n");
        watch(Duration.ofMillis(100));
        run(
                "vim.tiny",
                "-u",
                "NONE",
                "-es",
                "-c",
                "set backup backupcopy=no",
                "-c",
                "%s/one/two/",
                "-c",
                "wq",
                file.toString());
        until(() -> changes.stream().anyMatch(each -> each.path().equals(file)));
        assertEquals("two\n", Files.readString(file));
        List<Kind> kinds =
                changes.stream()
                        .filter(each -> each.path().equals(file))
                        .map(DirectoryChange::kind)
                        .toList();
        assertTrue(List.of(Kind.WRITTEN, Kind.MODIFIED, Kind.CREATED).contains(kinds.get(0)));
    }
}
