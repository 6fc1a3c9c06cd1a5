// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is appended is printed, whatever becomes of the file's name; on all backends. */
class FollowTest {
    private static final long HANG_SECONDS = 60;

    @TempDir Path directory;
    private final Sink output = new Sink();
    private final Sink errors = new Sink();
    private Path file;
    private volatile EventLoop loop;
    private volatile Follow follow;
    private Thread runner;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Read by another thread than the one that writes. */
    private static final class Sink extends OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int value) {
            bytes.write(value);
        }

        @Override
        public synchronized void write(byte[] from, int offset, int length) {
            bytes.write(from, offset, length);
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    static List<String> backends() {
        return Serving.backends();
    }

    private void start(String backend, int lines) throws Exception {
        runner =
                new Thread(
                        () -> {
                            try (EventLoop opened =
                                    EventLoop.open(
                                            LoopOptions.builder().backend(backend).build())) {
                                PrintStream told =
                                        new PrintStream(errors, true, StandardCharsets.UTF_8);
                                follow = new Follow(opened, file, lines, output, told);
                                loop = opened;
                                follow.begin();
                                opened.run();
                                opened.closeAll();
                                follow.requireSound();
                                ended.complete(null);
                            } catch (Throwable failure) {
                                ended.completeExceptionally(failure);
                            }
                        });
        runner.start();
    }

    @AfterEach
    void end() throws Exception {
        try {
            loop.execute(() -> follow.end(null));
        } catch (RejectedExecutionException byItself) {
            assertTrue(ended.isDone() || runner.isAlive());
        }
        runner.join(TimeUnit.SECONDS.toMillis(HANG_SECONDS));
        assertTrue(!runner.isAlive(), "does not end");
    }

    private void append(String text) throws IOException {
        append(file, text);
    }

    /** What the file has at the beginning, all of which is printed. */
    private void startWith(String backend, String text) throws Exception {
        if (file == null) {
            file = directory.resolve("log");
        }
        append(text);
        start(backend, 10);
        awaitOutput(text);
    }

    private void awaitOutput(String expected) throws Exception {
        Await.until(
                "the output is " + expected,
                () -> output.text().length() >= expected.length() || ended.isDone());
        if (ended.isCompletedExceptionally()) {
            ended.join();
        }
        assertEquals(expected, output.text());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void whatIsAppendedFollowsTheLastLines(String backend) throws Exception {
        file = directory.resolve("log\nof all");
        append("one\ntwo\nthree\n");
        start(backend, 2);
        awaitOutput("two\nthree\n");
        append("four\nfi");
        awaitOutput("two\nthree\nfour\nfi");
        append("ve\n");
        awaitOutput("two\nthree\nfour\nfive\n");
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aRotatedFileIsPrintedToItsEndAndThenTheNewOne(String backend) throws Exception {
        startWith(backend, "old\n");
        append("last\n");
        Files.move(file, directory.resolve("log.1"));
        append("new\n");
        awaitOutput("old\nlast\nnew\n");
        append("newer\n");
        awaitOutput("old\nlast\nnew\nnewer\n");
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aFileThatIsCutOffIsPrintedFromItsBeginning(String backend) throws Exception {
        startWith(backend, "much more than later\n");
        Files.writeString(file, "", StandardOpenOption.TRUNCATE_EXISTING);
        Await.until("it is told", () -> errors.text().contains("was cut off") || ended.isDone());
        append("less\n");
        awaitOutput("much more than later\nless\n");
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aFileThatIsNotThereIsWaitedForAndPrintedWhole(String backend) throws Exception {
        file = directory.resolve("log");
        start(backend, 1);
        Await.until("it is told", () -> errors.text().contains("not there") || ended.isDone());
        Files.writeString(directory.resolve("other"), "no\n");
        append("one\ntwo\n");
        awaitOutput("one\ntwo\n");
    }

    /** By one directory or several, as a link to the newest of many logs does. */
    private Path link(String name, String target) throws IOException {
        Path link = directory.resolve(name);
        Path other = directory.resolve(name + ".new");
        Files.createSymbolicLink(other, Path.of(target));
        Files.move(other, link, StandardCopyOption.ATOMIC_MOVE);
        return link;
    }

    private Path target(String name) throws IOException {
        Path target = directory.resolve(name);
        Files.createDirectories(target.getParent());
        return target;
    }

    private static void append(Path to, String text) throws IOException {
        Files.writeString(to, text, StandardOpenOption.APPEND, StandardOpenOption.CREATE);
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aLinkIntoAnotherDirectoryIsFollowedThere(String backend) throws Exception {
        Path target = target("away/log");
        link("other", "away/../away/./log");
        file = link("log", "other");
        startWith(backend, "old\n");
        append(target, "more\n");
        awaitOutput("old\nmore\n");
        append(target, "last\n");
        Files.move(target, target("away/log.1"));
        append(target, "new\n");
        awaitOutput("old\nmore\nlast\nnew\n");
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aLinkThatLeadsToAnotherFileIsFollowedToIt(String backend) throws Exception {
        Path monday = target("monday/log");
        Path tuesday = target("tuesday/log");
        append(tuesday, "2\n");
        file = link("log", monday.toString());
        startWith(backend, "1\n");
        link("log", tuesday.toString());
        awaitOutput("1\n2\n");
        append(tuesday, "3\n");
        awaitOutput("1\n2\n3\n");
    }

    /** As releases are put in place; the old one is removed, and the new one not there at once. */
    @ParameterizedTest
    @MethodSource("backends")
    void aDirectoryOnTheWayMayBeALinkToo(String backend) throws Exception {
        target("one/logs/log");
        link("current", "one");
        file = directory.resolve("current/logs/log");
        startWith(backend, "1\n");
        link("current", "two");
        Files.delete(directory.resolve("one/logs/log"));
        Files.delete(directory.resolve("one/logs"));
        append(target("two/logs/log"), "2\n");
        awaitOutput("1\n2\n");
        append(directory.resolve("two/logs/log"), "3\n");
        awaitOutput("1\n2\n3\n");
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aLinkToWhatIsNotThereIsWaitedFor(String backend) throws Exception {
        file = link("log", "away/log");
        start(backend, 1);
        Await.until("it is told", () -> errors.text().contains("not there") || ended.isDone());
        append(target("away/log"), "one\ntwo\n");
        awaitOutput("one\ntwo\n");
    }

    @ParameterizedTest
    @MethodSource("backends")
    void theLastLinesAreFoundThroughManyBuffers(String backend) throws Exception {
        file = directory.resolve("log");
        String line = "x".repeat(999) + "\n";
        append("first\n" + line.repeat(300));
        start(backend, 200);
        awaitOutput(line.repeat(200));
    }

    @ParameterizedTest
    @MethodSource("backends")
    void noLinesAreOnlyWhatComes(String backend) throws Exception {
        file = directory.resolve("log");
        append("old\n");
        start(backend, 0);
        // What it prints first says that it has begun.
        Await.until(
                "it prints",
                () -> {
                    append("new\n");
                    return !output.text().isEmpty() || ended.isDone();
                });
        assertTrue(output.text().startsWith("new\n"), output.text());
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aDirectoryThatIsNotThereEndsIt(String backend) throws Exception {
        file = directory.resolve("none/log");
        start(backend, 1);
        Throwable failure =
                assertThrows(
                                ExecutionException.class,
                                () -> ended.get(HANG_SECONDS, TimeUnit.SECONDS))
                        .getCause();
        assertTrue(String.valueOf(failure.getMessage()).contains("none"), failure::toString);
    }
}
