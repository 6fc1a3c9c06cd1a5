// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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
        List<AsyncFile> opened = new ArrayList<>();
        AsyncFile.open(loop, path, WRITE, CREATE).thenAccept(opened::add);
        loop.run();
        return opened.get(0);
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

    @Test
    void exceptionsOfFilesBecomeTheCodesThatTheyHide() {
        assertEquals(Code.NO_SUCH_FILE, FileErrors.codeOf(new NoSuchFileException("a")));
        assertEquals(Code.ACCESS_DENIED, FileErrors.codeOf(new AccessDeniedException("a")));
        assertEquals(Code.EXISTS, FileErrors.codeOf(new FileAlreadyExistsException("a")));
        assertEquals(Code.BAD_DESCRIPTOR, FileErrors.codeOf(new ClosedChannelException()));
        assertEquals(Code.NO_MEMORY, FileErrors.codeOf(new OutOfMemoryError()));
        assertEquals(Code.NOT_A_DIRECTORY, FileErrors.codeOf(because("Not a directory")));
        assertEquals(Code.READ_ONLY, FileErrors.codeOf(because("Read-only file system")));
        assertEquals(Code.TOO_MANY_FILES, FileErrors.codeOf(because("Too many open files")));
        assertEquals(Code.NO_SPACE, FileErrors.codeOf(new IOException("No space left on device")));
        assertEquals(Code.IS_DIRECTORY, FileErrors.codeOf(new IOException("Is a directory")));
        assertEquals(Code.IO_ERROR, FileErrors.codeOf(new IOException("Kein Platz")));
        assertEquals(Code.IO_ERROR, FileErrors.codeOf(new IOException()));
        assertEquals(Code.IO_ERROR, FileErrors.codeOf(new IllegalStateException("Is a directory")));
    }

    private static FileSystemException because(String reason) {
        return new FileSystemException("no space left on device", null, reason);
    }
}
