// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.FileRequest;
import io.millrace.spi.FileRequest.Operation;
import io.millrace.spi.OpenFile;
import io.millrace.testkit.script.ScriptedContext;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fouls of engines and loops that have to do with files. */
class RefereedFilesTest {
    private record Opened() implements OpenFile {
        @Override
        public int descriptor() {
            return -1;
        }

        @Override
        public long size() {
            return 0;
        }

        @Override
        public int read(ByteBuffer into, long position) {
            return 0;
        }

        @Override
        public void close() {}
    }

    /** Core's end of a request, and what it hears. */
    private static final class Asked extends FileRequest {
        final List<Long> ends = new ArrayList<>();

        Asked open() {
            askOpen(Path.of("file"), Set.of(StandardOpenOption.READ));
            return this;
        }

        Asked read(int bytes) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
            askTransfer(Operation.READ, new Opened(), buffer, 0, bytes, 0);
            return this;
        }

        Asked close(OpenFile file) {
            ask(Operation.CLOSE, file);
            return this;
        }

        @Override
        public void onEnded(long result) {
            ends.add(result);
        }
    }

    private final Referee referee = new Referee();
    private final UnrulyDriver unruly = new UnrulyDriver();
    private final Asked asked = new Asked();
    private Driver driver;

    @BeforeEach
    void open() throws Exception {
        ScriptedContext context = new ScriptedContext(System::nanoTime);
        driver = referee.watch(unruly.provider()).open(DriverConfig.DEFAULT, context);
    }

    private void start(FileRequest request) {
        driver.files().start(request);
    }

    private void end(long result) throws Exception {
        FileRequest request = unruly.request();
        unruly.duringPoll(() -> request.onEnded(result));
        driver.poll(0);
    }

    private void assertFoul(String expected, long result) {
        FoulError foul = assertThrows(FoulError.class, () -> end(result));
        assertTrue(foul.getMessage().contains(expected), foul::getMessage);
    }

    @Test
    void anEndOutsideOfPoll() {
        start(asked.read(10));
        assertThrows(FoulError.class, () -> unruly.request().onEnded(0));
    }

    @Test
    void aSecondEnd() throws Exception {
        start(asked.read(10));
        end(10);
        assertFoul("ended twice", 10);
    }

    @Test
    void moreBytesThanThereIsRoomFor() {
        start(asked.read(10));
        assertFoul("ended with 11", 11);
    }

    @Test
    void aCodeThatIsNoResult() {
        start(asked.read(10));
        assertFoul("ended with", Code.INTERRUPTED);
    }

    @Test
    void aSecondStart() {
        start(asked.read(10));
        assertThrows(FoulError.class, () -> start(asked));
    }

    @Test
    void aCancelOfWhatIsNotInFlight() {
        assertThrows(FoulError.class, () -> driver.files().cancel(asked.read(10)));
    }

    @Test
    void aRequestWithoutItsEndIsADebt() {
        start(asked.read(10));
        assertThrows(FoulError.class, referee::assertSettled);
        assertThrows(FoulError.class, driver::close);
    }

    @Test
    void aFileThatIsNeverClosedIsADebtAndOneThatIsNotOpenIsNotClosed() throws Exception {
        start(asked.open());
        unruly.request().opened(new Opened());
        end(Code.OK);
        assertThrows(FoulError.class, referee::assertSettled);
        OpenFile file = asked.file();
        start(asked.close(file));
        end(Code.OK);
        referee.assertSettled();
        start(asked.close(file));
        assertFoul("not open", Code.OK);
        assertEquals(List.of(0L, 0L), asked.ends);
    }

    @Test
    void aFileThatIsClosedAtOnceIsNoDebtAndNotClosedTwice() throws Exception {
        start(asked.open());
        unruly.request().opened(new Opened());
        end(Code.OK);
        asked.file().close();
        referee.assertSettled();
        FoulError foul = assertThrows(FoulError.class, () -> asked.file().close());
        assertTrue(foul.getMessage().contains("not open"), foul::getMessage);
    }
}
