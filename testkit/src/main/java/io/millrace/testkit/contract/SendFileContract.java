// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sending files: whole, in part, in order with other writes, and not at all. */
public abstract class SendFileContract extends ContractTest {
    private static final int SIZE = 3_000_000;

    private final Journal journal = new Journal();
    private final Journal server = new Journal();

    private Path directory;
    private Path file;

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
        TcpPair pair = connect();
        pair.server().read(server.reader("server"));
        pair.client().sendFile(file, 0, -1, journal.written("file"));
        assertEquals(SIZE, pair.client().writeQueueSize());
        assertArrives(bytes(SIZE));
        until("written", () -> !journal.lines().isEmpty());
        journal.assertIs("file");
    }

    @Test
    void aPartOfAFileArrives() throws IOException {
        TcpPair pair = connect();
        pair.server().read(server.reader("server"));
        pair.client().sendFile(file, 1_000_001, 500_000, journal.written("file"));
        assertArrives(Arrays.copyOfRange(bytes(SIZE), 1_000_001, 1_500_001));
    }

    @Test
    void anEmptyPartOfAFileEndsOnItsOwn() throws IOException {
        TcpPair pair = connect();
        pair.client().sendFile(file, 10, 0, journal.written("nothing"));
        until("written", () -> !journal.lines().isEmpty());
        journal.assertIs("nothing");
        assertEquals(0, pair.client().writeQueueSize());
    }

    @Test
    void filesAndOtherWritesKeepTheirOrder() throws IOException {
        TcpPair pair = connect();
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
        TcpPair pair = connect();
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
        TcpPair pair = connect();
        assumeReal("a file that shrinks");
        Files.write(file, bytes(32 << 20));
        pair.client().sendFile(file, 0, -1, journal.written("file"));
        settle();
        Files.write(file, new byte[1]);
        pair.server().read(server.reader("server"));
        until("failed", () -> !journal.lines().isEmpty());
        journal.assertIs("file EIO");
    }

    @Test
    void filesThatAreNotThereOrTooShortAreRefusedAtTheCall() throws IOException {
        TcpPair pair = connect();
        Path missing = directory.resolve("missing");
        IoException failure =
                assertThrows(
                        IoException.class,
                        () -> pair.client().sendFile(missing, 0, -1, journal.written("file")));
        assertEquals("ENOENT", failure.errorName());
        assertTrue(String.valueOf(failure.getMessage()).contains("missing"), failure::toString);
        assertBadRange(pair, -1, 10);
        assertBadRange(pair, 0, SIZE + 1L);
        assertBadRange(pair, SIZE + 1L, -1);
        assertBadRange(pair, 0, -2);
        assertEquals(0, pair.client().writeQueueSize());
    }

    private void assertBadRange(TcpPair pair, long position, long count) {
        assertThrows(
                IllegalArgumentException.class,
                () -> pair.client().sendFile(file, position, count, journal.written("file")));
    }
}
