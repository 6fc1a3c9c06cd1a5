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
import io.millrace.file.DirectoryEntry;
import io.millrace.file.DirectoryWatch;
import io.millrace.file.DirectoryWatchOptions;
import io.millrace.file.FileSystem;
import io.millrace.file.FileSystemStatus;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Disks, names and files that are not as one would like them, made with the system's own means. */
public abstract class FileFaultContract extends FileFixture {
    private static final int DISK = 64 << 10;

    private FileSystem files() {
        return FileSystem.of(loop());
    }

    /** What came of a stage: its result, or the exception as it is. */
    private Object outcome(CompletionStage<?> stage) throws IOException {
        List<Object> outcomes = new ArrayList<>();
        stage.whenComplete((result, failure) -> outcomes.add(failure == null ? result : failure));
        until("an outcome", () -> !outcomes.isEmpty());
        return outcomes.get(0);
    }

    private IoException failure(CompletionStage<?> stage) throws IOException {
        return assertInstanceOf(IoException.class, outcome(stage));
    }

    private static void assertFailure(
            IoException failure, String error, String operation, Path of) {
        assertEquals(error, failure.errorName(), failure::toString);
        assertEquals(operation, failure.operation(), failure::toString);
        assertEquals(of, failure.path(), failure::toString);
    }

    private static void assumePosix() {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("unix"));
    }

    /** What a write has failed with. */
    private IoException unwritten(AsyncFile file, ByteBuffer bytes, boolean appends)
            throws IOException {
        List<IoException> failures = new ArrayList<>();
        if (appends) {
            file.append(bytes, (same, buffer, failure) -> failures.add(failure));
        } else {
            file.write(bytes, 0, (same, buffer, failure) -> failures.add(failure));
        }
        until("ended", () -> !failures.isEmpty());
        return assertInstanceOf(IoException.class, failures.get(0));
    }

    private static int exitOf(String... command) throws IOException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void close(AsyncFile... files) throws IOException {
        for (AsyncFile each : files) {
            each.close();
            until("closed", each::isClosed);
        }
    }

    /** On a disk of 64 KiB, where this user may make one. */
    @Test
    void aFullDiskSaysHowMuchItTookAndGoesOnWhenThereIsRoom() throws IOException {
        assumeTrue(isLinux(), "needs tmpfs");
        Path disk = Files.createDirectory(directory.resolve("disk"));
        String[] mount = {"mount", "-t", "tmpfs", "-o", "size=64k", "none", disk.toString()};
        assumeTrue(exitOf(mount) == 0, "this user may not mount");
        try {
            fill(disk);
        } finally {
            assertEquals(0, exitOf("umount", "-l", disk.toString()));
        }
    }

    private void fill(Path disk) throws IOException {
        assertEquals(DISK, ((FileSystemStatus) outcome(files().status(disk))).totalBytes());
        byte[] tooMuch = bytes(4 * DISK);
        Path full = disk.resolve("full");
        AsyncFile file = open(full, READ, WRITE, CREATE);
        IoException failure = unwritten(file, direct(tooMuch), false);
        assertFailure(failure, "ENOSPC", "write", full);
        int taken = Math.toIntExact(failure.bytesTransferred());
        assertTrue(taken > 0 && taken <= DISK, failure::toString);
        assertArrayEquals(Arrays.copyOf(tooMuch, taken), Files.readAllBytes(full));
        Path other = disk.resolve("other");
        AsyncFile log = open(other, APPEND, CREATE);
        failure = unwritten(log, ByteBuffer.wrap(bytes(5000)), true);
        assertFailure(failure, "ENOSPC", "append", other);
        assertEquals(Files.size(other), failure.bytesTransferred());
        AsyncFile target = open(other, WRITE);
        failure = failure(file.copyTo(target, 0, 8192, 8192));
        assertFailure(failure, "ENOSPC", "copyTo", full);
        assertEquals(0, failure.bytesTransferred());
        failure = failure(target.allocate(0, 2L * DISK));
        assertTrue(List.of("ENOSPC", "EOPNOTSUPP").contains(failure.errorName()));
        Path whole = disk.resolve("whole");
        assertFailure(
                failure(files().writeAll(whole, ByteBuffer.wrap(bytes(9000)))),
                "ENOSPC",
                "write",
                whole);
        assertEquals(file, outcome(file.truncate(0)));
        file.write(direct(bytes(DISK / 4)), 0, written("written"));
        log.append(direct(bytes(100)), written("appended"));
        untilLines(2);
        assertEquals(0, journal.lines().stream().filter(each -> each.contains(" ")).count());
        assertEquals(DISK / 4, Files.size(full));
        close(file, log, target);
    }

    /** The system's own way to a file that cannot be read: memory that is not there. */
    @Test
    void whatCannotBeReadIsToldByEveryWayToRead() throws IOException {
        Path memory = Path.of("/proc/self/mem");
        assumeTrue(Files.isReadable(memory), "needs /proc");
        AsyncFile file = open(memory);
        AsyncFile target = open(path, WRITE, CREATE);
        file.read(room(10), 0, read("read"));
        file.readFully(room(10), 0, read("readFully"));
        file.read(new ByteBuffer[] {room(10), room(10)}, 0, read("several"));
        file.read(room(10), read("in line"));
        untilLines(4);
        for (String each : List.of("read", "readFully", "several", "in line")) {
            assertEquals(1, journal.count(each + " EIO"), journal.lines()::toString);
        }
        assertFailure(failure(file.copyTo(target, 0, 0, 10)), "EIO", "copyTo", memory);
        assertFailure(failure(files().readAll(memory, 10)), "EIO", "read", memory);
        assertEquals(0, Files.size(path));
        close(file, target);
    }

    @Test
    void aPositionThatNoFileReachesIsAFailure() throws IOException {
        AsyncFile file = open(path, READ, WRITE, CREATE);
        // Some file systems have files as long as that: no buffer fits.
        long last = Long.MAX_VALUE - 20;
        List<IoException> failures = new ArrayList<>();
        file.write(direct(bytes(100)), last, (same, buffer, failure) -> failures.add(failure));
        ByteBuffer[] both = {direct(bytes(50)), direct(bytes(50))};
        file.write(both, last, (same, buffer, failure) -> failures.add(failure));
        until("ended", () -> failures.size() == 2);
        for (IoException each : failures) {
            assertTrue(
                    List.of("EFBIG", "EINVAL", "EOVERFLOW").contains(each.errorName()),
                    each::toString);
            assertEquals(0, each.bytesTransferred());
        }
        assertEquals(0, Files.size(path));
        close(file);
    }

    private void setLength(Path of, long bytes) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(of.toFile(), "rw")) {
            file.setLength(bytes);
        }
    }

    /** Whenever it is cut, what is told is what there is. */
    @Test
    void aFileThatIsCutShortWhileItIsCopiedIsCopiedAsFarAsItIsTold() throws IOException {
        int piece = 16 << 20;
        setLength(path, piece + 10_000);
        Path copy = directory.resolve("copy");
        AsyncFile source = open(path);
        AsyncFile target = open(copy, WRITE, CREATE);
        CompletionStage<Long> copying = source.copyTo(target, piece - 5000, 0, 15_000);
        setLength(path, piece);
        long copied = (Long) outcome(copying);
        assertTrue(copied >= 5000 && copied <= 15_000, () -> copied + " bytes");
        assertEquals(copied, Files.size(copy));
        assertEquals(0, source.inFlight() + target.inFlight());
        close(source, target);
    }

    @Test
    void anOpenFileThatIsCutShortWhileItIsSentFailsTheWrite() throws IOException {
        assumeReal("a file that shrinks");
        StreamPair pair = connect();
        long length = 64L << 20;
        setLength(path, length);
        List<AsyncFile> opened = new ArrayList<>();
        AsyncFile.open(clientLoop(), path).thenAccept(opened::add);
        until("opened", () -> !opened.isEmpty());
        AsyncFile file = opened.get(0);
        List<IoException> failures = new ArrayList<>();
        pair.client().sendFile(file, 0, length, (stream, failure) -> failures.add(failure));
        setLength(path, 1000);
        pair.server().read(new Journal().reader("server"));
        until("failed", () -> !failures.isEmpty());
        assertFailure(failures.get(0), "EIO", "sendFile", path);
        assertTrue(failures.get(0).bytesTransferred() < length);
        assertEquals(0, file.inFlight());
        close(file);
    }

    /** Neither has the system a size for it, nor can every system send it without reading it. */
    @Test
    void anOpenFileWithoutASizeIsSentAsFarAsAskedFor() throws IOException {
        Path status = Path.of("/proc/self/status");
        assumeTrue(Files.exists(status), "needs /proc");
        StreamPair pair = connect();
        Journal server = new Journal();
        pair.server().read(server.reader("server"));
        List<AsyncFile> opened = new ArrayList<>();
        AsyncFile.open(clientLoop(), status).thenAccept(opened::add);
        until("opened", () -> !opened.isEmpty());
        pair.client().sendFile(opened.get(0), 0, 5, journal.written("sent"));
        pair.client().sendFile(opened.get(0), 0, 1 << 20, journal.written("too much"));
        untilLines(2);
        journal.assertIs("sent", "too much EIO");
        until("arrived", () -> server.receivedCount() >= 5);
        assertEquals("Name:", new String(server.received(), 0, 5, StandardCharsets.UTF_8));
        close(opened.get(0));
    }

    /** Everything that takes a path, by the name that its failure has. */
    private Map<String, Function<Path, CompletionStage<?>>> everything() {
        FileSystem files = files();
        Map<String, Function<Path, CompletionStage<?>>> all = new LinkedHashMap<>();
        all.put("attributes", files::attributes);
        all.put("linkAttributes", files::linkAttributes);
        all.put("checkAccess", files::checkAccess);
        all.put("createDirectory", files::createDirectory);
        all.put("createDirectory of all", files::createDirectories);
        all.put("createDirectory of a temporary", of -> files.createTemporaryDirectory(of, "x"));
        all.put("removeDirectory", files::removeDirectory);
        all.put("remove", files::remove);
        all.put("rename", of -> files.rename(of, path));
        all.put("renameUnlessThere", of -> files.renameUnlessThere(of, directory.resolve("new")));
        all.put("link", of -> files.link(of, directory.resolve("new")));
        all.put("symbolicLink", of -> files.symbolicLink(of, path));
        all.put("readLink", files::readLink);
        all.put("realPath", files::realPath);
        all.put("setPermissions", of -> files.setPermissions(of, 0600));
        all.put("setOwner", of -> files.setOwner(of, -1, -1));
        all.put("setTimes", of -> files.setTimes(of, Instant.EPOCH, Instant.EPOCH));
        all.put("setTimes of none", of -> files.setTimes(of, null, null));
        all.put("status", files::status);
        all.put("open directory", of -> files.list(of, batch -> true));
        all.put("open", of -> AsyncFile.open(loop(), of));
        all.put("open to write", of -> AsyncFile.open(loop(), of, WRITE, CREATE));
        all.put("open to read all", of -> files.readAll(of, 1));
        all.put("open to write all", of -> files.writeAll(of, room(1)));
        all.put("open a temporary", of -> AsyncFile.openTemporary(loop(), of));
        return all;
    }

    private void assertAllFail(String error, Path of) throws IOException {
        for (var each : everything().entrySet()) {
            String name = each.getKey();
            Object outcome = outcome(each.getValue().apply(of));
            IoException failure = assertInstanceOf(IoException.class, outcome, name);
            assertEquals(error, failure.errorName(), () -> name + ": " + failure);
            assertTrue(name.startsWith(failure.operation()), () -> name + ": " + failure);
            Path told = failure.path();
            assertTrue(told != null && told.startsWith(of), () -> name + ": " + failure);
        }
        assertFalse(Files.exists(directory.resolve("new")));
    }

    private void assertUnwatchable(String error, Path of) throws IOException {
        assertFailure(
                failure(
                        DirectoryWatch.open(
                                loop(), of, DirectoryWatchOptions.DEFAULT, (watch, change) -> {})),
                error,
                "watch",
                of);
    }

    @Test
    void whateverIsDoneByAPathSaysThatItsLinksGoInCircles() throws IOException {
        assumePosix();
        Path one = directory.resolve("one");
        Path two = Files.createSymbolicLink(directory.resolve("two"), one);
        Files.createSymbolicLink(one, two);
        Path below = one.resolve("below");
        assertAllFail("ELOOP", below);
        Files.write(path, bytes(1));
        assertEquals("ELOOP", failure(files().rename(path, below)).errorName());
        assertEquals("ELOOP", failure(files().link(path, below)).errorName());
        if (!isSimulated()) {
            assertUnwatchable("ELOOP", below);
            assertUnwatchable("ELOOP", one);
        }
    }

    @Test
    void whateverIsDoneByAPathSaysThatANameIsTooLong() throws IOException {
        assumePosix();
        Path tooLong = directory.resolve("x".repeat(256));
        assertAllFail("ENAMETOOLONG", tooLong);
        Path deep = directory;
        while (deep.toString().length() < 4096) {
            deep = deep.resolve("y".repeat(200));
        }
        assertFailure(failure(AsyncFile.open(loop(), deep)), "ENAMETOOLONG", "open", deep);
        assertFailure(
                failure(files().createDirectory(deep)), "ENAMETOOLONG", "createDirectory", deep);
        Files.write(path, bytes(1));
        assertEquals("ENAMETOOLONG", failure(files().rename(path, tooLong)).errorName());
        assertEquals("ENAMETOOLONG", failure(files().link(path, tooLong)).errorName());
        if (!isSimulated()) {
            assertUnwatchable("ENAMETOOLONG", tooLong);
        }
    }

    @Test
    void whateverIsDoneByAPathSaysThatThereIsAFileOnItsWay() throws IOException {
        Path file = Files.write(directory.resolve("text"), bytes(1));
        assertAllFail("ENOTDIR", file.resolve("below"));
        assertAllFail("ENOTDIR", file.resolve("far/below"));
        if (!isSimulated()) {
            assertUnwatchable("ENOTDIR", file.resolve("below"));
        }
    }

    /** A newline, bytes that are no text, and as many of both as a name may have. */
    @Test
    void namesThatAreNoTextOrAsLongAsCanBeGoThroughEverything() throws IOException {
        assumePosix();
        StreamPair pair = connect();
        Journal server = new Journal();
        pair.server().read(server.reader("server"));
        byte[] all = bytes(300);
        List<String> names =
                List.of("%0A", "a%0Ab%09%5C", "%FF%FE", "%FF".repeat(255), "%0A".repeat(255));
        for (String name : names) {
            Path each = Path.of(URI.create(directory.toUri() + name));
            AsyncFile file = open(each, READ, WRITE, CREATE);
            file.write(direct(all), 0, written(name));
            until("written", () -> journal.has(name));
            AsyncFile copy = open(directory.resolve("copy"), WRITE, CREATE);
            assertEquals(300L, outcome(file.copyTo(copy, 0, 0, 300)), name);
            int before = server.receivedCount();
            pair.client().sendFile(each, 0, -1, journal.written(name + " sent"));
            until("sent", () -> journal.has(name + " sent"));
            until("arrived", () -> server.receivedCount() == before + 300);
            assertEquals(each, outcome(files().rename(directory.resolve("copy"), each)));
            List<Path> listed = new ArrayList<>();
            outcome(
                    files().list(
                                    directory,
                                    batch -> {
                                        batch.forEach(found -> listed.add(found.name()));
                                        return true;
                                    }));
            assertEquals(List.of(each.getFileName()), listed);
            assertArrayEquals(all, (byte[]) outcome(files().readAll(each, 300)));
            assertEquals(each, outcome(files().remove(each)));
            close(file, copy);
        }
    }

    @Test
    void nobodyWaitsForTheOtherEndOfAFifoOrReadsADevice() throws IOException {
        assumePosix();
        for (Path each : List.of(fifo(directory.resolve("fifo")), Path.of("/dev/zero"))) {
            assertFailure(
                    failure(files().list(each, batch -> true)), "ENOTDIR", "open directory", each);
            assertFailure(
                    failure(files().walk(each, (found, type) -> true)),
                    "ENOTDIR",
                    "open directory",
                    each);
            assertFailure(failure(files().readAll(each, 1)), "EINVAL", "open", each);
            assertFailure(failure(files().writeAll(each, room(1))), "EINVAL", "open", each);
            assertFailure(failure(AsyncFile.open(loop(), each)), "EINVAL", "open", each);
            if (!isSimulated()) {
                assertUnwatchable("ENOTDIR", each);
            }
        }
    }

    /** Larger than what the system gives of it at once: 64 KiB. */
    @Test
    void aLargeDirectoryThatIsRemovedWhileItIsReadEndsTheReadingOnce() throws IOException {
        Path made = Files.createDirectory(directory.resolve("made"));
        int count = 260;
        List<Path> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(Files.createFile(made.resolve("x".repeat(240) + i)));
        }
        all.add(made);
        List<DirectoryEntry> told = new ArrayList<>();
        List<Object> ends = new ArrayList<>();
        files().list(
                        made,
                        batch -> {
                            if (told.isEmpty()) {
                                all.forEach(FileFaultContract::delete);
                            }
                            told.addAll(batch);
                            return true;
                        })
                .whenComplete((read, failure) -> ends.add(failure == null ? read : failure));
        untilDone();
        assertEquals(1, ends.size());
        if (ends.get(0) instanceof IoException failure) {
            assertFailure(failure, "ENOENT", "read directory", made);
        } else {
            assertEquals((long) told.size(), ends.get(0));
        }
        assertEquals(
                told.size(), told.stream().map(DirectoryEntry::name).distinct().count(), "twice");
        assertFalse(Files.exists(made));
    }

    private static void delete(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aLoopIsNotClosedOverOperationsInFlightAndEachEndsOnce() throws IOException {
        Files.write(path, bytes(100));
        AsyncFile file = open(path, READ, WRITE);
        AsyncFile target = open(directory.resolve("copy"), WRITE, CREATE);
        for (int i = 0; i < 10; i++) {
            file.readFully(room(10), i, read("read"));
            file.write(direct(bytes(10)), 100, written("write"));
        }
        file.sync((same, failure) -> journal.add("sync" + Journal.symbol(failure)));
        file.copyTo(target, 0, 0, 50).whenComplete(journal.outcome("copy"));
        files().readAll(path, 1000).whenComplete(journal.outcome("all"));
        files().list(directory, batch -> true).whenComplete(journal.outcome("list"));
        assertThrows(IllegalStateException.class, () -> loop().close());
        untilLines(24);
        file.close();
        target.close();
        assertThrows(IllegalStateException.class, () -> loop().close());
        untilDone();
        assertEquals(24, journal.lines().size());
        assertEquals(10, journal.count("read 10"));
        assertEquals(10, journal.count("write"));
        for (String each : List.of("sync", "copy", "all", "list")) {
            assertEquals(1, journal.count(each), journal.lines()::toString);
        }
    }
}
