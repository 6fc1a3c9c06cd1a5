// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.IoException;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileAttributes;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Opening files, and asking what they are: what is there, what is made, and what is refused. */
public abstract class FileOpenContract extends FileFixture {
    private static void assertFailure(IoException failure, String name, Path path) {
        assertEquals(name, failure.errorName());
        assertEquals("open", failure.operation());
        assertEquals(path, failure.path());
        assertTrue(String.valueOf(failure.getMessage()).contains(path.toString()));
    }

    @Test
    void aMissingFileIsAFailureThatNamesIt() throws IOException {
        assertFailure(refusal(path), "ENOENT", path);
        assertFailure(refusal(path, WRITE), "ENOENT", path);
        assertFalse(Files.exists(path));
    }

    @Test
    void aDirectoryIsNotOpened() throws IOException {
        assertFailure(refusal(directory), "EISDIR", directory);
        assertFailure(refusal(directory, WRITE), "EISDIR", directory);
    }

    @Test
    void aPathThroughAFileIsAFailure() throws IOException {
        Path below = Files.write(path, new byte[1]).resolve("below");
        assertFailure(refusal(below), "ENOTDIR", below);
    }

    @Test
    void whatIsNoRegularFileIsNotOpened() throws IOException {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device), "there is no /dev/null here");
        assertRefusal(refusal(device, WRITE), "a character device", device);
        Path fifo = fifo(directory.resolve("fifo"));
        assertRefusal(refusal(fifo), "a FIFO", fifo);
        assertRefusal(refusal(fifo, WRITE), "a FIFO", fifo);
        Path name = directory.resolve("socket");
        try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(name));
            assertRefusal(refusal(name), "a socket", name);
        }
    }

    private static void assertRefusal(IoException failure, String kind, Path path) {
        assertFailure(failure, "EINVAL", path);
        assertTrue(String.valueOf(failure.getMessage()).contains(kind), failure::toString);
    }

    @Test
    void aLoopOfLinksAndANameThatIsTooLongAreCalledThat() throws IOException {
        Path links = Files.createSymbolicLink(directory.resolve("links"), Path.of("links"));
        assertFailure(refusal(links), "ELOOP", links);
        assertFailure(refusal(links.resolve("below")), "ELOOP", links.resolve("below"));
        Path tooLong = directory.resolve("x".repeat(300));
        assertFailure(refusal(tooLong), "ENAMETOOLONG", tooLong);
    }

    @Test
    void aFileWithoutPermissionIsAFailure() throws IOException {
        Files.write(path, new byte[1]);
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
        Files.setPosixFilePermissions(path, Set.of());
        assumeFalse(Files.isReadable(path), "this user may read everything");
        assertFailure(refusal(path), "EACCES", path);
    }

    @Test
    void createMakesWhatIsMissingAndKeepsWhatIsThere() throws IOException {
        open(path, WRITE, CREATE);
        assertEquals(0, Files.size(path));
        Files.write(path, bytes(10));
        open(path, WRITE, CREATE);
        assertArrayEquals(bytes(10), Files.readAllBytes(path));
    }

    @Test
    void createNewFailsIfThereIsAFile() throws IOException {
        open(path, WRITE, CREATE_NEW);
        assertFailure(refusalBeside(), "EEXIST", path);
    }

    private IoException refusalBeside() throws IOException {
        List<Throwable> failures = new ArrayList<>();
        AsyncFile.open(loop(), path, WRITE, CREATE_NEW)
                .whenComplete((file, failure) -> failures.add(failure));
        until("refused", () -> !failures.isEmpty());
        return assertInstanceOf(IoException.class, failures.get(0));
    }

    @Test
    void aNewFileHasThePermissionsThatTheUmaskLeaves() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
        Path other = Files.createFile(directory.resolve("other"));
        open(path, WRITE, CREATE);
        Set<PosixFilePermission> expected = Files.getPosixFilePermissions(other);
        assertEquals(expected, Files.getPosixFilePermissions(path));
    }

    @Test
    void truncateExistingEmptiesTheFile() throws IOException {
        Files.write(path, bytes(10));
        open(path, WRITE, TRUNCATE_EXISTING);
        assertEquals(0, Files.size(path));
    }

    @Test
    void linksAreFollowed() throws IOException {
        Files.write(path, bytes(10));
        Path link = Files.createSymbolicLink(directory.resolve("link"), path);
        AsyncFile file = open(link);
        file.readFully(room(20), 0, read("read"));
        untilLines(1);
        journal.assertIs("read 10");
        assertEquals(link, file.path());
    }

    @Test
    void optionsThatFilesDoNotHaveAreRefusedAndSayWhatToDo() {
        assertUnsupported("sync", WRITE, SYNC);
        assertUnsupported("delete it", WRITE, DELETE_ON_CLOSE);
        assertUnsupported("CREATE_NEW", LinkOption.NOFOLLOW_LINKS);
        assertFalse(loop().isAlive());
    }

    private void assertUnsupported(String hint, OpenOption... options) {
        Throwable refusal =
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> AsyncFile.open(loop(), path, options));
        assertTrue(String.valueOf(refusal.getMessage()).contains(hint), refusal::toString);
    }

    @Test
    void optionsThatContradictEachOtherAreRefused() {
        assertContradiction(READ, APPEND);
        assertContradiction(APPEND, TRUNCATE_EXISTING);
        assertContradiction(CREATE);
        assertContradiction(READ, CREATE_NEW);
        assertContradiction(READ, TRUNCATE_EXISTING);
        assertFalse(loop().isAlive());
    }

    private void assertContradiction(OpenOption... options) {
        assertThrows(IllegalArgumentException.class, () -> AsyncFile.open(loop(), path, options));
    }

    @Test
    void pathsOfOtherFileSystemsAreRefused() throws IOException {
        URI archive = URI.create("jar:" + path.resolveSibling("archive.zip").toUri());
        try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            Path inside = zip.getPath("/inside");
            assertThrows(IllegalArgumentException.class, () -> AsyncFile.open(loop(), inside));
            assertThrows(
                    IllegalArgumentException.class, () -> AsyncFile.attributes(loop(), inside));
        }
        assertFalse(loop().isAlive());
    }

    @Test
    void attributesTellSizeTimeAndKindOfAFile() throws IOException {
        Files.write(path, bytes(10));
        FileAttributes file = attributes(path);
        assertEquals(10, file.size());
        assertTrue(file.isRegularFile() && !file.isDirectory());
        assertEquals(
                Files.getLastModifiedTime(path).toInstant().truncatedTo(ChronoUnit.MICROS),
                file.lastModified().truncatedTo(ChronoUnit.MICROS));
        assertEquals(0, file.permissions() & 0111);
        FileAttributes parent = attributes(directory);
        assertTrue(parent.isDirectory() && !parent.isRegularFile());
    }

    private FileAttributes attributes(Path of) throws IOException {
        List<FileAttributes> known = new ArrayList<>();
        AsyncFile.attributes(loop(), of).thenAccept(known::add);
        assertTrue(loop().isAlive());
        untilDone();
        return known.get(0);
    }

    @Test
    void attributesOfAMissingFileAreAFailureThatNamesIt() throws IOException {
        List<Throwable> failures = new ArrayList<>();
        AsyncFile.attributes(loop(), path).whenComplete((found, failure) -> failures.add(failure));
        untilDone();
        IoException failure = assertInstanceOf(IoException.class, failures.get(0));
        assertEquals("ENOENT", failure.errorName());
        assertEquals("attributes", failure.operation());
        assertEquals(path, failure.path());
    }

    @Test
    void aLoopThatWaitsForAttributesRefusesToClose() throws IOException {
        AsyncFile.attributes(loop(), directory).whenComplete(journal.outcome("attributes"));
        assertRefused("closeAll", () -> loop().close());
        untilDone();
        journal.assertIs("attributes");
    }

    @Test
    void theSizeIsThatOfTheOpenFileWhateverBecomesOfItsPath() throws IOException {
        Files.write(path, bytes(10));
        AsyncFile file = open(path);
        Files.delete(path);
        file.size().thenAccept(size -> journal.add("size " + size));
        journal.assertIs();
        untilLines(1);
        journal.assertIs("size 10");
    }

    @Test
    void waitingForAnOpenOnTheLoopsOwnThreadFailsAtOnce() throws IOException {
        Files.write(path, bytes(10));
        var opening = AsyncFile.open(loop(), path);
        assertThrows(IllegalStateException.class, () -> opening.toCompletableFuture().join());
        untilDone();
    }
}
