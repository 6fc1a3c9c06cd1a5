// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.RunMode;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileAttributes;
import io.millrace.spi.Code;
import io.millrace.spi.FileRequest;
import io.millrace.spi.FileRequest.Operation;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A file is looked at, opened without waiting, and looked at again, whatever comes in between. */
class OpeningTest extends TurnSharesFixture {
    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void hold() {
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

    private void open(OpenOption... options) {
        AsyncFile.open(loop, FILE, options)
                .whenComplete(
                        (file, failure) ->
                                lines.add(
                                        failure instanceof IoException reason
                                                ? reason.errorName()
                                                : file.path().toString()));
    }

    private void answer(Operation operation, int code) throws IOException {
        assertEquals(operation, backend.heldFiles.element().operation());
        backend.endHeld(code);
        for (int i = 0; i < 5; i++) {
            loop.run(RunMode.NOWAIT);
        }
    }

    private int flags() {
        return backend.heldFiles.element().flags();
    }

    @Test
    void whatHasTakenThePlaceOfTheFileIsOpenedWithoutWaitingAndRefused() throws IOException {
        backend.typeOfOpened = FileAttributes.TYPE_FIFO;
        open(StandardOpenOption.READ);
        answer(Operation.STATUS, Code.OK);
        assertEquals(FileRequest.OPEN_NONBLOCKING, flags());
        answer(Operation.OPEN, Code.OK);
        answer(Operation.STATUS_OF_FILE, Code.OK);
        assertEquals(List.of("EINVAL"), lines);
        answer(Operation.CLOSE, Code.OK);
        assertEquals(0, backend.openFiles);
        assertFalse(loop.isAlive());
    }

    @Test
    void whatIsKnownFromOpeningIsNotAskedAgain() throws IOException {
        backend.tellsWhatItOpens = true;
        open(StandardOpenOption.READ);
        answer(Operation.STATUS, Code.OK);
        answer(Operation.OPEN, Code.OK);
        assertEquals(List.of("file"), lines);
        backend.typeOfOpened = FileAttributes.TYPE_CHARACTER_DEVICE;
        open(StandardOpenOption.READ);
        answer(Operation.STATUS, Code.OK);
        answer(Operation.OPEN, Code.OK);
        assertEquals(List.of("file", "EINVAL"), lines);
        answer(Operation.CLOSE, Code.OK);
        assertEquals(1, backend.openFiles);
    }

    @Test
    void aFileThatAnotherHasLeasedIsWaitedFor() throws IOException {
        open(StandardOpenOption.WRITE);
        answer(Operation.STATUS, Code.OK);
        answer(Operation.OPEN, Code.WOULD_BLOCK);
        assertEquals(0, flags(), "the lease ends");
        answer(Operation.OPEN, Code.OK);
        answer(Operation.STATUS_OF_FILE, Code.OK);
        assertEquals(List.of("file"), lines);
    }

    @Test
    void aNewFileIsNotLookedAtAgain() throws IOException {
        open(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        answer(Operation.STATUS, Code.NO_SUCH_FILE);
        assertEquals(0, flags(), "it is nobody's but ours");
        answer(Operation.OPEN, Code.OK);
        assertEquals(List.of("file"), lines);
    }

    @Test
    void aMissingFileIsOpenedOnlyIfThatMakesIt() throws IOException {
        open(StandardOpenOption.WRITE);
        answer(Operation.STATUS, Code.NO_SUCH_FILE);
        assertEquals(List.of("ENOENT"), lines);
        assertTrue(backend.heldFiles.isEmpty());
        open(StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        answer(Operation.STATUS, Code.NO_SUCH_FILE);
        assertEquals(FileRequest.OPEN_NONBLOCKING, flags(), "there may be something by now");
        answer(Operation.OPEN, Code.OK);
        answer(Operation.STATUS_OF_FILE, Code.OK);
        assertEquals(List.of("ENOENT", "file"), lines);
    }

    @Test
    void eachStepMayFail() throws IOException {
        Operation[] steps = {Operation.STATUS, Operation.OPEN, Operation.STATUS_OF_FILE};
        for (int last = 0; last < steps.length; last++) {
            lines.clear();
            open(StandardOpenOption.READ);
            for (int i = 0; i < last; i++) {
                answer(steps[i], Code.OK);
            }
            answer(steps[last], Code.IO_ERROR);
            assertEquals(List.of("EIO"), lines);
            if (steps[last] == Operation.STATUS_OF_FILE) {
                answer(Operation.CLOSE, Code.OK);
            }
            assertEquals(0, backend.openFiles);
            assertFalse(loop.isAlive());
        }
    }

    @Test
    void aCloseInEachStepLeavesNothingOpen() throws IOException {
        Operation[] steps = {Operation.STATUS, Operation.OPEN, Operation.STATUS_OF_FILE};
        for (int last = 0; last < steps.length; last++) {
            lines.clear();
            open(StandardOpenOption.READ);
            for (int i = 0; i < last; i++) {
                answer(steps[i], Code.OK);
            }
            loop.walk(Handle::close);
            answer(steps[last], Code.OK);
            assertEquals(List.of("ECANCELED"), lines);
            if (last > 0) {
                answer(Operation.CLOSE, Code.OK);
            }
            assertEquals(0, backend.openFiles);
            assertFalse(loop.isAlive());
        }
        assertEquals(List.of(steps), backend.cancelled);
    }
}
