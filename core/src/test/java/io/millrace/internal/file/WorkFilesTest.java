// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileWriteCallback;
import io.millrace.fixture.FakeBackend;
import io.millrace.spi.Failures;
import io.millrace.spi.FileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files by the threads of an executor: what the executor, its threads and the JDK may do. */
class WorkFilesTest {
    private final List<String> lines = new ArrayList<>();
    private final FileWriteCallback written =
            (file, buffer, failure) -> lines.add(failure == null ? "written" : failure.errorName());
    private Executor executor = Runnable::run;
    private EventLoop loop;
    private Path path;

    @BeforeEach
    void open(@TempDir Path directory) throws IoException {
        path = directory.resolve("file");
        loop =
                EventLoop.open(
                        LoopOptions.builder()
                                .provider(new FakeBackend.Good())
                                .workExecutor(task -> executor.execute(task))
                                .build());
    }

    private AsyncFile openFile() throws IoException {
        return opened(path, WRITE, CREATE);
    }

    private AsyncFile opened(Path of, OpenOption... options) throws IoException {
        List<AsyncFile> all = new ArrayList<>();
        AsyncFile.open(loop, of, options).thenAccept(all::add);
        while (all.isEmpty()) {
            loop.run(RunMode.ONCE);
        }
        return all.get(0);
    }

    private static ByteBuffer one() {
        return ByteBuffer.allocateDirect(1);
    }

    @Test
    void anExecutorOnTheLoopsOwnThreadChangesNothingButTheWait() throws IoException {
        AsyncFile file = openFile();
        file.write(one(), 0, written);
        assertEquals(List.of(), lines);
        loop.run();
        assertEquals(List.of("written"), lines);
        loop.closeAll();
    }

    @Test
    void anExecutorThatRefusesFailsOperationsAndFilesAreClosedAllTheSame() throws IOException {
        AsyncFile file = openFile();
        IoException[] failures = new IoException[1];
        executor =
                task -> {
                    throw new RejectedExecutionException("on purpose");
                };
        file.write(one(), 0, (each, buffer, failure) -> failures[0] = failure);
        loop.run();
        assertEquals("EAGAIN", failures[0].errorName());
        assertInstanceOf(RejectedExecutionException.class, failures[0].getCause());
        loop.closeAll();
        assertTrue(file.isClosed());
    }

    @Test
    void anInterruptedThreadDoesNotCloseTheFile() throws IOException {
        AsyncFile file = openFile();
        boolean[] kept = new boolean[1];
        executor =
                task -> {
                    Thread.currentThread().interrupt();
                    task.run();
                    kept[0] = Thread.interrupted();
                };
        file.write(one(), 0, written);
        file.write(one(), 1, written);
        loop.run();
        assertEquals(List.of("written", "written"), lines);
        assertTrue(kept[0], "the flag is whose it was");
        loop.closeAll();
        assertArrayEquals(new byte[2], Files.readAllBytes(path));
    }

    @Test
    void aQueuedOperationIsCancelledByCloseAndNeverRuns() throws IOException {
        AsyncFile file = openFile();
        List<Runnable> queued = new ArrayList<>();
        executor = queued::add;
        file.write(one(), 0, written);
        file.close();
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("ECANCELED"), lines);
        assertFalse(file.isClosed());
        executor = Runnable::run;
        queued.forEach(Runnable::run);
        loop.run();
        assertTrue(file.isClosed());
        assertEquals(0, Files.size(path));
        loop.close();
    }

    /** As when the executor's owner gives up: every thread of it is interrupted, all the time. */
    @Test
    void interruptsThatComeDuringOperationsNeitherEndThemNorCloseFiles() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        Set<Thread> victims = ConcurrentHashMap.newKeySet();
        executor =
                task ->
                        threads.execute(
                                () -> {
                                    victims.add(Thread.currentThread());
                                    task.run();
                                });
        AtomicBoolean done = new AtomicBoolean();
        Thread tormentor =
                new Thread(
                        () -> {
                            while (!done.get()) {
                                victims.forEach(Thread::interrupt);
                            }
                        });
        tormentor.start();
        try {
            AsyncFile file = openFile();
            AsyncFile log = opened(path.resolveSibling("log"), APPEND, CREATE);
            AsyncFile read = opened(path);
            int count = 200;
            for (int i = 0; i < count; i++) {
                file.write(one(), i, written);
                file.syncData((each, failure) -> lines.add(failure == null ? "synced" : "no"));
                log.append(one(), written);
                log.size().whenComplete((size, failure) -> lines.add("" + failure));
                read.read(one(), 0, (each, buffer, bytes) -> lines.add("read"));
            }
            loop.run();
            log.sync((each, failure) -> lines.add(failure == null ? "synced" : "no"));
            loop.run();
            assertEquals(2 * count, Collections.frequency(lines, "written"));
            assertEquals(count + 1, Collections.frequency(lines, "synced"));
            assertEquals(count, Collections.frequency(lines, "null"));
            assertEquals(count, Collections.frequency(lines, "read"));
            assertEquals(count, Files.size(path.resolveSibling("log")));
        } finally {
            done.set(true);
            tormentor.join();
            loop.closeAll();
            threads.shutdown();
        }
    }

    @Test
    void aReasonThatHasNoNameIsInTheMessage() {
        IOException cause = new FileSystemException("a", null, "Kein Anschluss");
        IoException failure = Failures.ofFile(FileErrors.codeOf(cause), "open", path, 0, cause);
        assertEquals("EIO", failure.errorName());
        assertTrue(String.valueOf(failure.getMessage()).endsWith(": Kein Anschluss"));
    }

    @Test
    void aFileWhoseCloseHangsHoldsUpNoOtherHandle() throws IOException {
        AsyncFile stuck = openFile();
        List<Runnable> hanging = new ArrayList<>();
        executor = hanging::add;
        stuck.onClosed(() -> lines.add("stuck"));
        stuck.close();
        Timer timer = Timer.open(loop);
        timer.onClosed(() -> lines.add("timer"));
        timer.close();
        executor = Runnable::run;
        AsyncFile other = openFile();
        other.onClosed(() -> lines.add("other"));
        other.close();
        loop.run(RunMode.NOWAIT);
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("timer", "other"), lines);
        assertTrue(loop.isAlive(), "a file is still closing");
        assertFalse(stuck.isClosed());
        hanging.forEach(Runnable::run);
        loop.run();
        assertEquals(List.of("timer", "other", "stuck"), lines);
        loop.close();
    }
}
