// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.IoException;
import io.millrace.process.Pipe;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Ends of pipes: what goes one way only, FIFOs, and descriptors that are taken over. */
public abstract class PipeEndContract extends ContractTest {
    private final Journal journal = new Journal();

    private Path directory = Path.of("");

    @BeforeEach
    void keepDirectory(@TempDir Path made) {
        directory = made;
    }

    private Pipe.Pair pair() throws IOException {
        return Pipe.open(clientLoop(), serverLoop());
    }

    private static void assertUnsupported(String hint, Executable call) {
        UnsupportedOperationException refusal =
                assertThrows(UnsupportedOperationException.class, call);
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.contains(hint), message);
    }

    private static void assertFails(String symbol, Executable call) {
        IoException refusal = assertThrows(IoException.class, call);
        assertEquals(symbol, refusal.errorName(), refusal::toString);
    }

    private Path fifo(String name) throws IOException {
        Path path = directory.resolve(name);
        Pipe.makeFifo(serverLoop(), path, PosixFilePermissions.fromString("rw-rw-rw-"));
        return path;
    }

    @Test
    void whatIsWrittenIsReadAndThenItsEnd() throws IOException {
        Pipe.Pair pair = pair();
        pair.source().read(journal.reader("source"));
        pair.sink().write(bytes(100_000), 0, 100_000, journal.written("write"));
        pair.sink().closeWhenWritten();
        until("the end", () -> journal.has("source end"));
        assertArrayEquals(bytes(100_000), journal.received());
        journal.assertIs("write", "source end");
    }

    @Test
    void aHalfCloseIsTheEndToTheReader() throws IOException {
        Pipe.Pair pair = pair();
        pair.source().read(journal.reader("source"));
        pair.sink().write(bytes(10), 0, 10);
        pair.sink().shutdown().whenComplete(journal.outcome("shutdown"));
        until("the end", () -> journal.has("source end") && journal.has("shutdown"));
        assertEquals(10, journal.receivedCount());
        assertFalse(pair.sink().isClosing());
    }

    @Test
    void aReaderThatHasGoneIsAFailureToTheWriterAndNoSignal() throws IOException {
        Pipe.Pair pair = pair();
        pair.source().close();
        until("closed", pair.source()::isClosed);
        pair.sink().write(bytes(10), 0, 10, journal.written("write"));
        until("failed", () -> !journal.lines().isEmpty());
        journal.assertIs("write EPIPE");
        assertFalse(pair.sink().isWritable());
    }

    @Test
    void aReaderThatGoesWhileAWriterWaitsIsAFailure() throws IOException {
        Pipe.Pair pair = pair();
        pair.sink().write(ByteBuffer.allocateDirect(8 << 20), journal.written("write"));
        settle();
        pair.source().close();
        until("failed", () -> !journal.lines().isEmpty());
        journal.assertIs("write EPIPE");
    }

    @Test
    void whatGoesTheOtherWayIsRefusedWithTheReason() throws IOException {
        Pipe.Pair pair = pair();
        Pipe source = pair.source();
        Pipe sink = pair.sink();
        assertTrue(source.isSource() && !source.isSink() && !source.isWritable());
        assertTrue(sink.isSink() && !sink.isSource() && sink.isWritable());
        assertUnsupported("only read from", () -> source.write(new byte[1], 0, 1));
        assertUnsupported("only read from", () -> source.write(ByteBuffer.allocate(1)));
        assertUnsupported("only read from", source::shutdown);
        assertUnsupported("only read from", () -> source.tryWrite(ByteBuffer.allocateDirect(1)));
        assertUnsupported(
                "only read from", () -> source.sendFile(directory.resolve("x"), 0, -1, null));
        assertUnsupported("only written to", () -> sink.read(journal.reader("sink")));
        ByteBuffer target = ByteBuffer.allocateDirect(1);
        assertUnsupported(
                "only written to", () -> sink.read(target, (stream, buffer, count) -> {}));
        assertTrue(source.toString().startsWith("Pipe@"), source::toString);
        source.closeWhenWritten();
        until("closed", source::isClosed);
    }

    @Test
    void joinedTheyAreOneStream() throws IOException {
        Pipe.Pair there = pair();
        Pipe.Pair back = Pipe.open(serverLoop(), clientLoop());
        Pipe client = Pipe.join(there.source(), back.sink());
        assertTrue(there.source().isClosing() && back.sink().isClosing());
        assertTrue(client.isSource() && client.isSink());
        client.read((stream, chunk) -> stream.write(chunk));
        back.source().read(journal.reader("back"));
        there.sink().write(bytes(1000), 0, 1000);
        there.sink().closeWhenWritten();
        until("the end", () -> journal.has("back end"));
        assertArrayEquals(bytes(1000), journal.received());
        until("closed", client::isClosed);
    }

    @Test
    void whatWasUsedOrDoesNotFitIsNotJoined() throws IOException {
        Pipe.Pair one = Pipe.open(clientLoop());
        Pipe.Pair other = Pipe.open(clientLoop());
        assertThrows(IllegalArgumentException.class, () -> Pipe.join(one.sink(), other.source()));
        assertThrows(IllegalArgumentException.class, () -> Pipe.join(one.source(), other.source()));
        one.source().read(journal.reader("source"));
        assertRefused("used already", () -> Pipe.join(one.source(), other.sink()));
        other.source().close();
        assertRefused("closed", () -> Pipe.join(other.source(), one.sink()));
    }

    @Test
    void aFifoIsWaitedForAndHasAnEndWhenItsWritersHaveGone() throws IOException {
        assumeTrue(haveDescriptors(), "descriptors");
        Path path = fifo("fifo");
        assertFails("ENXIO", () -> Pipe.openSink(clientLoop(), path));
        Pipe source = Pipe.openSource(serverLoop(), path);
        source.read(journal.reader("source"));
        settle();
        assertEquals(List.of(), journal.lines(), "without a writer yet there is no end");
        Pipe sink = Pipe.openSink(clientLoop(), path);
        sink.write(bytes(10), 0, 10);
        sink.closeWhenWritten();
        until("the end", () -> journal.has("source end"));
        assertArrayEquals(bytes(10), journal.received());
    }

    @Test
    void whatIsNoFifoIsRefused() throws IOException {
        assumeTrue(haveDescriptors(), "descriptors");
        Path file = Files.createFile(directory.resolve("file"));
        Path path = fifo("fifo");
        assertEquals(
                "rw-rw-rw-", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        assertFails("EEXIST", () -> Pipe.makeFifo(serverLoop(), path, Set.of()));
        assertFails("EINVAL", () -> Pipe.openSource(serverLoop(), file));
        assertFails("EINVAL", () -> Pipe.openSink(serverLoop(), file));
        assertFails("ENOENT", () -> Pipe.openSource(serverLoop(), directory.resolve("none")));
    }

    @Test
    void aProgramAtTheOtherEndIsLikeAnyPeer() throws IOException {
        assumeTrue(haveDescriptors() && isLinux(), "a program and its FIFOs");
        Path there = fifo("there");
        Path back = fifo("back");
        Pipe source = Pipe.openSource(serverLoop(), back);
        Process cat =
                new ProcessBuilder("sh", "-c", "exec cat <\"$0\" >\"$1\"", "" + there, "" + back)
                        .start();
        List<Pipe> opened = new ArrayList<>();
        while (opened.isEmpty() && cat.isAlive()) {
            opened.addAll(openedIfRead(there));
            settle();
        }
        source.read(journal.reader("source"));
        Pipe sink = opened.get(0);
        sink.write(bytes(300_000), 0, 300_000, journal.written("write"));
        sink.closeWhenWritten();
        until("the end", () -> journal.has("source end"));
        assertArrayEquals(bytes(300_000), journal.received());
        cat.destroy();
    }

    private List<Pipe> openedIfRead(Path path) {
        try {
            return List.of(Pipe.openSink(clientLoop(), path));
        } catch (IOException notYet) {
            assertEquals("ENXIO", ((IoException) notYet).errorName());
            return List.of();
        }
    }

    /** Whose descriptors a pipe has closed, and which must therefore not close them. */
    private static final List<RandomAccessFile> TAKEN = new ArrayList<>();

    private int taken(Path fifo) throws IOException {
        RandomAccessFile file = new RandomAccessFile(fifo.toFile(), "rw");
        TAKEN.add(file);
        return descriptorOf(fifo);
    }

    @Test
    void aHalfThatIsClosedLeavesTheOtherNonBlocking() throws IOException {
        assumeTrue(haveDescriptors() && isLinux(), "a descriptor of others");
        Path path = fifo("fifo").toRealPath();
        int descriptor = taken(path);
        assertFalse(isNonBlocking(descriptor));
        Pipe both = Pipe.adopt(serverLoop(), descriptor);
        assertTrue(both.isSource() && both.isSink());
        both.shutdown().whenComplete(journal.outcome("shutdown"));
        until("shut down", () -> journal.has("shutdown"));
        settle();
        assertTrue(isNonBlocking(both.fileDescriptor()));
        both.read(journal.reader("pipe"));
        both.close();
        until("closed", both::isClosed);
    }

    private static int descriptorOf(Path path) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(each -> isLinkTo(each, path))
                    .mapToInt(each -> Integer.parseInt(each.getFileName().toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean isLinkTo(Path link, Path path) {
        try {
            return Files.readSymbolicLink(link).equals(path);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    @Test
    void whatIsNotOpenOrOfAnotherKindIsNotTakenOver() throws IOException {
        if (!haveDescriptors()) {
            assumeReal("a backend");
            assertUnsupported("has no descriptors", () -> Pipe.adopt(serverLoop(), 0));
            assertUnsupported("has no descriptors", () -> Pipe.openSource(serverLoop(), directory));
            return;
        }
        assertFails("EBADF", () -> Pipe.adopt(serverLoop(), 1_000_000));
        assertThrows(IllegalArgumentException.class, () -> Pipe.adopt(serverLoop(), -1));
        Path file = Files.createFile(directory.resolve("file"));
        assumeTrue(isLinux(), "descriptors of others");
        try (FileChannel channel = FileChannel.open(file)) {
            assertFails("EPERM", () -> Pipe.adopt(serverLoop(), descriptorOf(file)));
            assertTrue(channel.isOpen());
        }
        int socket = connectTcp().server().fileDescriptor();
        assertFails("EINVAL", () -> Pipe.adopt(serverLoop(), socket));
    }
}
