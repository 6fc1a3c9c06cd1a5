// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.file.AsyncFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sending files: whole, in part, in order with other writes, and not at all. */
public abstract class SendFileContract extends ContractTest {
    private static final int SIZE = 3_000_000;

    private final Journal journal = new Journal();
    private final Journal server = new Journal();

    private final ExecutorService threads = Executors.newSingleThreadExecutor();
    private final ArrayDeque<Runnable> held = new ArrayDeque<>();
    private boolean holds;

    private Path directory;
    private Path file;

    /** What engines leave to threads does not begin while it is held; played threads go on. */
    @Override
    LoopOptions.Builder configure(LoopOptions.Builder options) {
        return isSimulated() ? options : options.workExecutor(this::submit);
    }

    private synchronized void submit(Runnable task) {
        if (holds) {
            held.add(task);
        } else {
            threads.execute(task);
        }
    }

    private synchronized void hold(boolean newHolds) {
        holds = newHolds;
        while (!holds && !held.isEmpty()) {
            threads.execute(held.remove());
        }
    }

    @AfterEach
    void endThreads() {
        hold(false);
        threads.shutdown();
    }

    @BeforeEach
    void writeFile(@TempDir Path directory) throws IOException {
        this.directory = directory;
        file = Files.write(directory.resolve("file"), bytes(SIZE));
    }

    private void assertArrives(byte[] expected) throws IOException {
        until("all bytes", () -> server.receivedCount() >= expected.length);
        assertArrayEquals(expected, server.received());
    }

    @Test
    void aWholeFileArrives() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        pair.client().sendFile(file, 0, -1, journal.written("file"));
        assertArrives(bytes(SIZE));
        until("written", () -> !journal.lines().isEmpty());
        journal.assertIs("file");
    }

    @Test
    void aPartOfAFileArrives() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        pair.client().sendFile(file, 1_000_001, 500_000, journal.written("file"));
        assertArrives(Arrays.copyOfRange(bytes(SIZE), 1_000_001, 1_500_001));
    }

    @Test
    void anEmptyPartOfAFileEndsOnItsOwn() throws IOException {
        StreamPair pair = connect();
        pair.client().sendFile(file, 10, 0, journal.written("nothing"));
        until("written", () -> !journal.lines().isEmpty());
        journal.assertIs("nothing");
        assertEquals(0, pair.client().writeQueueSize());
    }

    @Test
    void aFileWithoutASizeHasNothingToSend() throws IOException {
        StreamPair pair = connect();
        Path status = Path.of("/proc/self/status");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(status), "a system with /proc");
        pair.client().sendFile(status, 0, -1, journal.written("nothing"));
        until("written", () -> !journal.lines().isEmpty());
        journal.assertIs("nothing");
    }

    @Test
    void filesAndOtherWritesKeepTheirOrder() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        pair.client().write(bytes(10), 0, 10);
        pair.client().sendFile(file, 0, 100_000, journal.written("first file"));
        pair.client().sendFile(file, 0, 0, journal.written("empty"));
        pair.client().sendFile(file, 5, 5, journal.written("second file"));
        pair.client().write(ByteBuffer.wrap(bytes(7)), journal.written("bytes"));
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(bytes(10));
        expected.writeBytes(Arrays.copyOf(bytes(SIZE), 100_000));
        expected.writeBytes(Arrays.copyOfRange(bytes(SIZE), 5, 10));
        expected.writeBytes(bytes(7));
        assertArrives(expected.toByteArray());
        until("written", () -> journal.lines().size() == 4);
        journal.assertIs("first file", "empty", "second file", "bytes");
    }

    @Test
    void closeCancelsAFileThatIsOnItsWay() throws IOException {
        StreamPair pair = connect();
        Files.write(file, bytes(32 << 20));
        pair.client().sendFile(file, 0, -1, journal.written("file"));
        settle();
        pair.client().onClosed(journal.line("closed"));
        pair.client().close();
        until("closed", () -> journal.has("closed"));
        journal.assertIs("file ECANCELED", "closed");
    }

    @Test
    void aFileThatIsCutShortMeanwhileFailsTheWrite() throws IOException {
        StreamPair pair = connect();
        assumeReal("a file that shrinks");
        Files.write(file, bytes(32 << 20));
        pair.client().sendFile(file, 0, -1, journal.written("file"));
        until("open", () -> pair.client().writeQueueSize() > 0);
        settle();
        Files.write(file, new byte[1]);
        pair.server().read(server.reader("server"));
        until("failed", () -> !journal.lines().isEmpty());
        journal.assertIs("file EIO");
    }

    @Test
    void filesThatAreNotThereOrTooShortFailTheWrite() throws IOException {
        Path missing = directory.resolve("missing");
        assertFails("ENOENT", "open", missing, missing, 0, -1);
        assertFails("ENOENT", "open", missing, missing, 0, 0);
        Path below = file.resolve("below");
        assertFails("ENOTDIR", "open", below, below, 0, -1);
        assertFails(
                "EINVAL", "sendFile", file + ": EINVAL: the file has " + SIZE, file, 0, SIZE + 1L);
        assertFails("EINVAL", "sendFile", "and not position", file, SIZE + 1L, -1);
        assertFails("EINVAL", "sendFile", "and not 0 bytes at", file, SIZE + 1L, 0);
        assertFails("EINVAL", "sendFile", file, file, Long.MAX_VALUE, Long.MAX_VALUE);
    }

    /** Of a file that cannot be opened; nothing of it is sent, and nothing behind it. */
    private void assertFails(
            String error, String operation, Object hint, Path path, long position, long count)
            throws IOException {
        StreamPair pair = connect();
        Journal lines = new Journal();
        List<IoException> failures = new ArrayList<>();
        pair.client().sendFile(path, position, count, (stream, why) -> failures.add(why));
        pair.client().write(new byte[1], 0, 1, lines.written("behind"));
        until("failed", () -> !lines.lines().isEmpty());
        lines.assertIs("behind " + error);
        IoException failure = failures.get(0);
        assertEquals(error, failure.errorName());
        assertEquals(operation, failure.operation());
        assertEquals(path, failure.path());
        assertEquals(0, failure.bytesTransferred());
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains(path.toString()), message);
        assertTrue(message.contains(hint.toString()), message);
        assertEquals(0, pair.client().writeQueueSize());
        assertFalse(pair.client().isWritable());
        pair.client().close();
        pair.server().close();
        until("closed", pair.client()::isClosed);
    }

    @Test
    void stretchesOfNoFileAreRefusedAtTheCall() throws IOException {
        StreamPair pair = connect();
        assertBadRange(pair, -1, 10);
        assertBadRange(pair, 0, -2);
        assertEquals(0, pair.client().writeQueueSize());
        assertTrue(pair.client().isWritable());
    }

    private void assertBadRange(StreamPair pair, long position, long count) {
        assertThrows(
                IllegalArgumentException.class,
                () -> pair.client().sendFile(file, position, count, journal.written("file")));
    }

    @Test
    void whatIsNoRegularFileFailsTheWriteWithWhatItIs() throws Exception {
        connect();
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("unix"));
        assertFails("EISDIR", "open", "directory", directory, 0, -1);
        assertFails("EINVAL", "open", "a FIFO", FileFixture.fifo(directory.resolve("fifo")), 0, -1);
        assertFails("EINVAL", "open", "a character device", Path.of("/dev/null"), 0, -1);
        Path name = directory.resolve("socket");
        try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(name));
            assertFails("EINVAL", "open", "a socket", name, 0, -1);
        }
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("fifo"));
        assertFails("EINVAL", "open", "a FIFO", link, 0, -1);
        Path loop = Files.createSymbolicLink(directory.resolve("a"), directory.resolve("b"));
        Files.createSymbolicLink(directory.resolve("b"), loop);
        assertFails("ELOOP", "open", loop, loop, 0, -1);
    }

    @Test
    void aFileWithoutPermissionFailsTheWrite() throws IOException {
        connect();
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
        Files.setPosixFilePermissions(file, Set.of());
        assumeFalse(Files.isReadable(file), "this user may read everything");
        assertFails("EACCES", "open", file, file, 0, -1);
    }

    @Test
    void whatFollowsAFileThatCannotBeOpenedSaysWhichFileItWas() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        Path missing = directory.resolve("missing");
        List<IoException> failures = new ArrayList<>();
        pair.client().write(bytes(10), 0, 10, journal.written("before"));
        pair.client().sendFile(missing, 0, -1, (stream, why) -> failures.add(why));
        pair.client().sendFile(file, 0, -1, (stream, why) -> failures.add(why));
        pair.client().write(bytes(10), 0, 10, (stream, why) -> failures.add(why));
        until("failed", () -> failures.size() == 3);
        assertArrives(bytes(10));
        journal.assertIs("before");
        assertEquals(missing, failures.get(0).path());
        assertEquals(file, failures.get(1).path());
        for (IoException failure : failures) {
            assertEquals("ENOENT", failure.errorName());
            String message = String.valueOf(failure.getMessage());
            assertTrue(message.contains(missing.toString()), message);
        }
        assertFalse(pair.client().isClosing());
    }

    @Test
    void aFileThatCannotBeOpenedAndOfWhichNobodyHearsClosesTheStream() throws IOException {
        StreamPair pair = connect();
        pair.client().sendFile(directory.resolve("missing"), 0, -1, null);
        until("closed", pair.client()::isClosed);
    }

    @Test
    void theLoopGoesOnWhileFilesAreBeingOpened() throws IOException {
        StreamPair pair = connect();
        StreamPair other = connect();
        pair.server().read(server.reader("server"));
        Journal neighbour = new Journal();
        other.server().read(neighbour.reader("neighbour"));
        hold(true);
        pair.client().write(bytes(10), 0, 10, journal.written("before"));
        pair.client().sendFile(file, 0, 5, journal.written("file"));
        pair.client().write(bytes(7), 0, 7, journal.written("behind"));
        other.client().write(bytes(3), 0, 3);
        until("the neighbour", () -> neighbour.receivedCount() == 3);
        until("what came before", () -> server.receivedCount() >= 10);
        hold(false);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(bytes(10));
        expected.writeBytes(bytes(5));
        expected.writeBytes(bytes(7));
        assertArrives(expected.toByteArray());
        until("written", () -> journal.lines().size() == 3);
        journal.assertIs("before", "file", "behind");
    }

    @Test
    void closeCancelsAFileThatIsBeingOpenedAndLeavesNothingOpen() throws IOException {
        StreamPair pair = connect();
        hold(true);
        pair.client().onClosed(journal.line("closed"));
        pair.client().sendFile(file, 0, -1, journal.written("file"));
        pair.client().sendFile(directory, 0, -1, journal.written("directory"));
        pair.client().close();
        until("closed", () -> journal.has("closed"));
        journal.assertIs("file ECANCELED", "directory ECANCELED", "closed");
        hold(false);
        StreamPair again = connect();
        again.client().sendFile(file, 0, 1, journal.written("again"));
        settle();
        again.client().close();
        until("again", () -> journal.lines().size() == 4);
    }

    @Test
    void aCloseThatWaitsForWritesWaitsForAFileThatIsBeingOpened() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        hold(true);
        pair.client().sendFile(file, 0, 100, journal.written("file"));
        pair.client().closeWhenWritten();
        settle();
        hold(false);
        assertArrives(bytes(100));
        until("closed", pair.client()::isClosed);
        journal.assertIs("file");
    }

    @Test
    void theRestOfAFileHoldsWritersUpUntilItIsKnown() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        pair.client().onWritable(journal.line("writable"));
        assertFalse(pair.client().sendFile(file, SIZE - 5, -1, null));
        assertEquals(0, pair.client().writeQueueSize());
        assertFalse(pair.client().write(bytes(7), 0, 7));
        assertFalse(pair.client().sendFile(file, SIZE, -1, null));
        until("writable", () -> journal.has("writable"));
        assertTrue(pair.client().write(bytes(3), 0, 3));
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(Arrays.copyOfRange(bytes(SIZE), SIZE - 5, SIZE));
        expected.writeBytes(bytes(7));
        expected.writeBytes(bytes(3));
        assertArrives(expected.toByteArray());
        journal.assertIs("writable");
    }

    @Test
    void manyFilesAreQueuedAndFewAreOpen() throws IOException {
        StreamPair pair = connect();
        assumeReal("descriptors");
        OpenDescriptors before = OpenDescriptors.matching(Pattern.quote(file.toString()));
        int count = 5_000;
        for (int i = 0; i < count; i++) {
            pair.client().sendFile(file, 0, -1, null);
        }
        until("the first is open", () -> pair.client().writeQueueSize() > 0);
        settle();
        List<String> more = before.more();
        assertTrue(more.size() <= 2, () -> more.size() + " are open");
        pair.client().onClosed(journal.line("closed"));
        pair.client().close();
        until("nothing is open", () -> journal.has("closed") && isAsBefore(before));
    }

    private static boolean isAsBefore(OpenDescriptors before) {
        try {
            return before.more().isEmpty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    @Test
    void aWriteTimeoutFiresWhileAFileIsBeingOpened() throws IOException {
        StreamPair pair = connect();
        assumeReal("a thread that holds up another");
        hold(true);
        pair.client().writeTimeout(Duration.ofMillis(5), stream -> hold(false));
        pair.client().sendFile(file, 0, -1, journal.written("file"));
        pair.server().read(server.reader("server"));
        assertArrives(bytes(SIZE));
        until("written", () -> !journal.lines().isEmpty());
        journal.assertIs("file");
    }

    @Test
    void pathsOfOtherFileSystemsAreRefused() throws IOException {
        StreamPair pair = connect();
        URI archive = URI.create("jar:" + directory.resolve("archive.zip").toUri());
        try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("create", "true"))) {
            Path inside = Files.write(zip.getPath("/inside"), bytes(10));
            IllegalArgumentException refusal =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> pair.client().sendFile(inside, 0, -1, journal.written("never")));
            String message = String.valueOf(refusal.getMessage());
            assertTrue(message.contains("default file system"), message);
        }
        assertEquals(0, pair.client().writeQueueSize());
    }

    @Test
    void aFileThatCannotBeSentToItsEndIsNamedAndWhereItStopped() throws IOException {
        StreamPair pair = connect();
        assumeReal("a file that shrinks");
        Files.write(file, bytes(32 << 20));
        List<IoException> failures = new ArrayList<>();
        pair.client().sendFile(file, 100, -1, (stream, failure) -> failures.add(failure));
        until("open", () -> pair.client().writeQueueSize() > 0);
        settle();
        Files.write(file, new byte[1]);
        pair.server().read(server.reader("server"));
        until("failed", () -> !failures.isEmpty());
        IoException failure = failures.get(0);
        assertEquals("sendFile", failure.operation());
        assertEquals(file, failure.path());
        assertEquals(pair.client().remoteAddress(), failure.address());
        String position = "at position " + (100 + failure.bytesTransferred());
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains(file.toString()) && message.contains(position), message);
    }

    @Test
    void anInterruptedThreadSendsFilesAllTheSame() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        Thread.currentThread().interrupt();
        pair.client().sendFile(file, 0, 1_000_000, journal.written("first"));
        pair.client().sendFile(file, 1_000_000, -1, journal.written("second"));
        assertArrives(bytes(SIZE));
        until("written", () -> journal.lines().size() == 2);
        journal.assertIs("first", "second");
        assertTrue(Thread.interrupted(), "the flag is whose it was");
    }

    @Test
    void interruptsThatComeAtAnyMomentNeitherLoseNorRepeatBytesOfAFile() throws Exception {
        StreamPair pair = connect();
        assumeReal("a thread that interrupts another");
        pair.server().read(server.reader("server"));
        int files = 10;
        FileFixture.whileInterrupted(
                () -> {
                    for (int i = 0; i < files; i++) {
                        pair.client().sendFile(file, 0, -1, journal.written("file"));
                    }
                    until("all bytes", () -> server.receivedCount() >= files * SIZE);
                    until("written", () -> journal.lines().size() == files);
                });
        assertEquals(files, journal.count("file"));
        byte[] received = server.received();
        assertEquals(files * SIZE, received.length);
        for (int i = 0; i < files; i++) {
            assertArrayEquals(
                    bytes(SIZE),
                    Arrays.copyOfRange(received, i * SIZE, (i + 1) * SIZE),
                    "file " + i);
        }
    }

    private AsyncFile openOn(EventLoop loop) throws IOException {
        List<AsyncFile> opened = new ArrayList<>();
        AsyncFile.open(loop, file).thenAccept(opened::add);
        until("opened", () -> !opened.isEmpty());
        return opened.get(0);
    }

    @Test
    void anOpenFileIsSentInOrderAndStaysOpen() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        AsyncFile open = openOn(clientLoop());
        pair.client().write(bytes(10), 0, 10);
        pair.client().sendFile(open, 5, 500_000, journal.written("first"));
        pair.client().sendFile(open, 0, 0, journal.written("empty"));
        pair.client().sendFile(open, 7, 3, journal.written("second"));
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(bytes(10));
        expected.writeBytes(Arrays.copyOfRange(bytes(SIZE), 5, 500_005));
        expected.writeBytes(Arrays.copyOfRange(bytes(SIZE), 7, 10));
        assertArrives(expected.toByteArray());
        until("written", () -> journal.lines().size() == 3);
        journal.assertIs("first", "empty", "second");
        assertFalse(open.isClosing());
        assertEquals(0, open.inFlight());
        open.close();
    }

    @Test
    void anOpenFileThatIsClosedWhileItIsSentIsSentFirst() throws IOException {
        StreamPair pair = connect();
        AsyncFile open = openOn(clientLoop());
        pair.client().sendFile(open, 0, SIZE, journal.written("file"));
        open.onClosed(journal.line("closed"));
        open.close();
        pair.server().read(server.reader("server"));
        assertArrives(bytes(SIZE));
        until("closed", () -> journal.lines().size() == 2);
        assertEquals(1, journal.count("file"));
        assertEquals(1, journal.count("closed"));
    }

    @Test
    void aStreamThatClosesGivesAnOpenFileBack() throws IOException {
        StreamPair pair = connect();
        AsyncFile open = openOn(clientLoop());
        pair.client().sendFile(open, 0, SIZE, journal.written("file"));
        pair.client().close();
        until("told", () -> !journal.lines().isEmpty());
        assertEquals(0, open.inFlight());
        open.close();
        until("closed", open::isClosed);
    }

    @Test
    void anOpenFileThatHasFewerBytesFailsTheWrite() throws IOException {
        StreamPair pair = connect();
        pair.server().read(server.reader("server"));
        AsyncFile open = openOn(clientLoop());
        pair.client().sendFile(open, SIZE - 10, 11, journal.written("file"));
        until("failed", () -> !journal.lines().isEmpty());
        journal.assertIs("file EIO");
        open.close();
    }

    @Test
    void openFilesThatCannotBeSentAreRefusedAtTheCall() throws IOException {
        StreamPair pair = connect();
        AsyncFile open = openOn(clientLoop());
        assertThrows(
                IllegalArgumentException.class, () -> pair.client().sendFile(open, -1, 1, null));
        assertThrows(
                IllegalArgumentException.class, () -> pair.client().sendFile(open, 0, -1, null));
        if (clientLoop() != serverLoop()) {
            assertThrows(
                    IllegalArgumentException.class, () -> pair.server().sendFile(open, 0, 1, null));
        }
        open.close();
        assertRefused("closed", () -> pair.client().sendFile(open, 0, 1, null));
        until("closed", open::isClosed);
        assertEquals(0, pair.client().writeQueueSize());
    }
}
