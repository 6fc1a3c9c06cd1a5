// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.RunMode;
import io.millrace.file.AsyncFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** The life of a file's handle: what keeps the loop running, what a close ends, and how. */
public abstract class FileCloseContract extends FileFixture {
    private static final int BLOCK = 4096;

    private AsyncFile openAll() throws IOException {
        Files.write(path, bytes(100 * BLOCK));
        return open(path, READ, WRITE);
    }

    @Test
    void everyOperationInFlightEndsOnceAndThenTheFileIsClosed() throws IOException {
        AsyncFile file = openAll();
        for (int i = 0; i < 100; i++) {
            file.readFully(room(BLOCK), (long) i * BLOCK, read("read"));
            file.write(direct(bytes(BLOCK)), (long) i * BLOCK, written("write"));
        }
        file.write(room(0), 0, written("empty"));
        file.sync((each, failure) -> journal.add("sync"));
        file.size().whenComplete((size, failure) -> journal.add("size"));
        file.onClosed(journal.line("closed"));
        file.close();
        file.close();
        journal.assertIs();
        untilDone();
        List<String> lines = journal.lines();
        assertEquals(100, lines.stream().filter(each -> each.startsWith("read")).count());
        assertEquals(100, journal.count("read ECANCELED"), "after a close nothing is read");
        assertEquals(100, lines.stream().filter(each -> each.startsWith("write")).count());
        assertEquals(1, journal.count("empty"));
        assertEquals(1, journal.count("sync"));
        assertEquals(1, journal.count("size"));
        assertEquals("closed", lines.get(lines.size() - 1));
        assertEquals(204, lines.size());
    }

    @Test
    void aCloseAfterATurnEndsEverythingOnceAsWell() throws IOException {
        AsyncFile file = openAll();
        for (int i = 0; i < 100; i++) {
            file.readFully(room(BLOCK), (long) i * BLOCK, read("read"));
        }
        loop().run(RunMode.NOWAIT);
        file.onClosed(journal.line("closed"));
        file.close();
        untilDone();
        assertEquals(101, journal.lines().size());
        assertEquals("closed", journal.lines().get(100));
    }

    @Test
    void appendsThatWaitAreCancelledInOrder() throws IOException {
        AsyncFile file = open(path, APPEND, CREATE);
        file.append(direct(bytes(10)), (each, buffer, failure) -> journal.add("first"));
        file.append(direct(bytes(10)), written("second"));
        file.append(room(0), written("third"));
        file.onClosed(journal.line("closed"));
        file.close();
        untilDone();
        journal.assertIs("first", "second ECANCELED", "third ECANCELED", "closed");
        assertTrue(Files.size(path) <= 10);
    }

    @Test
    void aFileIsCancelledWhileItIsOpened() throws IOException {
        Files.write(path, bytes(10));
        AsyncFile.open(loop(), path).whenComplete(journal.outcome("open"));
        loop().walk(
                        handle -> {
                            handle.onClosed(journal.line("closed"));
                            handle.close();
                        });
        journal.assertIs();
        untilDone();
        journal.assertIs("open ECANCELED", "closed");
        assertNotOpen();
    }

    @Test
    void theFileIsClosedWhenTheCloseCallbackRuns() throws IOException {
        AsyncFile file = openAll();
        file.readFully(room(BLOCK), 0, read("read"));
        file.onClosed(
                () -> {
                    journal.add("closed");
                    assertNotOpen();
                });
        file.close();
        untilDone();
        journal.assertIs("read ECANCELED", "closed");
    }

    /** Where the system shows which files the process has open. */
    private void assertNotOpen() {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return;
        }
        try (Stream<Path> all = Files.list(descriptors)) {
            assertFalse(all.anyMatch(this::isOurs), "still open");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private boolean isOurs(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).equals(path.toRealPath());
        } catch (IOException e) {
            // It was the descriptor of the listing itself, or some other thread's.
            return false;
        }
    }

    @Test
    void aFileMayBeClosedInItsCallbacks() throws IOException {
        AsyncFile file = openAll();
        file.readFully(
                room(BLOCK),
                0,
                (each, buffer, count) -> {
                    journal.add("read");
                    each.close();
                    each.onClosed(journal.line("closed"));
                });
        untilDone();
        journal.assertIs("read", "closed");
    }

    @Test
    void aFileMayBeClosedAsSoonAsItIsOpen() throws IOException {
        Files.write(path, bytes(10));
        AsyncFile.open(loop(), path).thenAccept(AsyncFile::close);
        untilDone();
        assertNotOpen();
    }

    @Test
    void operationsKeepTheLoopRunningAlthoughTheFileIsUnreferenced() throws IOException {
        AsyncFile file = openAll();
        file.unref();
        assertFalse(file.isActive());
        file.readFully(room(BLOCK), 0, read("read"));
        assertTrue(file.isActive());
        assertTrue(loop().isAlive());
        untilDone();
        journal.assertIs("read " + BLOCK);
        assertFalse(file.isActive());
    }

    @Test
    void anIdleFileDoesNotKeepTheLoopRunning() throws IOException {
        AsyncFile file = openAll();
        assertTrue(file.hasRef());
        assertFalse(loop().isAlive());
        assertFalse(loop().run(RunMode.DEFAULT));
        assertFalse(file.isClosing());
    }

    @Test
    void aCallbackThatThrowsClosesItsFileAndNoOther() throws IOException {
        AsyncFile file = openAll();
        AsyncFile other = open(path);
        RuntimeException thrown = new IllegalStateException("thrown on purpose");
        rig().allowUncaught();
        file.onClosed(journal.line("closed"));
        file.readFully(
                room(BLOCK),
                0,
                (each, buffer, count) -> {
                    throw thrown;
                });
        other.readFully(room(BLOCK), 0, read("other"));
        until("closed", file::isClosed);
        untilLines(2);
        assertTrue(journal.has("closed") && journal.has("other " + BLOCK));
        assertEquals(List.of(thrown), rig().takeUncaught());
        assertFalse(other.isClosing());
    }

    @Test
    void unlessHandledAFailedReadClosesTheFile() throws IOException {
        AsyncFile file = openAll();
        long tooFar = Long.MAX_VALUE - 2;
        file.read(room(10), tooFar, (each, buffer, count) -> journal.add("read " + count));
        untilDone();
        journal.assertIs();
        assertTrue(file.isClosed());
    }

    @Test
    void aFailureSaysWhichOperationAndWhichFile() throws IOException {
        AsyncFile file = openAll();
        List<Throwable> failures = new ArrayList<>();
        file.write(
                direct(bytes(10)),
                Long.MAX_VALUE - 2,
                (each, buffer, failure) -> failures.add(failure));
        untilDone();
        IoException failure = assertInstanceOf(IoException.class, failures.get(0));
        assertEquals("write", failure.operation());
        assertEquals(path, failure.path());
        assertEquals(0, failure.bytesTransferred());
        assertTrue(List.of("EFBIG", "EINVAL").contains(failure.errorName()), failure::toString);
        assertFalse(file.isClosing());
    }

    @Test
    void aClosedFileRefusesEverythingButQuestions() throws IOException {
        AsyncFile file = openAll();
        file.attach("mine");
        file.close();
        assertRefused("closed", () -> file.read(room(1), 0, read("never")));
        untilDone();
        assertRefused("closed", () -> file.readFully(room(1), 0, read("never")));
        assertRefused("closed", () -> file.write(room(1), 0, written("never")));
        assertRefused("closed", () -> file.append(room(1), written("never")));
        assertRefused("closed", () -> file.sync((each, failure) -> {}));
        assertRefused("closed", () -> file.syncData((each, failure) -> {}));
        assertRefused("closed", file::size);
        assertTrue(file.isClosed());
        assertEquals(0, file.inFlight());
        assertEquals(path, file.path());
        assertEquals("mine", file.attachment());
        journal.assertIs();
    }

    @Test
    void anotherThreadIsRefusedAndToldTheWay() throws IOException {
        AsyncFile file = openAll();
        Map<String, Executable> calls = new LinkedHashMap<>();
        calls.put("read", () -> file.read(room(1), 0, read("never")));
        calls.put("readFully", () -> file.readFully(room(1), 0, read("never")));
        calls.put("write", () -> file.write(room(1), 0, written("never")));
        calls.put("append", () -> file.append(room(1), written("never")));
        calls.put("sync", () -> file.sync((each, failure) -> {}));
        calls.put("syncData", () -> file.syncData((each, failure) -> {}));
        calls.put("size", file::size);
        calls.put("inFlight", file::inFlight);
        calls.put("close", file::close);
        calls.put("attributes", () -> AsyncFile.attributes(loop(), path));
        calls.put("open a handle", () -> AsyncFile.open(loop(), path));
        calls.forEach(
                (method, call) -> {
                    Throwable refusal =
                            CompletableFuture.supplyAsync(
                                            () -> assertThrows(IllegalStateException.class, call))
                                    .join();
                    String message = String.valueOf(refusal.getMessage());
                    assertTrue(message.startsWith(method + " was called on thread"), message);
                    assertTrue(message.contains("loop.execute"), message);
                });
        assertFalse(file.isClosing());
    }
}
