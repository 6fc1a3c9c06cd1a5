// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileReadCallback;
import io.millrace.file.FileWriteCallback;
import io.millrace.fixture.FakeBackend;
import io.millrace.fixture.ScriptedFiles;
import io.millrace.spi.Code;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What becomes of an operation whose engine does only a part of it, or less. */
class FileTransferTest {
    private static final Path PATH = Path.of("scripted");

    private final ScriptedFiles files = new ScriptedFiles();
    private final EventLoop loop;
    private final List<String> lines = new ArrayList<>();
    private final FileWriteCallback written =
            (file, buffer, failure) -> lines.add(failure == null ? "written" : text(failure));
    private final FileReadCallback read =
            new FileReadCallback() {
                @Override
                public void onRead(AsyncFile file, ByteBuffer buffer, int count) {
                    lines.add("read " + count + ", at " + buffer.position());
                }

                @Override
                public void onFailure(AsyncFile file, ByteBuffer buffer, IoException failure) {
                    lines.add(text(failure) + ", at " + buffer.position());
                }
            };

    FileTransferTest() throws IoException {
        loop =
                EventLoop.open(
                        LoopOptions.builder().provider(new FakeBackend.WithFiles(files)).build());
    }

    private static String text(IoException failure) {
        return failure.errorName() + " after " + failure.bytesTransferred();
    }

    private AsyncFile open(OpenOption... options) throws IoException {
        List<AsyncFile> opened = new ArrayList<>();
        AsyncFile.open(loop, PATH, options).thenAccept(opened::add);
        loop.run();
        return opened.get(0);
    }

    /** Answers the oldest request, and lets the loop hear it. */
    private void answer(long result) throws IoException {
        files.answer(result);
        loop.run(RunMode.NOWAIT);
    }

    private static ByteBuffer ten() {
        return ByteBuffer.allocateDirect(10);
    }

    @Test
    void aWriteThatIsTakenInPartGoesOnFromThere() throws IoException {
        open(WRITE).write(ten(), 100, written);
        answer(3);
        answer(4);
        assertEquals(List.of(), lines);
        answer(3);
        assertEquals(List.of("WRITE 0-10 @100", "WRITE 3-10 @103", "WRITE 7-10 @107"), files.asked);
        assertEquals(List.of("written"), lines);
        loop.closeAll();
    }

    @Test
    void aWriteThatRunsOutOfSpaceSaysHowMuchWasTaken() throws IoException {
        AsyncFile file = open(WRITE);
        for (int code : new int[] {Code.NO_SPACE, Code.QUOTA_EXCEEDED, Code.IO_ERROR}) {
            file.write(ten(), 0, written);
            answer(6);
            answer(code);
        }
        assertEquals(List.of("ENOSPC after 6", "EDQUOT after 6", "EIO after 6"), lines);
        assertFalse(file.isClosing());
        loop.closeAll();
    }

    @Test
    void aWriteOfWhichNothingIsTakenEndsInsteadOfGoingOnForEver() throws IoException {
        open(WRITE).write(ten(), 0, written);
        answer(0);
        assertEquals(List.of("EIO after 0"), lines);
        loop.closeAll();
    }

    @Test
    void anAppendThatIsTakenInPartIsWholeBeforeTheNext() throws IoException {
        AsyncFile file = open(APPEND);
        file.append(ByteBuffer.wrap(new byte[10]), written);
        file.append(ten(), written);
        answer(3);
        assertEquals("WRITE 3-10 @3", files.asked.get(1));
        answer(7);
        assertEquals(List.of("written"), lines);
        answer(Code.NO_SPACE);
        assertEquals(List.of("written", "ENOSPC after 0"), lines);
        loop.closeAll();
    }

    @Test
    void anExactReadGoesOnUntilItIsFull() throws IoException {
        open(READ).readFully(ten().position(2), 50, read);
        answer(3);
        answer(5);
        assertEquals(List.of("READ 2-10 @50", "READ 5-10 @53"), files.asked);
        assertEquals(List.of("read 8, at 10"), lines);
        loop.closeAll();
    }

    @Test
    void anExactReadThatMeetsTheEndHasWhatThereWas() throws IoException {
        AsyncFile file = open();
        file.readFully(ten(), 0, read);
        answer(3);
        answer(0);
        file.readFully(ten(), 3, read);
        answer(0);
        assertEquals(List.of("read 3, at 3", "read -1, at 0"), lines);
        loop.closeAll();
    }

    @Test
    void aReadTakesWhatItIsGiven() throws IoException {
        open().read(ten(), 0, read);
        answer(3);
        assertEquals(List.of("READ 0-10 @0"), files.asked);
        assertEquals(List.of("read 3, at 3"), lines);
        loop.closeAll();
    }

    @Test
    void aReadThatFailsHalfWayLeavesItsBytesInTheBuffer() throws IoException {
        open().readFully(ten(), 0, read);
        answer(3);
        answer(Code.IO_ERROR);
        assertEquals(List.of("EIO after 0, at 3"), lines);
        loop.closeAll();
    }

    @Test
    void aCloseCancelsWhatIsInFlightAndWaitsForIt() throws IoException {
        AsyncFile file = open(READ, WRITE);
        file.readFully(ten(), 0, read);
        file.write(ten(), 0, written);
        file.write(ten(), 10, written);
        file.sync((each, failure) -> lines.add("sync " + failure));
        file.onClosed(() -> lines.add("closed"));
        file.close();
        assertTrue(files.asked.containsAll(List.of("CANCEL READ", "CANCEL WRITE", "CANCEL SYNC")));
        answer(10);
        answer(4);
        answer(10);
        assertFalse(files.asked.contains("CLOSE"));
        answer(Code.OK);
        loop.run();
        assertEquals(
                List.of(
                        "ECANCELED after 0, at 10",
                        "ECANCELED after 4",
                        "written",
                        "sync null",
                        "closed"),
                lines);
        assertEquals("CLOSE", files.asked.get(files.asked.size() - 1));
        loop.closeAll();
    }

    @Test
    void aFileThatIsOpenedAlthoughItWasClosedMeanwhileIsClosed() throws IoException {
        files.opensByHand = true;
        AsyncFile.open(loop, PATH)
                .whenComplete((file, failure) -> lines.add(text((IoException) failure)));
        loop.run(RunMode.NOWAIT);
        loop.walk(Handle::close);
        assertEquals(List.of("CANCEL OPEN"), files.asked);
        files.answer(Code.OK);
        loop.run();
        assertEquals(List.of("ECANCELED after 0"), lines);
        assertEquals(List.of("CANCEL OPEN", "CLOSE"), files.asked);
        loop.close();
    }

    @Test
    void aCloseThatFailsIsACloseAllTheSame() throws IoException {
        files.closing = Code.IO_ERROR;
        AsyncFile file = open();
        file.close();
        loop.run();
        assertTrue(file.isClosed());
        loop.close();
    }

    @Test
    void aReadOfSeveralBuffersGoesOnInTheMiddleOfOne() throws IoException {
        AsyncFile file = open(READ);
        ByteBuffer[] buffers = {ByteBuffer.allocateDirect(10), ByteBuffer.allocateDirect(20)};
        file.readFully(buffers, 100, read);
        answer(10);
        answer(3);
        answer(17);
        assertEquals(
                List.of(
                        "READ_VECTOR 0-10 0-20 @100",
                        "READ_VECTOR 0-20 @110",
                        "READ_VECTOR 3-20 @113"),
                files.asked);
        assertEquals(List.of("read 30, at 20"), lines);
        loop.closeAll();
    }

    @Test
    void aWriteOfSeveralBuffersThatIsTakenInPartGoesOnFromThere() throws IoException {
        AsyncFile file = open(WRITE);
        ByteBuffer[] buffers = {ByteBuffer.allocateDirect(10), ByteBuffer.allocateDirect(20)};
        file.write(buffers, 100, written);
        answer(12);
        answer(Code.NO_SPACE);
        assertEquals(List.of("WRITE_VECTOR 0-10 0-20 @100", "WRITE_VECTOR 2-20 @112"), files.asked);
        assertEquals(List.of("ENOSPC after 12"), lines);
        loop.closeAll();
    }

    @Test
    void aShortReadInLineMovesThePositionByWhatItRead() throws IoException {
        AsyncFile file = open(READ);
        file.read(ByteBuffer.allocateDirect(10), read);
        file.read(ByteBuffer.allocateDirect(10), read);
        assertEquals(List.of("READ 0-10 @0"), files.asked);
        answer(4);
        assertEquals(List.of("READ 0-10 @0", "READ 0-10 @4"), files.asked);
        answer(Code.IO_ERROR);
        assertEquals(List.of("read 4, at 4", "EIO after 0, at 0"), lines);
        assertEquals(4, file.position());
        loop.closeAll();
    }
}
