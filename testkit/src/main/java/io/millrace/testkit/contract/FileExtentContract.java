// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileAdvice;
import io.millrace.file.FileAttributes;
import io.millrace.file.FileOption;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a file's size, room, attributes and name are about, and copies between files. */
public abstract class FileExtentContract extends FileFixture {
    /** What came of a stage: its result, or the exception as it is. */
    private <T> Object outcome(CompletionStage<T> stage) throws IOException {
        List<Object> outcomes = new ArrayList<>();
        stage.whenComplete((result, failure) -> outcomes.add(failure == null ? result : failure));
        assertEquals(List.of(), outcomes, "not on the caller's stack");
        until("an outcome", () -> !outcomes.isEmpty());
        return outcomes.get(0);
    }

    private static String symbolOf(Object outcome) {
        return outcome instanceof IoException failure ? failure.errorName() : "success";
    }

    private FileAttributes attributes(AsyncFile file) throws IOException {
        return assertInstanceOf(FileAttributes.class, outcome(file.attributes()));
    }

    @Test
    void truncatingCutsOffAndMakesLonger() throws IOException {
        Files.write(path, bytes(100));
        AsyncFile file = open(path, READ, WRITE);
        assertEquals(file, outcome(file.truncate(40)));
        assertArrayEquals(bytes(40), Files.readAllBytes(path));
        assertEquals(file, outcome(file.truncate(1000)));
        assertArrayEquals(Arrays.copyOf(bytes(40), 1000), Files.readAllBytes(path));
        assertEquals(file, outcome(file.truncate(0)));
        assertEquals(0, Files.size(path));
        AsyncFile log = open(path, APPEND);
        log.append(direct(bytes(10)), written("append"));
        untilLines(1);
        outcome(log.truncate(4));
        outcome(log.truncate(6));
        log.append(direct(bytes(1)), written("append"));
        untilLines(2);
        assertArrayEquals(Arrays.copyOf(bytes(4), 6), Arrays.copyOf(Files.readAllBytes(path), 6));
        assertEquals(7, Files.size(path));
    }

    @Test
    void whatChangesAFileNeedsItOpenForThat() throws IOException {
        Files.write(path, bytes(100));
        AsyncFile reading = open(path);
        AsyncFile writing = open(path, WRITE);
        assertRefused("open it with WRITE", () -> reading.truncate(1));
        assertRefused("open it with WRITE", () -> reading.allocate(0, 1));
        assertRefused("open it with READ", () -> writing.copyTo(reading, 0, 0, 1));
        assertRefused("open it with READ", () -> writing.copyTo(writing, 0, 50, 1));
        assertRefused("open it with WRITE", () -> reading.copyTo(reading, 0, 50, 1));
        assertThrows(IllegalArgumentException.class, () -> writing.truncate(-1));
        assertThrows(IllegalArgumentException.class, () -> writing.allocate(0, 0));
        assertThrows(IllegalArgumentException.class, () -> writing.allocate(-1, 1));
        assertThrows(
                IllegalArgumentException.class, () -> writing.advise(0, -1, FileAdvice.NORMAL));
        assertThrows(IllegalArgumentException.class, () -> reading.copyTo(writing, 0, 0, -1));
        AsyncFile both = open(path, READ, WRITE);
        assertThrows(IllegalArgumentException.class, () -> both.copyTo(both, 0, 10, 11));
        assertEquals(0, reading.inFlight() + writing.inFlight() + both.inFlight());
    }

    @Test
    void roomIsReservedWhereTheSystemCan() throws IOException {
        AsyncFile file = open(path, READ, WRITE, CREATE);
        Object outcome = outcome(file.allocate(100, 10_000));
        if (outcome instanceof IoException failure) {
            assertEquals("EOPNOTSUPP", failure.errorName());
            assertEquals("allocate", failure.operation());
            assertEquals(path, failure.path());
            assertFalse(haveDescriptors() && isLinux(), "Linux's own files can");
        } else {
            assertEquals(10_100, Files.size(path));
            assertTrue(attributes(file).allocatedBytes() >= 10_000);
        }
    }

    @Test
    void adviceChangesNothing() throws IOException {
        Files.write(path, bytes(100));
        AsyncFile file = open(path);
        for (FileAdvice advice : FileAdvice.values()) {
            assertEquals(file, outcome(file.advise(0, 0, advice)));
            assertEquals(file, outcome(file.advise(10, 5L << 32, advice)));
        }
        file.readFully(room(100), 0, read("read"));
        untilLines(1);
        assertArrayEquals(bytes(100), journal.received());
    }

    @Test
    void theAttributesAreThoseOfTheOpenFile() throws IOException {
        Files.write(path, bytes(100));
        AsyncFile file = open(path, READ, WRITE);
        FileAttributes found = attributes(file);
        assertTrue(found.isRegularFile());
        assertEquals(100, found.size());
        assertEquals(Files.getLastModifiedTime(path).toInstant(), found.lastModified());
        if (isLinux()) {
            assertEquals(Files.getAttribute(path, "unix:ino"), found.inode());
            assertEquals(Files.getAttribute(path, "unix:dev"), found.device());
            assertEquals(Files.getAttribute(path, "unix:uid"), found.user());
            assertEquals(Files.getAttribute(path, "unix:gid"), found.group());
            assertEquals(Files.getAttribute(path, "unix:mode"), found.mode());
            assertEquals(1, found.links());
        }
        FileAttributes byPath = (FileAttributes) outcome(AsyncFile.attributes(loop(), path));
        assertEquals(found.inode(), byPath.inode());
        assertEquals(found.device(), byPath.device());
        assertEquals(found.mode(), byPath.mode());
    }

    @Test
    void theAttributesFollowAFileThatIsRenamedOrSaySo() throws IOException {
        Files.write(path, bytes(100));
        AsyncFile file = open(path);
        Files.move(path, directory.resolve("elsewhere"));
        Files.write(path, bytes(7));
        Object outcome = outcome(file.attributes());
        if (haveDescriptors() && isLinux()) {
            assertEquals(100, ((FileAttributes) outcome).size());
        } else {
            IoException failure = assertInstanceOf(IoException.class, outcome);
            assertEquals("EOPNOTSUPP", failure.errorName());
            assertTrue(String.valueOf(failure.getMessage()).contains("size()"));
        }
        assertEquals(100L, outcome(file.size()));
    }

    @Test
    void aCopyBringsWhatThereIs() throws IOException {
        byte[] all = bytes(1_000_003);
        Files.write(path, all);
        Path other = directory.resolve("copy");
        AsyncFile source = open(path);
        AsyncFile target = open(other, READ, WRITE, CREATE);
        assertEquals(1_000_003L, outcome(source.copyTo(target, 0, 0, 1_000_003)));
        assertArrayEquals(all, Files.readAllBytes(other));
        assertEquals(3L, outcome(source.copyTo(target, 1_000_000, 10, 50)), "it ends before");
        System.arraycopy(all, 1_000_000, all, 10, 3);
        assertArrayEquals(all, Files.readAllBytes(other));
        assertEquals(0L, outcome(source.copyTo(target, 2_000_000, 0, 50)));
        assertEquals(0L, outcome(source.copyTo(target, 0, 0, 0)));
        assertEquals(10L, outcome(target.copyTo(target, 0, 500, 10)), "within one file");
        assertEquals(0, source.inFlight() + target.inFlight());
    }

    /** Also where the copy goes by pieces of which none overlaps. */
    @Test
    void aCopyWithinAFileThatWasOpenedTwiceDoesNotOverlap() throws IOException {
        byte[] all = bytes(100);
        Files.write(path, all);
        AsyncFile source = open(path);
        AsyncFile target = open(path, READ, WRITE);
        Path link = Files.createLink(directory.resolve("link"), path);
        AsyncFile linked = open(link, WRITE);
        long mebibyte = 1 << 20;
        assertOverlaps(source.copyTo(target, 0, 50, 51));
        assertOverlaps(source.copyTo(linked, 50, 0, 100));
        assertArrayEquals(all, Files.readAllBytes(path));
        outcome(target.truncate(40 * mebibyte));
        assertOverlaps(source.copyTo(target, 0, 17 * mebibyte, 20 * mebibyte));
        assertOverlaps(target.copyTo(linked, 17 * mebibyte, 0, 20 * mebibyte));
        assertEquals(100L, outcome(source.copyTo(target, 0, 39 * mebibyte, 100)));
        assertArrayEquals(all, Arrays.copyOf(Files.readAllBytes(path), 100));
        assertEquals(0, source.inFlight() + target.inFlight() + linked.inFlight());
    }

    private void assertOverlaps(CompletionStage<Long> copy) throws IOException {
        IoException failure = assertInstanceOf(IoException.class, outcome(copy));
        assertEquals("EINVAL", failure.errorName());
        assertEquals("copyTo", failure.operation());
        assertEquals(path, failure.path());
        assertEquals(0, failure.bytesTransferred());
        assertTrue(String.valueOf(failure.getMessage()).contains("overlap"), failure::toString);
    }

    @Test
    void aCopyOfAFileWithoutASizeBringsItsContent() throws IOException {
        assumeReal("/proc");
        Path status = Path.of("/proc/self/status");
        assumeTrue(Files.exists(status), "needs /proc");
        AsyncFile source = open(status);
        AsyncFile target = open(path, READ, WRITE, CREATE);
        Object copied = outcome(source.copyTo(target, 0, 0, 1 << 20));
        assertTrue((Long) copied > 0, copied::toString);
        assertTrue(Files.readString(path).startsWith("Name:"));
    }

    @Test
    void aCloseOfEitherFileEndsACopyOnceAndWaitsForIt() throws IOException {
        Files.write(path, bytes(100));
        for (boolean closesSource : new boolean[] {true, false}) {
            AsyncFile source = open(path);
            AsyncFile target = open(directory.resolve("copy"), WRITE, CREATE);
            String name = closesSource ? "source" : "target";
            source.copyTo(target, 0, 0, 100)
                    .whenComplete(
                            (count, failure) ->
                                    journal.add(name + " copy" + Journal.symbol(failure)));
            assertEquals(1, source.inFlight());
            assertEquals(1, target.inFlight());
            AsyncFile closed = closesSource ? source : target;
            closed.onClosed(journal.line(name + " closed"));
            closed.close();
            until("closed", closed::isClosed);
            AsyncFile left = closesSource ? target : source;
            assertEquals(0, left.inFlight());
            left.close();
        }
        untilDone();
        journal.assertIs(
                "source copy ECANCELED", "source closed", "target copy ECANCELED", "target closed");
    }

    @Test
    void aCopyThatFailsSaysHowMuchThereIs() throws IOException {
        Files.write(path, bytes(100));
        AsyncFile source = open(path);
        AsyncFile target = open(directory.resolve("copy"), WRITE, CREATE);
        IoException failure =
                assertInstanceOf(
                        IoException.class,
                        outcome(source.copyTo(target, 0, Long.MAX_VALUE - 50, 100)));
        assertEquals("copyTo", failure.operation());
        assertEquals(path, failure.path());
        assertTrue(List.of("EFBIG", "EINVAL", "EOVERFLOW").contains(failure.errorName()));
        assertEquals(0, failure.bytesTransferred());
    }

    @Test
    void aTemporaryFileHasNoName() throws IOException {
        AsyncFile file = (AsyncFile) outcome(AsyncFile.openTemporary(loop(), directory));
        try (Stream<Path> names = Files.list(directory)) {
            assertEquals(List.of(), names.toList());
        }
        file.write(direct(bytes(100)), written("write"));
        file.readFully(room(100), 0, read("read"));
        untilLines(2);
        assertEquals(100L, outcome(file.size()));
        assertEquals(directory, file.path());
        if (haveDescriptors() && isLinux()) {
            assertEquals(0600, attributes(file).permissions());
            assertEquals(0, attributes(file).links());
        }
        file.close();
        until("closed", file::isClosed);
        assertEquals(
                "ENOENT",
                symbolOf(outcome(AsyncFile.openTemporary(loop(), directory.resolve("none")))));
    }

    @Test
    void directFilesTakeWhatIsAligned() throws IOException {
        Object opened =
                outcome(AsyncFile.open(loop(), path, READ, WRITE, CREATE, FileOption.DIRECT));
        if (opened instanceof IoException refusal) {
            assertTrue(List.of("EOPNOTSUPP", "EINVAL").contains(refusal.errorName()));
            assertEquals("open", refusal.operation());
            return;
        }
        AsyncFile file = (AsyncFile) opened;
        FileAttributes found = attributes(file);
        int unit = Math.max(4096, found.directOffsetAlignment());
        ByteBuffer aligned =
                room(3 * unit).alignedSlice(Math.max(4096, found.directMemoryAlignment()));
        aligned.limit(unit).put(bytes(unit)).flip();
        file.write(aligned, 0, written("write"));
        untilLines(1);
        file.readFully(aligned.clear().limit(unit), 0, read("read"));
        untilLines(2);
        journal.assertIs("write", "read " + unit);
        assertArrayEquals(bytes(unit), journal.received());
    }

    @Test
    void aClosedFileAnswersNoneOfIt() throws IOException {
        AsyncFile file = open(path, READ, WRITE, CREATE);
        AsyncFile other = open(directory.resolve("other"), READ, WRITE, CREATE);
        List<Object> ends = new ArrayList<>();
        Stream.<CompletionStage<?>>of(
                        file.truncate(10),
                        file.attributes(),
                        file.advise(0, 0, FileAdvice.NORMAL),
                        file.size())
                .forEach(stage -> stage.whenComplete((result, failure) -> ends.add(failure)));
        file.close();
        until("ends", () -> ends.size() == 4);
        ends.forEach(each -> assertEquals("ECANCELED", symbolOf(each)));
        assertRefused("closed", () -> file.truncate(1));
        assertRefused("closed", () -> file.allocate(0, 1));
        assertRefused("closed", file::attributes);
        assertRefused("closed", () -> file.advise(0, 0, FileAdvice.NORMAL));
        assertRefused("closed", () -> file.copyTo(other, 0, 0, 1));
        assertRefused("closed", () -> other.copyTo(file, 0, 0, 1));
        assertRefused("closed", () -> file.position(1));
    }
}
