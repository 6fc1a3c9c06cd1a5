// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.SPARSE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.file.AsyncFile;
import io.millrace.file.FileReadCallback;
import io.millrace.file.FileSyncCallback;
import io.millrace.file.FileWriteCallback;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Reading, writing, appending and syncing: what arrives, in which order, and what is refused. */
public abstract class FileContract extends FileFixture {
    private static final int BLOCK = 4096;

    @Test
    void whatIsWrittenIsRead() throws IOException {
        AsyncFile file = open(path, READ, WRITE, CREATE);
        ByteBuffer source = direct(bytes(100_000));
        file.write(source, 7, written("write"));
        assertFalse(source.hasRemaining());
        journal.assertIs();
        untilLines(1);
        ByteBuffer target = room(100_007);
        file.readFully(target, 0, read("read"));
        untilLines(2);
        journal.assertIs("write", "read 100007");
        assertFalse(target.hasRemaining());
        byte[] all = journal.received();
        assertArrayEquals(new byte[7], Arrays.copyOf(all, 7));
        assertArrayEquals(bytes(100_000), Arrays.copyOfRange(all, 7, all.length));
        assertArrayEquals(all, Files.readAllBytes(path));
    }

    @Test
    void aReadTakesAtMostWhatFitsAndMovesThePosition() throws IOException {
        Files.write(path, bytes(100));
        AsyncFile file = open(path);
        ByteBuffer target = room(30).position(10).limit(20);
        file.readFully(target, 50, read("read"));
        untilLines(1);
        journal.assertIs("read 10");
        assertEquals(20, target.position());
        assertEquals(20, target.limit());
        ByteBuffer bytes = target.duplicate().position(10);
        assertEquals(ByteBuffer.wrap(bytes(100), 50, 10), bytes);
        target.position(10);
        file.read(target, 50, (each, buffer, count) -> journal.add("" + (count > 0)));
        untilLines(2);
        assertEquals("true", journal.lines().get(1));
    }

    @Test
    void aReadAtOrBehindTheEndIsMinusOne() throws IOException {
        Files.write(path, bytes(100));
        AsyncFile file = open(path);
        file.read(room(10), 100, read("at"));
        untilLines(1);
        file.readFully(room(10), 100_000, read("behind"));
        untilLines(2);
        journal.assertIs("at -1", "behind -1");
    }

    @Test
    void aReadOfMoreThanThereIsHasFewerBytes() throws IOException {
        Files.write(path, bytes(100));
        AsyncFile file = open(path);
        ByteBuffer target = room(1000);
        file.readFully(target, 40, read("read"));
        untilLines(1);
        journal.assertIs("read 60");
        assertEquals(60, target.position());
    }

    @Test
    void positionsBeyondFourGigabytesAreReached() throws IOException {
        AsyncFile file = open(path, READ, WRITE, CREATE_NEW, SPARSE);
        long far = (5L << 30) + 3;
        file.write(direct(bytes(10)), far, written("write"));
        untilLines(1);
        file.size().thenAccept(size -> journal.add("size " + size));
        untilLines(2);
        file.readFully(room(20), far - 5, read("read"));
        untilLines(3);
        journal.assertIs("write", "size " + (far + 10), "read 15");
        byte[] expected = new byte[15];
        System.arraycopy(bytes(10), 0, expected, 5, 10);
        assertArrayEquals(expected, journal.received());
    }

    @Test
    void manyReadsInFlightEachGetTheirOwnBytes() throws IOException {
        int count = 256;
        Files.write(path, bytes(count * BLOCK));
        AsyncFile file = open(path);
        List<ByteBuffer> targets = new ArrayList<>();
        FileReadCallback one = (each, buffer, bytes) -> journal.add("" + bytes);
        for (int i = 0; i < count; i++) {
            targets.add(room(BLOCK));
            file.readFully(targets.get(i), (long) (count - 1 - i) * BLOCK, one);
        }
        assertEquals(count, file.inFlight());
        untilLines(count);
        assertEquals(count, journal.count("" + BLOCK));
        Collections.reverse(targets);
        targets.forEach(each -> journal.takeBuffer(each.flip()));
        assertArrayEquals(bytes(count * BLOCK), journal.received());
        assertEquals(0, file.inFlight());
    }

    @Test
    void manyWritesInFlightAllArrive() throws IOException {
        int count = 256;
        AsyncFile file = open(path, WRITE, CREATE);
        byte[] all = bytes(count * BLOCK);
        for (int i = count - 1; i >= 0; i--) {
            ByteBuffer part = direct(Arrays.copyOfRange(all, i * BLOCK, (i + 1) * BLOCK));
            file.write(part, (long) i * BLOCK, written("write"));
        }
        untilLines(count);
        assertEquals(count, journal.count("write"));
        assertArrayEquals(all, Files.readAllBytes(path));
    }

    @Test
    void moreOperationsThanTheLimitAreRefused() throws IOException {
        Files.write(path, bytes(10));
        AsyncFile file = open(path);
        int limit = AsyncFile.MAXIMUM_IN_FLIGHT;
        FileReadCallback read = (each, buffer, bytes) -> journal.add("" + bytes);
        for (int i = 0; i < limit; i++) {
            file.readFully(room(10), 0, read);
        }
        assertRefused("wait for some of their callbacks", () -> file.readFully(room(1), 0, read));
        untilLines(limit);
        assertEquals(limit, journal.count("10"));
        file.readFully(room(10), 0, read);
        untilLines(limit + 1);
    }

    @Test
    void appendsLandAndEndInTheOrderOfTheCalls() throws IOException {
        Files.write(path, bytes(5));
        AsyncFile file = open(path, APPEND);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        expected.writeBytes(bytes(5));
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            byte[] part = bytes(i * 37);
            expected.writeBytes(part);
            file.append(i % 2 == 0 ? direct(part) : ByteBuffer.wrap(part), written("append " + i));
            lines.add("append " + i);
        }
        untilLines(100);
        assertEquals(lines, journal.lines());
        assertArrayEquals(expected.toByteArray(), Files.readAllBytes(path));
    }

    @Test
    void appendsGoToTheEndWhereverOthersHaveMovedIt() throws IOException {
        AsyncFile file = open(path, APPEND, CREATE);
        file.append(direct(bytes(3)), written("first"));
        untilLines(1);
        Files.write(path, bytes(10));
        file.append(direct(bytes(3)), written("second"));
        untilLines(2);
        assertEquals(13, Files.size(path));
    }

    @Test
    void bytesOnTheHeapAreCopiedAtTheCallAndReadOnlyOnesMayBeWritten() throws IOException {
        AsyncFile file = open(path, WRITE, CREATE);
        byte[] mine = bytes(10);
        ByteBuffer heap = ByteBuffer.wrap(mine);
        file.write(heap, 0, written("heap"));
        assertFalse(heap.hasRemaining());
        Arrays.fill(mine, (byte) 0);
        file.write(direct(bytes(10)).asReadOnlyBuffer(), 10, written("direct"));
        file.write(ByteBuffer.wrap(bytes(10)).asReadOnlyBuffer(), 20, written("heap"));
        untilLines(3);
        assertEquals(2, journal.count("heap"));
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int i = 0; i < 3; i++) {
            expected.writeBytes(bytes(10));
        }
        assertArrayEquals(expected.toByteArray(), Files.readAllBytes(path));
    }

    @Test
    void aReceivedChunkIsWrittenWithoutBeingKeptByTheUser() throws IOException {
        AsyncFile file = open(path, WRITE, CREATE);
        AsyncFile log = open(directory.resolve("log"), APPEND, CREATE);
        TcpPair pair = connectTcp();
        int[] count = {0};
        pair.server()
                .read(
                        (stream, chunk) -> {
                            file.write(chunk, count[0], written("write"));
                            log.append(chunk, written("append"));
                            count[0] += chunk.length();
                        });
        byte[] sent = bytes(1 << 20);
        pair.client().write(sent, 0, sent.length);
        until("all", () -> count[0] == sent.length && file.inFlight() + log.inFlight() == 0);
        assertEquals(
                List.of("append", "write"), journal.lines().stream().sorted().distinct().toList());
        assertArrayEquals(sent, Files.readAllBytes(path));
        assertArrayEquals(sent, Files.readAllBytes(directory.resolve("log")));
    }

    @Test
    void severalBuffersAreOneWrite() throws IOException {
        AsyncFile file = open(path, WRITE, CREATE);
        AsyncFile log = open(directory.resolve("log"), APPEND, CREATE);
        ByteBuffer[] buffers = {direct(bytes(10)), ByteBuffer.wrap(bytes(20)), direct(bytes(0))};
        file.write(buffers, 5, written("write"));
        for (ByteBuffer buffer : buffers) {
            assertFalse(buffer.hasRemaining());
            buffer.rewind();
        }
        log.append(buffers, written("append"));
        untilLines(2);
        assertEquals(1, journal.count("write"));
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(bytes(10));
        both.writeBytes(bytes(20));
        assertArrayEquals(both.toByteArray(), Files.readAllBytes(directory.resolve("log")));
        byte[] written = Files.readAllBytes(path);
        assertArrayEquals(both.toByteArray(), Arrays.copyOfRange(written, 5, written.length));
        assertThrows(
                IllegalArgumentException.class,
                () -> file.write(new ByteBuffer[0], 0, written("never")));
        ByteBuffer[] tooMuch = {ByteBuffer.allocate(1), ByteBuffer.allocate(16 << 20)};
        assertRefused("wait for callbacks", () -> file.write(tooMuch, 0, written("never")));
        assertTrue(tooMuch[0].hasRemaining());
    }

    @Test
    void anEmptyWriteEndsLaterAndChangesNothing() throws IOException {
        AsyncFile file = open(path, WRITE, CREATE);
        file.write(room(0), 100, written("direct"));
        file.write(ByteBuffer.allocate(0), 100, written("heap"));
        journal.assertIs();
        untilLines(2);
        journal.assertIs("direct", "heap");
        assertEquals(0, Files.size(path));
    }

    @Test
    void copiesThatWaitAreBoundedAndSaySo() throws IOException {
        AsyncFile file = open(path, WRITE, CREATE);
        ByteBuffer large = ByteBuffer.allocate(8 << 20);
        file.write(large.duplicate(), 0, written("first"));
        file.write(large.duplicate(), 8 << 20, written("second"));
        ByteBuffer tooMuch = ByteBuffer.allocate(1);
        assertRefused("direct buffer", () -> file.write(tooMuch, 0, written("refused")));
        assertTrue(tooMuch.hasRemaining());
        untilLines(2);
        file.write(tooMuch, 0, written("third"));
        untilLines(3);
        assertEquals("third", journal.lines().get(2));
    }

    @Test
    void syncsCoverWhatWasWrittenAndEndOnce() throws IOException {
        AsyncFile file = open(path, WRITE, CREATE);
        file.write(direct(bytes(10)), 0, written("write"));
        untilLines(1);
        FileSyncCallback synced = (each, failure) -> journal.add("sync" + Journal.symbol(failure));
        file.sync(synced);
        file.syncData(synced);
        journal.assertIs("write");
        untilLines(3);
        journal.assertIs("write", "sync", "sync");
    }

    @Test
    void theNextOperationMayBeStartedInTheCallbackOfTheLast() throws IOException {
        Files.write(path, bytes(10 * BLOCK));
        AsyncFile file = open(path);
        ByteBuffer target = room(BLOCK);
        long[] position = {0};
        FileReadCallback[] next = new FileReadCallback[1];
        next[0] =
                (each, buffer, count) -> {
                    journal.add("" + count);
                    journal.takeBuffer(buffer.flip());
                    if (count > 0) {
                        position[0] += count;
                        each.readFully(buffer.clear(), position[0], next[0]);
                    }
                };
        file.readFully(target, 0, next[0]);
        untilLines(11);
        assertArrayEquals(bytes(10 * BLOCK), journal.received());
        assertEquals("-1", journal.lines().get(10));
    }

    @Test
    void whatAFileWasNotOpenedForIsRefused() throws IOException {
        Files.write(path, bytes(10));
        AsyncFile reading = open(path);
        AsyncFile writing = open(path, WRITE);
        AsyncFile appending = open(path, APPEND);
        ByteBuffer buffer = direct(bytes(1));
        FileWriteCallback never = written("never");
        assertRefused("open it with WRITE", () -> reading.write(buffer, 0, never));
        assertRefused("open it with APPEND", () -> writing.append(buffer, never));
        assertRefused("without APPEND", () -> appending.write(buffer, 0, never));
        assertRefused("open it with READ", () -> writing.read(room(1), 0, read("never")));
        assertRefused("open it with READ", () -> appending.readFully(room(1), 0, read("never")));
        assertTrue(buffer.hasRemaining());
        settle();
        journal.assertIs();
    }

    @Test
    void badArgumentsAreRefusedAndLeaveNothingBehind() throws IOException {
        AsyncFile file = open(path, READ, WRITE, CREATE);
        ByteBuffer readOnly = room(1).asReadOnlyBuffer();
        for (ByteBuffer bad : List.of(ByteBuffer.allocate(1), readOnly, room(0))) {
            assertArgumentRefused(() -> file.read(bad, 0, read("never")));
            assertArgumentRefused(() -> file.readFully(bad, 0, read("never")));
        }
        assertArgumentRefused(() -> file.read(room(1), -1, read("never")));
        assertArgumentRefused(() -> file.write(room(1), -1, written("never")));
        assertThrows(
                NullPointerException.class,
                () -> file.read((ByteBuffer) nothing(), 0, read("never")));
        assertThrows(NullPointerException.class, () -> file.read(room(1), 0, nothing()));
        assertThrows(
                NullPointerException.class,
                () -> file.write((ByteBuffer) nothing(), 0, written("never")));
        assertThrows(NullPointerException.class, () -> file.write(room(1), 0, nothing()));
        assertThrows(NullPointerException.class, () -> file.sync(nothing()));
        assertThrows(NullPointerException.class, () -> AsyncFile.open(loop(), nothing()));
        assertThrows(NullPointerException.class, () -> AsyncFile.attributes(loop(), nothing()));
        assertEquals(0, file.inFlight());
        assertFalse(loop().isAlive());
        journal.assertIs();
    }

    private static void assertArgumentRefused(Executable call) {
        assertThrows(IllegalArgumentException.class, call);
    }

    /** What a caller without a checker may pass. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T nothing() {
        return null;
    }

    @Test
    void interruptsOfTheLoopsThreadDoNotDisturbFiles() throws Exception {
        assumeReal("a thread that interrupts another");
        AsyncFile file = open(path, READ, WRITE, CREATE);
        Path log = directory.resolve("log");
        AsyncFile appended = open(log, APPEND, CREATE);
        int count = 100;
        whileInterrupted(
                () -> {
                    for (int i = 0; i < count; i++) {
                        file.write(direct(bytes(100)), i * 100L, written("write"));
                        appended.append(direct(bytes(100)), written("append"));
                    }
                    file.sync((each, failure) -> journal.add("sync"));
                    untilLines(2 * count + 1);
                });
        assertEquals(count, journal.count("write"));
        assertEquals(count, journal.count("append"));
        assertEquals(count * 100L, Files.size(path));
        assertEquals(count * 100L, Files.size(log));
    }
}
