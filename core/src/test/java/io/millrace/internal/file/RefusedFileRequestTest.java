// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.file.AsyncFile;
import io.millrace.file.FileReadCallback;
import io.millrace.fixture.FakeBackend;
import io.millrace.fixture.ScarcityFails;
import io.millrace.fixture.ScriptedFiles;
import io.millrace.internal.loop.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A request that nobody begins, since the engine or the executor throws, ends all the same: later,
 * once, with that as its reason, and nothing is left over.
 */
@ExtendWith(ScarcityFails.class)
class RefusedFileRequestTest {
    private final List<String> lines = new ArrayList<>();
    private final List<Throwable> causes = new ArrayList<>();
    private final ScriptedFiles scripted = new ScriptedFiles();
    private Executor executor = Runnable::run;
    private Loop loop;
    private @TempDir Path directory;

    static Stream<Arguments> refusals() {
        List<Arguments> all = new ArrayList<>();
        for (boolean ofEngine : new boolean[] {false, true}) {
            all.add(Arguments.of(ofEngine, new OutOfMemoryError("on purpose"), "ENOMEM"));
            all.add(
                    Arguments.of(
                            ofEngine,
                            new OutOfMemoryError("unable to create native thread"),
                            "ENOMEM"));
            all.add(Arguments.of(ofEngine, new StackOverflowError("on purpose"), "EIO"));
        }
        all.add(Arguments.of(false, new RejectedExecutionException("on purpose"), "EAGAIN"));
        all.add(Arguments.of(false, new IllegalStateException("on purpose"), "EIO"));
        return all.stream();
    }

    private void open(boolean ofEngine) throws IoException {
        LoopOptions.Builder options = LoopOptions.builder();
        loop =
                Loop.open(
                        ofEngine
                                ? options.provider(new FakeBackend.WithFiles(scripted)).build()
                                : options.provider(new FakeBackend.Good())
                                        .workExecutor(task -> executor.execute(task))
                                        .build());
    }

    private void refuseWith(Throwable refusal) {
        if (refusal instanceof Error error) {
            scripted.refusal = error;
        }
        executor =
                task -> {
                    if (refusal instanceof Error error) {
                        throw error;
                    }
                    throw (RuntimeException) refusal;
                };
    }

    private void refuseNoMore() {
        scripted.refusal = null;
        executor = Runnable::run;
    }

    private AsyncFile opened(OpenOption... options) throws IoException {
        List<AsyncFile> all = new ArrayList<>();
        AsyncFile.open(loop, directory.resolve("file"), options).thenAccept(all::add);
        while (all.isEmpty()) {
            loop.run(RunMode.ONCE);
        }
        return all.get(0);
    }

    private void ended(@Nullable Throwable failure) {
        if (failure instanceof IoException reason) {
            lines.add(reason.errorName());
            causes.add(reason.getCause());
        } else {
            lines.add("done " + failure);
        }
    }

    private void assertEndedLater(int count, String name, Throwable refusal) throws IoException {
        assertEquals(List.of(), lines, "not on the stack of the call");
        loop.run();
        assertEquals(Collections.nCopies(count, name), lines);
        causes.forEach(cause -> assertSame(refusal, cause));
    }

    private void assertNothingIsLeft() throws IOException {
        loop.closeAll();
        assertFalse(loop.handles.hasRequests());
        assertTrue(loop.handles.isEmpty());
        assertTrue(loop.isClosed());
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void openingAndAttributesFail(boolean ofEngine, Throwable refusal, String name)
            throws IOException {
        open(ofEngine);
        refuseWith(refusal);
        Path path = directory.resolve("file");
        AsyncFile.open(loop, path, WRITE, CREATE).whenComplete((file, failure) -> ended(failure));
        AsyncFile.attributes(loop, path).whenComplete((found, failure) -> ended(failure));
        assertEndedLater(2, name, refusal);
        assertFalse(loop.isAlive());
        loop.close();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void operationsFailAndLaterOnesDoNot(boolean ofEngine, Throwable refusal, String name)
            throws IOException {
        open(ofEngine);
        AsyncFile file = opened(READ, WRITE, CREATE);
        ByteBuffer buffer = ByteBuffer.allocateDirect(10);
        refuseWith(refusal);
        file.write(buffer.clear(), 0, (same, bytes, failure) -> ended(failure));
        file.write(ByteBuffer.allocate(3), 0, (same, bytes, failure) -> ended(failure));
        file.read(buffer.clear(), 0, reader());
        file.sync((same, failure) -> ended(failure));
        file.size().whenComplete((size, failure) -> ended(failure));
        assertEndedLater(5, name, refusal);
        assertEquals(0, file.inFlight());
        refuseNoMore();
        lines.clear();
        file.sync((same, failure) -> ended(failure));
        if (ofEngine) {
            scripted.answer(0);
        }
        loop.run();
        assertEquals(List.of("done null"), lines);
        assertNothingIsLeft();
    }

    private FileReadCallback reader() {
        return new FileReadCallback() {
            @Override
            public void onRead(AsyncFile file, ByteBuffer buffer, int count) {
                ended(null);
            }

            @Override
            public void onFailure(AsyncFile file, ByteBuffer buffer, IoException failure) {
                ended(failure);
            }
        };
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void appendsThatWaitFollowTheOneThatIsRefused(boolean ofEngine, Throwable refusal, String name)
            throws IOException {
        open(ofEngine);
        AsyncFile file = opened(APPEND, CREATE);
        refuseWith(refusal);
        for (int i = 0; i < 3; i++) {
            file.append(ByteBuffer.allocate(3), (same, bytes, failure) -> ended(failure));
        }
        assertEndedLater(3, name, refusal);
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aCloseCancelsWhatWasRefused(boolean ofEngine, Throwable refusal, String name)
            throws IOException {
        open(ofEngine);
        AsyncFile file = opened(WRITE, CREATE);
        refuseWith(refusal);
        AsyncFile.open(loop, directory.resolve("other"), WRITE, CREATE)
                .whenComplete((other, failure) -> ended(failure));
        file.write(ByteBuffer.allocate(3), 0, (same, bytes, failure) -> ended(failure));
        file.onClosed(() -> lines.add("closed"));
        loop.walk(Handle::close);
        assertEquals(List.of(), lines);
        loop.run();
        assertEquals(List.of("ECANCELED", "ECANCELED", "closed"), lines);
        if (ofEngine) {
            assertEquals(List.of("CLOSE NOW"), scripted.asked);
        }
        assertNothingIsLeft();
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aLoopThatIsLetGoOfEndsWhatWasRefusedOnce(boolean ofEngine, Throwable refusal, String name)
            throws IOException {
        open(ofEngine);
        AsyncFile file = opened(WRITE, CREATE);
        AsyncFile closing = opened(WRITE, CREATE);
        refuseWith(refusal);
        file.write(ByteBuffer.allocate(3), 0, (same, bytes, failure) -> lines.add("write"));
        AsyncFile.open(loop, directory.resolve("other"), WRITE, CREATE)
                .whenComplete((other, failure) -> lines.add("open"));
        AsyncFile.attributes(loop, directory).whenComplete((found, failure) -> lines.add("ask"));
        file.onClosed(() -> lines.add("closed"));
        closing.onClosed(() -> lines.add("closed"));
        closing.close();
        loop.letGo();
        lines.sort(null);
        assertEquals(List.of("ask", "closed", "closed", "open", "write"), lines);
        assertNothingIsLeft();
    }

    @Test
    void aLoopThatIsLetGoOfTellsOfWhatWaitedInLineBeforeTheFileIsClosed() throws IOException {
        open(true);
        AsyncFile file = opened(APPEND, CREATE);
        for (int i = 1; i <= 3; i++) {
            String number = "append " + i;
            file.append(ByteBuffer.allocate(3), (same, bytes, failure) -> lines.add(number));
        }
        file.onClosed(() -> lines.add("closed"));
        loop.letGo();
        assertEquals(List.of("append 1", "append 2", "append 3", "closed"), lines);
        assertNothingIsLeft();
    }

    @Test
    void aLoopThatIsLetGoOfInTheMiddleOfACopyTellsOfItAndOfBothFiles() throws IOException {
        open(false);
        AsyncFile target = opened(WRITE, CREATE);
        AsyncFile source = opened(READ);
        List<Runnable> kept = new ArrayList<>();
        executor = kept::add;
        source.copyTo(target, 0, 0, 10).whenComplete((count, failure) -> ended(failure));
        source.onClosed(() -> lines.add("source"));
        target.onClosed(() -> lines.add("target"));
        loop.letGo();
        assertEquals("ECANCELED", lines.get(0));
        lines.sort(null);
        assertEquals(List.of("ECANCELED", "source", "target"), lines);
        kept.forEach(Runnable::run);
        assertNothingIsLeft();
    }

    /** A task that was begun, or that runs later although its executor has thrown. */
    @ParameterizedTest
    @MethodSource("refusals")
    void anExecutorThatThrowsAfterAllEndsNothingTwice(
            boolean ofEngine, Throwable refusal, String name) throws IOException {
        open(false);
        AsyncFile file = opened(WRITE, CREATE);
        executor =
                task -> {
                    task.run();
                    throw new IllegalStateException("although it has run it");
                };
        file.write(ByteBuffer.allocate(3), 0, (same, bytes, failure) -> ended(failure));
        loop.run();
        assertEquals(List.of("done null"), lines);
        List<Runnable> kept = new ArrayList<>();
        executor =
                task -> {
                    kept.add(task);
                    throw new IllegalStateException("although it will run it");
                };
        lines.clear();
        file.write(ByteBuffer.allocate(3), 0, (same, bytes, failure) -> ended(failure));
        kept.forEach(Runnable::run);
        loop.run();
        assertEquals(List.of("EIO"), lines);
        assertNothingIsLeft();
    }
}
