// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.RunMode;
import io.millrace.file.FileAttributes;
import io.millrace.fixture.GreedyBackend;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpStream;
import io.millrace.net.WriteCallback;
import io.millrace.spi.Code;
import io.millrace.spi.FileRequest;
import io.millrace.spi.FileRequest.Operation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file that is to be sent is opened while the loop goes on, whatever comes of either. */
class FileToSendTest extends TurnSharesFixture {
    private final List<String> lines = new ArrayList<>();
    private TcpStream stream;

    @BeforeEach
    void hold() throws IOException {
        stream = connect();
        backend.holdsFiles = true;
    }

    /** What a test has left unanswered would keep the loop from closing. */
    @AfterEach
    void answerAll() {
        backend.holdsFiles = false;
        while (!backend.heldFiles.isEmpty()) {
            backend.endHeld(Code.OK);
        }
    }

    private WriteCallback told(String name) {
        return (same, failure) -> lines.add(failure == null ? name : text(name, failure));
    }

    private static String text(String name, IoException failure) {
        return name + " " + failure.errorName();
    }

    private void turn() throws IOException {
        for (int i = 0; i < 5; i++) {
            loop.run(RunMode.NOWAIT);
        }
    }

    private void answer(Operation operation, int code) throws IOException {
        assertEquals(operation, backend.heldFiles.element().operation());
        backend.endHeld(code);
        turn();
    }

    private void openHeld() throws IOException {
        answer(Operation.STATUS, Code.OK);
        answer(Operation.OPEN, Code.OK);
        answer(Operation.STATUS_OF_FILE, Code.OK);
    }

    @Test
    void whatComesBeforeIsSentAndWhatComesBehindWaits() throws IOException {
        stream.write(new byte[10], 0, 10, told("before"));
        stream.sendFile(FILE, 3, 100, told("file"));
        stream.write(new byte[7], 0, 7, told("behind"));
        assertEquals(117, stream.writeQueueSize());
        turn();
        assertEquals(List.of("before"), lines);
        assertEquals(10, port(0).bytesSent);
        openHeld();
        assertEquals(117, port(0).bytesSent);
        assertEquals(List.of("before", "file", "behind"), lines);
        answer(Operation.CLOSE, Code.OK);
        assertEquals(0, backend.openFiles);
    }

    @Test
    void theRestOfAFileIsMoreThanTheMarkUntilItIsKnown() throws IOException {
        stream.watermarks(0, Long.MAX_VALUE / 4, Long.MAX_VALUE / 2);
        stream.onWritable(() -> lines.add("writable"));
        backend.sendsArePending = true;
        assertFalse(stream.sendFile(FILE, 3, -1, null));
        assertEquals(0, stream.writeQueueSize());
        turn();
        assertFalse(stream.write(new byte[1], 0, 1));
        assertEquals(List.of(), lines);
        openHeld();
        long rest = GreedyBackend.FILE_SIZE - 3;
        assertTrue(stream.writeQueueSize() > 0);
        while (stream.writeQueueSize() > 0) {
            loop.run(RunMode.NOWAIT);
        }
        assertEquals(rest + 1, sent());
        turn();
        assertEquals(List.of("writable"), lines);
        assertTrue(stream.write(new byte[1], 0, 1));
        answer(Operation.CLOSE, Code.OK);
    }

    @Test
    void aShortRestLetsWritersGoOnAsSoonAsItIsKnown() throws IOException {
        stream.onWritable(() -> lines.add("writable"));
        stream.watermarks(10, 10, 1000);
        stream.write(new byte[0], 0, 0);
        assertFalse(stream.sendFile(FILE, GreedyBackend.FILE_SIZE - 3, -1, told("first")));
        assertFalse(stream.sendFile(FILE, GreedyBackend.FILE_SIZE - 4, -1, told("second")));
        backend.heldFiles.add(backend.heldFiles.remove());
        answer(Operation.STATUS, Code.OK);
        backend.heldFiles.add(backend.heldFiles.remove());
        answer(Operation.OPEN, Code.OK);
        backend.heldFiles.add(backend.heldFiles.remove());
        answer(Operation.STATUS_OF_FILE, Code.OK);
        assertEquals(4, stream.writeQueueSize());
        assertEquals(List.of(), lines, "the first may have any length");
        openHeld();
        assertEquals(List.of("first", "second", "writable"), lines);
        backend.holdsFiles = false;
        answer(Operation.CLOSE, Code.OK);
        answer(Operation.CLOSE, Code.OK);
    }

    @Test
    void aRestThatIsNotThereCountsNoMore() throws IOException {
        stream.watermarks(10, 10, 1000);
        stream.sendFile(FILE, GreedyBackend.FILE_SIZE + 1, -1, told("file"));
        openHeld();
        assertEquals(List.of("file EINVAL"), lines);
        assertEquals(0, stream.writeQueueSize());
        assertFalse(stream.isWritable());
        backend.holdsFiles = false;
        answer(Operation.CLOSE, Code.OK);
    }

    @Test
    void aFileIsOpenedWhileTheOneBeforeItIsSentAndNoSooner() throws IOException {
        int count = 1000;
        for (int i = 0; i < count; i++) {
            stream.write(new byte[1], 0, 1);
            stream.sendFile(FILE, 0, i, null);
        }
        assertEquals(2, backend.heldFiles.size());
        backend.heldFiles.add(backend.heldFiles.remove());
        answer(Operation.STATUS, Code.OK);
        backend.heldFiles.add(backend.heldFiles.remove());
        answer(Operation.OPEN, Code.OK);
        backend.heldFiles.add(backend.heldFiles.remove());
        answer(Operation.STATUS_OF_FILE, Code.OK);
        assertEquals(1, sent(), "the second is open, and waits for the first");
        assertEquals(1, backend.heldFiles.size());
        openHeld();
        assertEquals(4, sent());
        backend.holdsFiles = false;
        int[] most = {0};
        backend.onPoll = () -> most[0] = Math.max(most[0], backend.openFiles);
        while (!backend.heldFiles.isEmpty()) {
            backend.endHeld(Code.OK);
        }
        while (stream.writeQueueSize() > 0 || backend.openFiles > 0) {
            loop.run(RunMode.NOWAIT);
        }
        assertEquals(count + count * (count - 1L) / 2, sent());
        assertTrue(most[0] <= 4, "two that are sent, and two that are closed: " + most[0]);
    }

    @Test
    void aCloseForgetsFilesWhoseTurnHasNotCome() throws IOException {
        for (int i = 0; i < 10; i++) {
            stream.sendFile(FILE, 0, -1, told("file"));
        }
        stream.close();
        turn();
        assertTrue(stream.isClosed());
        assertEquals(Collections.nCopies(10, "file ECANCELED"), lines);
        assertEquals(2, backend.heldFiles.size());
        answer(Operation.STATUS, Code.OK);
        answer(Operation.STATUS, Code.OK);
        assertTrue(backend.heldFiles.isEmpty());
        assertFalse(loop.isAlive());
    }

    @Test
    void aFailureWaitsForItsTurn() throws IOException {
        backend.sendsArePending = true;
        stream.sendFile(FILE, 0, 1, told("first"));
        stream.sendFile(FILE, 0, 1, told("second"));
        backend.heldFiles.add(backend.heldFiles.remove());
        answer(Operation.STATUS, Code.NO_SUCH_FILE);
        assertEquals(List.of(), lines);
        openHeld();
        assertEquals(List.of("first", "second ENOENT"), lines);
        answer(Operation.CLOSE, Code.OK);
    }

    @Test
    void eachStepMayFail() throws IOException {
        stream.sendFile(FILE, 0, -1, told("status"));
        answer(Operation.STATUS, Code.ACCESS_DENIED);
        assertEquals(List.of("status EACCES"), lines);
        stream = connect();
        stream.sendFile(FILE, 0, -1, told("open"));
        answer(Operation.STATUS, Code.OK);
        answer(Operation.OPEN, Code.TOO_MANY_FILES);
        assertEquals(List.of("status EACCES", "open EMFILE"), lines);
        stream = connect();
        stream.sendFile(FILE, 0, 10, told("size"));
        answer(Operation.STATUS, Code.OK);
        answer(Operation.OPEN, Code.OK);
        answer(Operation.STATUS_OF_FILE, Code.IO_ERROR);
        assertEquals(List.of("status EACCES", "open EMFILE", "size EIO"), lines);
        assertEquals(List.of(), backend.cancelled, "the close goes on");
        answer(Operation.CLOSE, Code.OK);
        assertEquals(0, backend.openFiles);
        assertEquals(0, sent());
    }

    @Test
    void whatHasTakenThePlaceOfTheFileIsOpenedWithoutWaitingAndRefused() throws IOException {
        backend.typeOfOpened = FileAttributes.TYPE_FIFO;
        stream.sendFile(FILE, 0, -1, told("file"));
        answer(Operation.STATUS, Code.OK);
        assertEquals(FileRequest.OPEN_NONBLOCKING, backend.heldFiles.element().flags());
        answer(Operation.OPEN, Code.OK);
        answer(Operation.STATUS_OF_FILE, Code.OK);
        assertEquals(List.of("file EINVAL"), lines);
        answer(Operation.CLOSE, Code.OK);
        assertEquals(0, backend.openFiles);
        assertEquals(0, sent());
    }

    @Test
    void aFileThatAnotherHasLeasedIsWaitedFor() throws IOException {
        stream.sendFile(FILE, 0, 3, told("file"));
        answer(Operation.STATUS, Code.OK);
        answer(Operation.OPEN, Code.WOULD_BLOCK);
        assertEquals(0, backend.heldFiles.element().flags(), "the lease ends");
        answer(Operation.OPEN, Code.OK);
        answer(Operation.STATUS_OF_FILE, Code.OK);
        assertEquals(List.of("file"), lines);
        answer(Operation.CLOSE, Code.OK);
    }

    @Test
    void aFileThatHasLostItsNameIsAskedForItsSize() throws IOException {
        stream.sendFile(FILE, 0, 3, told("file"));
        answer(Operation.STATUS, Code.OK);
        answer(Operation.OPEN, Code.OK);
        answer(Operation.STATUS_OF_FILE, Code.NOT_SUPPORTED);
        answer(Operation.SIZE, Code.OK);
        assertEquals(List.of("file"), lines);
        answer(Operation.CLOSE, Code.OK);
    }

    @Test
    void aCloseInEachStepLeavesNothingOpen() throws IOException {
        Operation[] steps = {Operation.STATUS, Operation.OPEN, Operation.STATUS_OF_FILE};
        for (int last = 0; last < steps.length; last++) {
            stream = connect();
            stream.sendFile(FILE, 0, -1, told("file"));
            for (int i = 0; i < last; i++) {
                answer(steps[i], Code.OK);
            }
            stream.close();
            turn();
            assertTrue(stream.isClosed());
            assertTrue(loop.isAlive(), "the file is yet to be closed");
            answer(steps[last], Code.OK);
            if (last > 0) {
                answer(Operation.CLOSE, Code.OK);
            }
            assertTrue(backend.heldFiles.isEmpty());
            assertEquals(0, backend.openFiles);
            assertFalse(loop.isAlive());
        }
        assertEquals(List.of("file ECANCELED", "file ECANCELED", "file ECANCELED"), lines);
        assertEquals(List.of(steps), backend.cancelled);
    }

    @Test
    void aSendInFrontOfAFileIsNotReportedLater() throws IOException {
        backend.sendsArePending = true;
        TcpStream other = connect();
        other.read((same, chunk) -> {});
        stream.watermarks(1000, 1000, 1000);
        other.watermarks(1000, 1000, 1000);
        stream.write(new byte[10], 0, 10);
        stream.sendFile(FILE, 0, -1, null);
        turn();
        assertEquals(10, port(0).bytesSent);
        assertEquals(0, port(0).lateReports);
        other.write(new byte[10], 0, 10);
        turn();
        assertEquals(1, port(1).lateReports, "as it is without a file");
        openHeld();
        stream.close();
        turn();
        backend.holdsFiles = false;
        answer(Operation.CLOSE, Code.OK);
    }

    @Test
    void aCallbackThatSendsTheNextFileIsHeard() throws IOException {
        backend.holdsFiles = false;
        int[] left = {3};
        sendNext(stream, left);
        while (left[0] > 0 || stream.writeQueueSize() > 0) {
            loop.run(RunMode.ONCE);
        }
        assertEquals(3, sent());
    }

    private void sendNext(ByteStream to, int[] left) {
        to.sendFile(
                FILE,
                0,
                1,
                (same, failure) -> {
                    if (--left[0] > 0) {
                        sendNext(same, left);
                    }
                });
    }
}
