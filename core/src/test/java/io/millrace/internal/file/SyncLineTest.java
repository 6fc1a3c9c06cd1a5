// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileSyncCallback;
import io.millrace.fixture.FakeBackend;
import io.millrace.fixture.ScriptedFiles;
import io.millrace.spi.Code;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Syncs of a file at once: the kernel tells of what it has lost to one of them only, and may tell
 * the others first that all is well.
 */
class SyncLineTest {
    private final ScriptedFiles files = new ScriptedFiles();
    private final List<String> lines = new ArrayList<>();
    private final EventLoop loop;
    private final AsyncFile file;

    SyncLineTest() throws IOException {
        loop =
                EventLoop.open(
                        LoopOptions.builder()
                                .provider(new FakeBackend.WithFiles(files))
                                .uncaughtHandler(
                                        (handle, thrown) ->
                                                lines.add("uncaught " + thrown.getMessage()))
                                .build());
        List<AsyncFile> opened = new ArrayList<>();
        AsyncFile.open(loop, Path.of("scripted"), WRITE).thenAccept(opened::add);
        loop.run();
        file = opened.get(0);
    }

    private FileSyncCallback named(String name) {
        return (same, failure) ->
                lines.add(name + (failure == null ? "" : " " + failure.errorName()));
    }

    private void answer(long result) throws IOException {
        files.answer(result);
        loop.run(RunMode.NOWAIT);
    }

    @Test
    void noneBeginsBeforeTheFailureOfAnotherIsTold() throws IOException {
        file.sync(named("first"));
        file.sync(named("second"));
        assertEquals(List.of("SYNC"), files.asked);
        answer(Code.IO_ERROR);
        assertEquals(List.of("first EIO"), lines);
        assertEquals(List.of("SYNC", "SYNC"), files.asked);
        answer(Code.OK);
        assertEquals(List.of("first EIO", "second"), lines);
        loop.closeAll();
    }

    @Test
    void allThatWaitShareOneRequestWhichIsOfEverythingIfOneIs() throws IOException {
        file.syncData(named("1"));
        file.syncData(named("2"));
        file.sync(named("3"));
        file.syncData(named("4"));
        answer(Code.OK);
        file.syncData(named("5"));
        file.syncData(named("6"));
        answer(Code.OK);
        answer(Code.NO_SPACE);
        assertEquals(List.of("SYNC_DATA", "SYNC", "SYNC_DATA"), files.asked);
        assertEquals(List.of("1", "2", "3", "4", "5 ENOSPC", "6 ENOSPC"), lines);
        loop.closeAll();
    }

    @Test
    void oneThatIsAskedInTheCallbackOfAnotherWaitsForTheNextRequest() throws IOException {
        FileSyncCallback again =
                (same, failure) -> {
                    lines.add("again");
                    same.sync(named("within"));
                };
        file.sync(again);
        answer(Code.OK);
        file.sync(named("after"));
        assertEquals(List.of("SYNC", "SYNC"), files.asked);
        answer(Code.OK);
        answer(Code.OK);
        assertEquals(List.of("again", "within", "after"), lines);
        loop.closeAll();
    }

    @Test
    void aCallbackThatThrowsKeepsNobodyFromHearing() throws IOException {
        file.sync(named("first"));
        file.sync(
                (same, failure) -> {
                    throw new IllegalStateException("on purpose");
                });
        file.sync(named("third"));
        answer(Code.OK);
        answer(Code.OK);
        assertEquals(List.of("first", "uncaught on purpose", "third"), lines);
        assertEquals(0, file.inFlight());
        loop.closeAll();
    }

    @Test
    void aCloseCancelsTheOneUnderWayAndThoseThatWait() throws IOException {
        file.sync(named("first"));
        file.sync(named("second"));
        file.sync(named("third"));
        file.onClosed(() -> lines.add("closed"));
        file.close();
        assertEquals(List.of("SYNC", "CANCEL SYNC"), files.asked);
        answer(Code.CANCELLED);
        loop.run();
        assertEquals(
                List.of("first ECANCELED", "second ECANCELED", "third ECANCELED", "closed"), lines);
        assertEquals(List.of("SYNC", "CANCEL SYNC", "CLOSE"), files.asked);
        loop.close();
    }

    @Test
    void aCloseInACallbackEndsThoseBehindIt() throws IOException {
        file.sync(
                (same, failure) -> {
                    lines.add("first");
                    same.close();
                });
        file.sync(named("second"));
        answer(Code.OK);
        loop.run();
        assertEquals(List.of("first", "second ECANCELED"), lines);
        assertEquals(List.of("SYNC", "CLOSE"), files.asked);
        loop.close();
    }

    @Test
    void oneThatCannotBeBegunEndsWithItsReasonAndTheNextIsTried() throws IOException {
        files.refusal = new OutOfMemoryError("on purpose");
        file.sync(named("first"));
        file.sync(named("second"));
        assertEquals(List.of(), lines);
        loop.run();
        assertEquals(List.of("first ENOMEM", "second ENOMEM"), lines);
        files.refusal = null;
        file.sync(named("third"));
        answer(Code.OK);
        assertEquals("third", lines.get(2));
        loop.closeAll();
    }
}
