// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.file.AsyncFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several buffers in one operation, and operations that go on from the file's position. */
public abstract class FileLineContract extends FileFixture {
    private static final int BLOCK = 4096;

    @Test
    void aReadFillsItsBuffersOneAfterTheOther() throws IOException {
        Files.write(path, bytes(100));
        AsyncFile file = open(path);
        ByteBuffer[] buffers = {room(10), room(50).position(20).limit(45), room(100)};
        file.readFully(
                buffers,
                3,
                (each, buffer, count) -> journal.add(count + " last " + buffer.equals(buffers[2])));
        journal.assertIs();
        untilLines(1);
        journal.assertIs("97 last true");
        assertEquals(
                List.of(10, 45, 62), Arrays.stream(buffers).map(ByteBuffer::position).toList());
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        buffers[1].flip().position(20);
        buffers[0].flip();
        buffers[2].flip();
        for (ByteBuffer each : buffers) {
            while (each.hasRemaining()) {
                all.write(each.get());
            }
        }
        assertArrayEquals(Arrays.copyOfRange(bytes(100), 3, 100), all.toByteArray());
    }

    @Test
    void aReadOfSeveralBuffersAtTheEndIsMinusOne() throws IOException {
        Files.write(path, bytes(10));
        AsyncFile file = open(path);
        ByteBuffer[] buffers = {room(10), room(10)};
        file.read(buffers, 10, read("read"));
        untilLines(1);
        journal.assertIs("read -1");
        assertEquals(0, buffers[0].position());
    }

    @Test
    void moreBuffersThanOneCallTakesAreOneOperation() throws IOException {
        int count = 2500;
        AsyncFile file = open(path, READ, WRITE, CREATE);
        byte[] all = bytes(count * 16);
        ByteBuffer whole = direct(all);
        ByteBuffer[] parts = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            parts[i] = whole.slice(i * 16, 16);
        }
        file.write(parts, 5, written("write"));
        untilLines(1);
        byte[] stored = Files.readAllBytes(path);
        assertArrayEquals(all, Arrays.copyOfRange(stored, 5, stored.length));
        ByteBuffer target = room(count * 16);
        for (int i = 0; i < count; i++) {
            parts[i] = target.slice(i * 16, 16);
        }
        file.readFully(parts, 5, (each, buffer, read) -> journal.add("read " + read));
        untilLines(2);
        journal.assertIs("write", "read " + count * 16);
        assertEquals(ByteBuffer.wrap(all), target);
    }

    @Test
    void severalDirectBuffersAreWrittenInPlaceHoweverManyBytesTheyHave() throws IOException {
        AsyncFile log = open(path, APPEND, CREATE);
        ByteBuffer large = room(9 << 20);
        ByteBuffer[] buffers = {large, large.duplicate()};
        log.append(buffers, written("append"));
        assertFalse(buffers[0].hasRemaining());
        untilLines(1);
        journal.assertIs("append");
        assertEquals(18L << 20, Files.size(path), "copies of more than 16 MiB are refused");
    }

    @Test
    void manyBuffersInFlightOnOneFileDoNotMixUp() throws IOException {
        int count = 64;
        Files.write(path, bytes(count * BLOCK));
        AsyncFile file = open(path);
        ByteBuffer[][] targets = new ByteBuffer[count][];
        for (int i = 0; i < count; i++) {
            targets[i] = new ByteBuffer[] {room(BLOCK / 4), room(BLOCK * 3 / 4)};
            file.readFully(
                    targets[i], (long) i * BLOCK, (each, buffer, read) -> journal.add("" + read));
        }
        untilLines(count);
        assertEquals(count, journal.count("" + BLOCK));
        for (ByteBuffer[] both : targets) {
            journal.takeBuffer(both[0].flip());
            journal.takeBuffer(both[1].flip());
        }
        assertArrayEquals(bytes(count * BLOCK), journal.received());
    }

    @Test
    void badBuffersAreRefusedAndLeaveNothingBehind() throws IOException {
        AsyncFile file = open(path, READ, WRITE, CREATE);
        assertThrows(
                IllegalArgumentException.class,
                () -> file.read(new ByteBuffer[0], 0, read("never")));
        ByteBuffer[] heap = {room(1), ByteBuffer.allocate(1)};
        assertThrows(IllegalArgumentException.class, () -> file.read(heap, 0, read("never")));
        ByteBuffer[] good = {room(1)};
        assertThrows(IllegalArgumentException.class, () -> file.read(good, -1, read("never")));
        assertThrows(IllegalArgumentException.class, () -> file.position(-1));
        assertEquals(0, file.inFlight());
        journal.assertIs();
    }

    @Test
    void readsWithoutAPositionGoOnWhereTheLastHasEnded() throws IOException {
        Files.write(path, bytes(1000));
        AsyncFile file = open(path);
        assertEquals(0, file.position());
        for (int i = 0; i < 5; i++) {
            file.readFully(room(300), read("read " + i));
        }
        untilLines(5);
        journal.assertIs("read 0 300", "read 1 300", "read 2 300", "read 3 100", "read 4 -1");
        assertArrayEquals(bytes(1000), journal.received());
        assertEquals(1000, file.position());
        file.position(990);
        file.read(
                room(300), (each, buffer, count) -> journal.add(count + " at " + each.position()));
        untilLines(6);
        assertEquals("10 at 1000", journal.lines().get(5));
    }

    @Test
    void writesWithoutAPositionFollowEachOther() throws IOException {
        AsyncFile file = open(path, READ, WRITE, CREATE);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int i = 0; i < 50; i++) {
            byte[] part = bytes(i * 37);
            expected.writeBytes(part);
            file.write(i % 2 == 0 ? direct(part) : ByteBuffer.wrap(part), written("write " + i));
        }
        file.read(room(10), read("read"));
        untilLines(51);
        for (int i = 0; i < 50; i++) {
            assertEquals("write " + i, journal.lines().get(i));
        }
        assertEquals("read -1", journal.lines().get(50), "it begins where the last write ended");
        assertArrayEquals(expected.toByteArray(), Files.readAllBytes(path));
        assertEquals(expected.size(), file.position());
    }

    @Test
    void operationsAtPositionsLeaveTheFilesPositionAlone() throws IOException {
        AsyncFile file = open(path, READ, WRITE, CREATE);
        file.write(direct(bytes(100)), 50, written("write"));
        file.readFully(room(10), 0, read("read"));
        untilLines(2);
        assertEquals(0, file.position());
    }

    @Test
    void thePositionIsNotSetWhileSomethingMovesIt() throws IOException {
        Files.write(path, bytes(100));
        AsyncFile file = open(path);
        file.read(room(10), read("read"));
        assertRefused("wait for their callbacks", () -> file.position(5));
        untilLines(1);
        file.position(5);
        assertEquals(5, file.position());
        AsyncFile log = open(path, APPEND);
        assertRefused("APPEND", log::position);
        assertRefused("APPEND", () -> log.position(1));
        assertRefused("without APPEND", () -> log.write(direct(bytes(1)), written("never")));
    }

    @Test
    void whatWaitsInLineIsCancelledByACloseInOrder() throws IOException {
        Files.write(path, bytes(100));
        AsyncFile file = open(path, READ, WRITE);
        file.read(room(10), read("first"));
        file.write(direct(bytes(10)), written("second"));
        file.read(room(10), read("third"));
        file.onClosed(journal.line("closed"));
        file.close();
        untilDone();
        journal.assertIs("first ECANCELED", "second ECANCELED", "third ECANCELED", "closed");
        assertTrue(file.isClosed());
    }
}
