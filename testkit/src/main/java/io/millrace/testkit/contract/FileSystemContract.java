// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
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
import io.millrace.file.FileAttributes;
import io.millrace.file.FileSystem;
import io.millrace.file.FileSystemStatus;
import io.millrace.file.FileType;
import io.millrace.file.WalkHandler;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.AccessMode;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What is done with files by their paths: what comes of it, and of what cannot be. */
public abstract class FileSystemContract extends FileFixture {
    private FileSystem files() {
        return FileSystem.of(loop());
    }

    /** What came of a stage: its result, or the exception as it is. */
    private <T> Object outcome(CompletionStage<T> stage) throws IOException {
        List<Object> outcomes = new ArrayList<>();
        stage.whenComplete((result, failure) -> outcomes.add(failure == null ? result : failure));
        assertEquals(List.of(), outcomes, "not on the caller's stack");
        assertTrue(loop().isAlive(), "the loop waits for it");
        until("an outcome", () -> !outcomes.isEmpty());
        return outcomes.get(0);
    }

    private <T> void assertFails(String error, String operation, Path of, CompletionStage<T> stage)
            throws IOException {
        IoException failure = assertInstanceOf(IoException.class, outcome(stage));
        assertEquals(error, failure.errorName(), failure::toString);
        assertEquals(operation, failure.operation());
        assertEquals(of, failure.path());
        assertTrue(String.valueOf(failure.getMessage()).contains(of.toString()));
    }

    private static void assumePosix() {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("unix"));
    }

    /** Whether paths go to Linux itself, and not by the JDK. */
    private boolean isNative() {
        return haveDescriptors() && isLinux();
    }

    @Test
    void attributesFollowLinksUnlessAskedOfTheLink() throws IOException {
        assumePosix();
        Files.write(path, bytes(10));
        Path link = Files.createSymbolicLink(directory.resolve("link"), path);
        FileAttributes followed = (FileAttributes) outcome(files().attributes(link));
        assertEquals(10, followed.size());
        assertEquals(FileType.REGULAR, followed.type());
        FileAttributes own = (FileAttributes) outcome(files().linkAttributes(link));
        assertEquals(FileType.SYMBOLIC_LINK, own.type());
        assertTrue(own.isSymbolicLink());
        assertFalse(own.isSameFile(followed));
        assertTrue(followed.isSameFile((FileAttributes) outcome(files().attributes(path))));
        Path dangling = Files.createSymbolicLink(directory.resolve("to"), Path.of("nowhere"));
        assertFails("ENOENT", "attributes", dangling, files().attributes(dangling));
        for (String name : List.of("below", "below/that")) {
            Path below = path.resolve(name);
            assertFails("ENOTDIR", "attributes", below, files().attributes(below));
        }
        assertInstanceOf(FileAttributes.class, outcome(files().linkAttributes(dangling)));
    }

    @Test
    void devicesAndFifosHaveAttributesAndNobodyWaitsForThem() throws IOException {
        assumePosix();
        Path fifo = fifo(directory.resolve("fifo"));
        assertEquals(FileType.FIFO, ((FileAttributes) outcome(files().attributes(fifo))).type());
        assertEquals(
                FileType.CHARACTER_DEVICE,
                ((FileAttributes) outcome(files().attributes(Path.of("/dev/null")))).type());
        assertFails("EINVAL", "open", fifo, files().readAll(fifo, 10));
        assertFails("EINVAL", "open", fifo, files().writeAll(fifo, direct(bytes(1))));
    }

    @Test
    void accessIsWhatThisProcessMayDo() throws IOException {
        Files.write(path, bytes(10));
        assertEquals(path, outcome(files().checkAccess(path)));
        assertEquals(path, outcome(files().checkAccess(path, AccessMode.READ, AccessMode.WRITE)));
        Path missing = directory.resolve("missing");
        assertFails("ENOENT", "checkAccess", missing, files().checkAccess(missing));
        assumePosix();
        assertFails("EACCES", "checkAccess", path, files().checkAccess(path, AccessMode.EXECUTE));
    }

    @Test
    void directoriesAreMadeAndRemoved() throws IOException {
        Path made = directory.resolve("made");
        assertEquals(made, outcome(files().createDirectory(made)));
        assertTrue(Files.isDirectory(made));
        assertFails("EEXIST", "createDirectory", made, files().createDirectory(made));
        Path deep = made.resolve("a").resolve("b");
        assertFails("ENOENT", "createDirectory", deep, files().createDirectory(deep));
        assertEquals(deep, outcome(files().createDirectories(deep)));
        assertEquals(deep, outcome(files().createDirectories(deep)), "it is there already");
        assertFails("ENOTEMPTY", "removeDirectory", made, files().removeDirectory(made));
        assertEquals(deep, outcome(files().removeDirectory(deep)));
        assertFalse(Files.exists(deep));
        assertFails("ENOENT", "removeDirectory", deep, files().removeDirectory(deep));
        Files.write(path, bytes(1));
        assertFails("ENOTDIR", "removeDirectory", path, files().removeDirectory(path));
        Path below = path.resolve("x");
        IoException failure =
                assertInstanceOf(IoException.class, outcome(files().createDirectories(below)));
        assertTrue(List.of("ENOTDIR", "EEXIST").contains(failure.errorName()), failure::toString);
    }

    @Test
    void aDirectoryGetsThePermissionsThatItIsMadeWith() throws IOException {
        assumePosix();
        Path made = directory.resolve("made");
        outcome(files().createDirectory(made, 0710));
        int mode = (Integer) Files.getAttribute(made, "unix:mode");
        assertEquals(0700, mode & 0707, "whatever the umask takes of the group's");
        assertThrows(IllegalArgumentException.class, () -> files().createDirectory(made, 0100755));
    }

    @Test
    void namesAreRemovedAndDirectoriesAreNot() throws IOException {
        Files.write(path, bytes(1));
        assertEquals(path, outcome(files().remove(path)));
        assertFalse(Files.exists(path));
        assertFails("ENOENT", "remove", path, files().remove(path));
        IoException failure =
                assertInstanceOf(IoException.class, outcome(files().remove(directory)));
        assertTrue(List.of("EISDIR", "EPERM").contains(failure.errorName()), failure::toString);
        assertTrue(Files.isDirectory(directory));
    }

    @Test
    void aRenameReplacesUnlessItIsNotTo() throws IOException {
        Path other = directory.resolve("other");
        Files.write(path, bytes(1));
        Files.write(other, bytes(2));
        assertEquals(other, outcome(files().rename(path, other)));
        assertEquals(1, Files.size(other));
        Files.write(path, bytes(3));
        assertFails("EEXIST", "renameUnlessThere", path, files().renameUnlessThere(path, other));
        assertEquals(1, Files.size(other));
        Path free = directory.resolve("free");
        assertEquals(free, outcome(files().renameUnlessThere(path, free)));
        assertEquals(3, Files.size(free));
        assertFails("ENOENT", "rename", path, files().rename(path, other));
    }

    @Test
    void twoFilesExchangeTheirNamesWhereTheSystemCan() throws IOException {
        Path other = directory.resolve("other");
        Files.write(path, bytes(1));
        Files.write(other, bytes(2));
        Object outcome = outcome(files().exchange(path, other));
        if (outcome instanceof IoException failure) {
            assertTrue(List.of("EOPNOTSUPP", "EINVAL").contains(failure.errorName()));
            assertFalse(isNative() && failure.errorName().equals("EOPNOTSUPP"));
            assertEquals(1, Files.size(path));
        } else {
            assertEquals(2, Files.size(path));
            assertEquals(1, Files.size(other));
        }
    }

    @Test
    void linksOfBothKindsAreMadeAndRead() throws IOException {
        assumePosix();
        Files.write(path, bytes(5));
        Path further = directory.resolve("further");
        assertEquals(further, outcome(files().link(path, further)));
        assertEquals(2L, ((FileAttributes) outcome(files().attributes(path))).links());
        assertFails("EEXIST", "link", path, files().link(path, further));
        Path link = directory.resolve("link");
        Path target = Path.of("file");
        assertEquals(link, outcome(files().symbolicLink(link, target)));
        assertEquals(target, outcome(files().readLink(link)), "as it was made");
        assertEquals(5, Files.size(link));
        assertEquals(path.toRealPath(), outcome(files().realPath(link)));
        assertFails("EINVAL", "readLink", path, files().readLink(path));
    }

    @Test
    void loopsOfLinksAndNamesThatAreTooLongAreCalledThat() throws IOException {
        assumePosix();
        Path one = directory.resolve("one");
        Path two = directory.resolve("two");
        Files.createSymbolicLink(one, two);
        Files.createSymbolicLink(two, one);
        assertFails("ELOOP", "attributes", one, files().attributes(one));
        assertFails("ELOOP", "open", one, files().readAll(one, 10));
        assertFails("ELOOP", "realPath", one, files().realPath(one));
        Path tooLong = directory.resolve("x".repeat(256));
        assertFails("ENAMETOOLONG", "createDirectory", tooLong, files().createDirectory(tooLong));
        assertFails("ENAMETOOLONG", "remove", tooLong, files().remove(tooLong));
        Path longest = directory.resolve("x".repeat(255));
        assertEquals(longest, outcome(files().createDirectory(longest)));
    }

    @Test
    void permissionsTimesAndOwnersAreSet() throws IOException {
        assumePosix();
        Files.write(path, bytes(1));
        outcome(files().setPermissions(path, 0640));
        FileAttributes found = (FileAttributes) outcome(files().attributes(path));
        assertEquals(0640, found.permissions());
        Instant accessed = Instant.ofEpochSecond(1_000_000_000);
        Instant modified = Instant.ofEpochSecond(1_100_000_000, 123_000);
        outcome(files().setTimes(path, accessed, modified));
        found = (FileAttributes) outcome(files().attributes(path));
        assertEquals(accessed, found.lastAccessed());
        assertEquals(modified, found.lastModified());
        outcome(files().setTimes(path, null, accessed));
        assertEquals(accessed, ((FileAttributes) outcome(files().attributes(path))).lastModified());
        outcome(files().setOwner(path, found.user(), found.group()));
        outcome(files().setOwner(path, -1, -1));
        FileAttributes after = (FileAttributes) outcome(files().attributes(path));
        assertEquals(found.user(), after.user());
        assertEquals(found.group(), after.group());
    }

    @Test
    void aFileSystemTellsItsRoom() throws IOException {
        FileSystemStatus status = (FileSystemStatus) outcome(files().status(directory));
        assertTrue(status.totalBytes() > 0, status::toString);
        assertTrue(status.freeBytes() <= status.totalBytes(), status::toString);
        assertTrue(status.availableBytes() <= status.totalBytes(), status::toString);
        assertTrue(status.blockSize() > 0, status::toString);
        assertFalse(status.isReadOnly());
        Path missing = directory.resolve("missing");
        assertFails("ENOENT", "status", missing, files().status(missing));
    }

    @Test
    void temporaryNamesAreNobodyElses() throws IOException {
        Path one = (Path) outcome(files().createTemporaryDirectory(directory, "work-"));
        Path two = (Path) outcome(files().createTemporaryDirectory(directory, "work-"));
        assertTrue(Files.isDirectory(one) && Files.isDirectory(two) && !one.equals(two));
        assertTrue(String.valueOf(one.getFileName()).startsWith("work-"));
        AsyncFile file = (AsyncFile) outcome(files().createTemporaryFile(directory, "x"));
        assertTrue(Files.isRegularFile(file.path()));
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("unix")) {
            assertEquals(0700, (Integer) Files.getAttribute(one, "unix:mode") & 0777);
            assertEquals(0600, (Integer) Files.getAttribute(file.path(), "unix:mode") & 0777);
        }
        file.close();
        until("closed", file::isClosed);
        assertTrue(Files.exists(file.path()), "it stays");
        assertThrows(
                IllegalArgumentException.class,
                () -> files().createTemporaryDirectory(directory, "a/b"));
    }

    private Map<Path, FileType> listed(Path of) throws IOException {
        Map<Path, FileType> found = new HashMap<>();
        Object count =
                outcome(
                        files().list(
                                        of,
                                        batch -> {
                                            assertFalse(batch.isEmpty());
                                            batch.forEach(
                                                    each -> found.put(each.name(), each.type()));
                                            return true;
                                        }));
        assertEquals((long) found.size(), count);
        return found;
    }

    @Test
    void aDirectoryIsReadWithTypes() throws IOException {
        assertEquals(Map.of(), listed(directory));
        Map<Path, FileType> expected = new HashMap<>();
        Files.write(path, bytes(1));
        expected.put(Path.of("file"), FileType.REGULAR);
        Files.createDirectory(directory.resolve("directory"));
        expected.put(Path.of("directory"), FileType.DIRECTORY);
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("unix")) {
            Files.createSymbolicLink(directory.resolve("link"), Path.of("nowhere"));
            expected.put(Path.of("link"), FileType.SYMBOLIC_LINK);
            fifo(directory.resolve("fifo"));
            expected.put(Path.of("fifo"), FileType.FIFO);
        }
        assertEquals(expected, listed(directory));
        Path missing = directory.resolve("missing");
        assertFails("ENOENT", "open directory", missing, files().list(missing, batch -> true));
        assertFails("ENOTDIR", "open directory", path, files().list(path, batch -> true));
    }

    @Test
    void manyNamesComeInBatchesAndEndWhenEnoughAreRead() throws IOException {
        int count = 1100;
        for (int i = 0; i < count; i++) {
            Files.createFile(directory.resolve("a-name-that-takes-some-room-".repeat(3) + i));
        }
        List<Integer> sizes = new ArrayList<>();
        List<DirectoryEntry> all = new ArrayList<>();
        outcome(
                files().list(
                                directory,
                                batch -> {
                                    sizes.add(batch.size());
                                    all.addAll(batch);
                                    return true;
                                }));
        assertEquals(count, all.size());
        assertEquals(count, all.stream().map(DirectoryEntry::name).distinct().count());
        assertTrue(sizes.size() > 1, sizes::toString);
        Object some = outcome(files().list(directory, batch -> false));
        assertEquals((long) sizes.get(0), some);
    }

    @Test
    void aHandlerThatThrowsEndsTheReadingAndItsStage() throws IOException {
        Files.write(path, bytes(1));
        RuntimeException thrown = new IllegalStateException("thrown on purpose");
        Object outcome =
                outcome(
                        files().list(
                                        directory,
                                        batch -> {
                                            throw thrown;
                                        }));
        assertEquals(thrown, outcome);
    }

    /** As URIs have them: newline, quote, a Latin-1 byte that is no UTF-8, and valid UTF-8. */
    private static final List<String> NAMES =
            List.of("with%0Anewline", "with%27quote", "%FFno%FEtext", "%C3%A4%E2%82%AC", "%2D%2D");

    private Path named(String name) {
        return Path.of(URI.create(directory.toUri() + name));
    }

    @Test
    void namesThatAreNoTextSurviveUnchanged() throws IOException {
        assumePosix();
        for (String name : NAMES) {
            Path each = named(name);
            assertEquals(each, outcome(files().writeAll(each, direct(bytes(name.length())))));
            assertTrue(Files.exists(each), name);
        }
        for (Path name : listed(directory).keySet()) {
            Path each = directory.resolve(name);
            byte[] content = (byte[]) outcome(files().readAll(each, 100));
            String uri = each.toUri().toString();
            assertTrue(
                    NAMES.stream()
                            .anyMatch(
                                    known ->
                                            uri.endsWith(known)
                                                    || uri.endsWith(
                                                            known.replace("%2D", "-")
                                                                    .replace("%27", "'"))),
                    uri);
            assertTrue(content.length > 0);
        }
        assertEquals(NAMES.size(), listed(directory).size());
        Path source = named(NAMES.get(2));
        Path link = directory.resolve("link");
        outcome(files().symbolicLink(link, source));
        assertEquals(source, outcome(files().readLink(link)));
        assertEquals(source.toRealPath(), outcome(files().realPath(link)));
        Path renamed = named("%FErenamed");
        outcome(files().rename(source, renamed));
        assertTrue(Files.exists(renamed) && !Files.exists(source));
        outcome(files().remove(renamed));
        assertFalse(Files.exists(renamed));
    }

    @Test
    void aWalkTellsEverythingOnceAndFollowsNoLinks() throws IOException {
        TreeSet<String> expected = new TreeSet<>();
        Path deep = directory;
        for (int i = 0; i < 30; i++) {
            deep = deep.resolve("d" + i);
            Files.createDirectory(deep);
            expected.add(directory.relativize(deep) + " DIRECTORY");
            Path file = Files.createFile(deep.resolve("f"));
            expected.add(directory.relativize(file) + " REGULAR");
        }
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("unix")) {
            Path link = Files.createSymbolicLink(deep.resolve("up"), directory);
            expected.add(directory.relativize(link) + " SYMBOLIC_LINK");
        }
        TreeSet<String> told = new TreeSet<>();
        Object count =
                outcome(
                        files().walk(
                                        directory,
                                        (each, type) -> {
                                            told.add(directory.relativize(each) + " " + type);
                                            return true;
                                        }));
        assertEquals(expected, told);
        assertEquals((long) expected.size(), count);
        Object first = outcome(files().walk(directory, (each, type) -> false));
        assertEquals(1L, first, "nothing below is looked into");
    }

    @Test
    void aWalkGoesOnWithoutADirectoryThatIsRemovedMeanwhile() throws IOException {
        Path one = Files.createDirectory(directory.resolve("one"));
        Path two = Files.createDirectory(directory.resolve("two"));
        Files.createFile(two.resolve("file"));
        List<Path> told = new ArrayList<>();
        Object count =
                outcome(
                        files().walk(
                                        directory,
                                        (each, type) -> {
                                            told.add(each);
                                            delete(one);
                                            return true;
                                        }));
        assertEquals(3L, count, told::toString);
        Path missing = directory.resolve("missing");
        List<IoException> failures = new ArrayList<>();
        WalkHandler strict =
                new WalkHandler() {
                    @Override
                    public boolean onEntry(Path path, FileType type) {
                        return true;
                    }

                    @Override
                    public boolean onFailure(Path directory, IoException failure) {
                        failures.add(failure);
                        return false;
                    }
                };
        assertFails("ENOENT", "open directory", missing, files().walk(missing, strict));
        assertEquals(1, failures.size());
    }

    private static void delete(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDirectoryThatIsRemovedWhileItIsReadEndsTheReading() throws IOException {
        Path made = Files.createDirectory(directory.resolve("made"));
        Files.createFile(made.resolve("file"));
        Object count =
                outcome(
                        files().list(
                                        made,
                                        batch -> {
                                            delete(made.resolve("file"));
                                            delete(made);
                                            return true;
                                        }));
        if (count instanceof IoException failure) {
            assertEquals("ENOENT", failure.errorName());
        } else {
            assertEquals(1L, count);
        }
        assertFalse(Files.exists(made, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void aWholeFileIsWrittenAndRead() throws IOException {
        byte[] all = bytes(300_001);
        assertEquals(path, outcome(files().writeAll(path, ByteBuffer.wrap(all))));
        assertArrayEquals(all, (byte[]) outcome(files().readAll(path, all.length)));
        assertFails("EFBIG", "readAll", path, files().readAll(path, all.length - 1));
        outcome(files().writeAll(path, direct(bytes(10))));
        assertArrayEquals(bytes(10), Files.readAllBytes(path));
        outcome(files().writeAll(path, direct(bytes(10)), APPEND));
        assertEquals(20, Files.size(path));
        assertFails("EEXIST", "open", path, files().writeAll(path, room(1), WRITE, CREATE_NEW));
        outcome(files().writeAll(path, room(0)));
        assertArrayEquals(new byte[0], (byte[]) outcome(files().readAll(path, 0)));
        assertFails("EISDIR", "open", directory, files().readAll(directory, 1));
        untilDone();
    }

    @Test
    void aFileWithoutASizeIsReadToItsEnd() throws IOException {
        Path status = Path.of("/proc/self/status");
        assumeTrue(Files.exists(status), "needs /proc");
        byte[] content = (byte[]) outcome(files().readAll(status, 1 << 20));
        assertTrue(
                new String(content, java.nio.charset.StandardCharsets.UTF_8).startsWith("Name:"));
    }

    @Test
    void pathsOfOtherFileSystemsAndOtherThreadsAreRefused() throws IOException {
        FileSystem files = files();
        URI archive = URI.create("jar:" + directory.resolve("archive.zip").toUri());
        try (java.nio.file.FileSystem zip =
                FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            Path inside = zip.getPath("/inside");
            assertThrows(IllegalArgumentException.class, () -> files.attributes(inside));
            assertThrows(IllegalArgumentException.class, () -> files.rename(path, inside));
            assertThrows(IllegalArgumentException.class, () -> files.list(inside, batch -> true));
        }
        Throwable refusal =
                CompletableFuture.supplyAsync(
                                () ->
                                        assertThrows(
                                                IllegalStateException.class,
                                                () -> files.remove(path)))
                        .join();
        assertTrue(String.valueOf(refusal.getMessage()).startsWith("remove was called on thread"));
        assertFalse(loop().isAlive());
    }

    @Test
    void aLoopThatWaitsForAPathRefusesToClose() throws IOException {
        List<Object> ends = new ArrayList<>();
        files().attributes(directory).whenComplete((found, failure) -> ends.add("ended"));
        files().list(directory, batch -> true).whenComplete((count, failure) -> ends.add("ended"));
        assertThrows(IllegalStateException.class, () -> loop().close());
        until("ends", () -> ends.size() == 2);
    }
}
