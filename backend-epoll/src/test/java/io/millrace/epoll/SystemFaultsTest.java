// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static io.millrace.epoll.InterposedEpoll.turnUntil;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.ReadHandler;
import io.millrace.posix.SystemCalls;
import io.millrace.process.ChildEnd;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import io.millrace.process.ExitHandler;
import io.millrace.process.ExitStatus;
import io.millrace.process.Pipe;
import io.millrace.spi.Code;
import io.millrace.spi.Spawner;
import io.millrace.testkit.contract.OpenDescriptors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the kernel does rarely to pipes and children, below a real loop. */
@Timeout(60)
class SystemFaultsTest {
    private static final long NO_SUCH_CALL = -38;
    private static final long NO_MEMORY = -12;

    private final InterposedEpoll backend = new InterposedEpoll(false);
    private final List<String> told = new ArrayList<>();
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        loop = backend.openLoop();
    }

    @AfterEach
    void close() throws IOException {
        loop.closeAll();
    }

    private ReadHandler reader() {
        return new ReadHandler() {
            @Override
            public void onRead(ByteStream stream, Chunk chunk) {
                told.add("read " + chunk.length());
            }

            @Override
            public void onEnd(ByteStream stream) {
                told.add("end");
            }

            @Override
            public void onFailure(ByteStream stream, IoException failure) {
                told.add(failure.getMessage());
            }
        };
    }

    @Test
    void aPipeThatCannotBeMadeIsAFailureAndLeavesNothing() throws IOException {
        for (String name : List.of("EMFILE", "ENFILE")) {
            int code = name.equals("EMFILE") ? -24 : -23;
            backend.kernel.answer("pipe2", code);
            IoException failure = assertThrows(IoException.class, () -> Pipe.open(loop));
            assertEquals(name, failure.errorName());
            assertEquals("pipe", failure.operation());
        }
        Pipe.Pair pair = Pipe.open(loop);
        assertTrue(pair.source().isActive() || pair.source().fileDescriptor() >= 0);
    }

    @Test
    void anInterruptedReadOrWriteIsMadeAgain() throws IOException {
        Pipe.Pair pair = Pipe.open(loop);
        backend.kernel.answer("write", Code.INTERRUPTED, Code.INTERRUPTED);
        backend.kernel.answer("read", Code.INTERRUPTED);
        pair.source().read(reader());
        pair.sink().write(ByteBuffer.allocateDirect(7));
        turnUntil(loop, () -> told.contains("read 7"));
        assertEquals(0, backend.kernel.left("write") + backend.kernel.left("read"));
    }

    @Test
    void aDeviceThatFailsEndsTheReadingWithItsName() throws IOException {
        Pipe.Pair pair = Pipe.open(loop);
        pair.source().read(reader());
        backend.kernel.answer("read", Code.IO_ERROR);
        pair.sink().write(ByteBuffer.allocateDirect(1));
        turnUntil(loop, () -> !told.isEmpty());
        assertEquals(1, told.size());
        assertTrue(told.get(0).startsWith("read pipe: EIO"), told.get(0));
    }

    @Test
    void aDeviceThatFailsEndsEveryWriteOnce() throws IOException {
        Pipe.Pair pair = Pipe.open(loop);
        backend.kernel.answer("writev", Code.IO_ERROR);
        for (int i = 0; i < 2; i++) {
            pair.sink()
                    .write(
                            ByteBuffer.allocateDirect(1),
                            (stream, failure) -> told.add(String.valueOf(failure)));
        }
        turnUntil(loop, () -> told.size() == 2);
        loop.closeAll();
        assertEquals(2, told.size());
        assertTrue(
                told.stream().allMatch(each -> each.contains("write pipe: EIO")), told::toString);
    }

    @Test
    void aWriteThatIsTakenInPartGoesOn() throws IOException {
        Pipe.Pair pair = Pipe.open(loop);
        backend.kernel.intercept(
                "write", (kernel, of) -> kernel.write((int) of[0], (long) of[1], 3));
        pair.sink()
                .write(
                        ByteBuffer.allocateDirect(10),
                        (stream, failure) -> told.add("written " + failure));
        turnUntil(loop, () -> told.contains("written null"));
        ByteBuffer all = ByteBuffer.allocateDirect(10);
        pair.source().readFully(all, (stream, buffer, count) -> told.add("whole " + count));
        turnUntil(loop, () -> told.contains("whole 10"));
    }

    private ChildProcess start(ChildOptions.Builder options) throws IOException {
        List<Object> outcome = new ArrayList<>();
        ChildProcess.start(loop, options.build())
                .whenComplete((child, failure) -> outcome.add(failure == null ? child : failure));
        turnUntil(loop, () -> !outcome.isEmpty());
        return assertInstanceOf(ChildProcess.class, outcome.get(0));
    }

    private static ChildOptions.Builder quiet(String... command) {
        return ChildOptions.builder(command).output(ChildEnd.ignore()).errors(ChildEnd.ignore());
    }

    @Test
    void aChildWhosePipesCannotBeMadeIsAFailure() throws IOException {
        List<Throwable> failures = new ArrayList<>();
        backend.kernel.intercept("pipe2", (kernel, of) -> kernel.pipe2((long) of[0], (int) of[1]));
        backend.kernel.answer("pipe2", -24);
        ChildProcess.start(loop, ChildOptions.builder("true").build())
                .whenComplete((child, failure) -> failures.add(failure));
        turnUntil(loop, () -> !failures.isEmpty());
        IoException failure = assertInstanceOf(IoException.class, failures.get(0));
        assertEquals("EMFILE", failure.errorName());
        assertEquals("start true", failure.operation());
        assertEquals(0, backend.spawner.count("spawn"));
    }

    /** Linux before 5.3, or a process without a free descriptor: a thread waits. */
    @Test
    void withoutADescriptorOfItsEndItIsToldAllTheSame() throws IOException {
        for (long code : new long[] {NO_SUCH_CALL, -24}) {
            backend.spawner.answer("endDescriptor", code);
            ChildProcess child = start(quiet("sh", "-c", "exit 9"));
            List<ExitStatus> ends = new ArrayList<>();
            child.onExit((same, status) -> ends.add(status));
            turnUntil(loop, () -> !ends.isEmpty());
            assertEquals(new ExitStatus(9, null), ends.get(0));
            assertEquals(0, backend.spawner.left("endDescriptor"));
        }
    }

    @Test
    void aStatusThatSomebodyElseHasTakenIsSaid() throws IOException {
        ChildProcess child = start(quiet("sleep", "30"));
        Spawner others = backend.spawner.calls();
        int process = (int) child.processId();
        others.kill(process, others.numberOf("KILL"));
        others.awaitEnd(process);
        others.reap(process);
        List<Object> lost = new ArrayList<>();
        child.onExit(
                new ExitHandler() {
                    @Override
                    public void onExit(ChildProcess same, ExitStatus status) {
                        lost.add(status);
                    }

                    @Override
                    public void onLost(ChildProcess same, IoException failure) {
                        lost.add(failure);
                    }
                });
        turnUntil(loop, () -> !lost.isEmpty());
        IoException failure = assertInstanceOf(IoException.class, lost.get(0));
        assertEquals("ECHILD", failure.errorName());
        assertNull(child.exitStatus());
        assertTrue(!child.kill("TERM"), "its number may be another's by now");
    }

    @Test
    void whoDoesNotHearOfALostStatusHasTheHandleClosed() throws IOException {
        ChildProcess child = start(quiet("sleep", "30"));
        child.onExit((same, status) -> told.add("ended"));
        Spawner others = backend.spawner.calls();
        int process = (int) child.processId();
        others.kill(process, others.numberOf("KILL"));
        others.awaitEnd(process);
        others.reap(process);
        turnUntil(loop, child::isClosed);
        assertEquals(List.of(), told);
    }

    @Test
    void aSignalThatIsNotPermittedIsAFailure() throws IOException {
        ChildProcess child = start(quiet("sleep", "30"));
        backend.spawner.answer("kill", Code.NOT_PERMITTED);
        IoException failure = assertThrows(IoException.class, () -> child.kill("TERM"));
        assertEquals("EPERM", failure.errorName());
        assertTrue(String.valueOf(failure.getMessage()).contains("sleep"), failure::getMessage);
        assertTrue(child.kill("KILL"));
        turnUntil(loop, () -> !child.isActive());
    }

    /** The kernel takes no more descriptors to watch: a thread waits. */
    @Test
    void aWatchOfItsEndThatFailsIsFollowedByAThread() throws IOException {
        ChildProcess child = start(quiet("sh", "-c", "read line; exit 9").input(ChildEnd.pipe()));
        backend.epoll.answer("epoll_ctl", NO_MEMORY);
        List<ExitStatus> ends = new ArrayList<>();
        child.onExit((same, status) -> ends.add(status));
        turnUntil(loop, () -> backend.epoll.left("epoll_ctl") == 0);
        Objects.requireNonNull(child.input()).close();
        turnUntil(loop, () -> !ends.isEmpty());
        assertEquals(new ExitStatus(9, null), ends.get(0));
        assertEquals(1, backend.spawner.count("awaitEnd"));
        child.close();
        turnUntil(loop, child::isClosed);
    }

    private long close(SystemCalls kernel, Object[] of) {
        int result = kernel.close((int) of[0]);
        if (result < 0) {
            told.add("closed twice: " + of[0]);
        }
        return result;
    }

    private boolean isWithoutHandles() {
        List<Object> handles = new ArrayList<>();
        loop.walk(handles::add);
        return handles.isEmpty();
    }

    @Test
    void aStartThatFailsAfterTheProcessRunsLeavesNothing() throws IOException {
        OpenDescriptors before = OpenDescriptors.matching("pipe:.*|.*pidfd.*");
        backend.kernel.always("close", this::close);
        IllegalStateException refusal = new IllegalStateException("on purpose");
        int[] process = new int[1];
        backend.spawner.intercept(
                "endDescriptor",
                (system, of) -> {
                    process[0] = (int) of[0];
                    throw refusal;
                });
        List<Object> outcome = new ArrayList<>();
        ChildProcess.start(loop, ChildOptions.builder("sleep", "30").build())
                .whenComplete((child, failure) -> outcome.add(failure == null ? child : failure));
        turnUntil(loop, () -> !outcome.isEmpty());
        assertEquals(List.of(refusal), outcome);
        Spawner system = backend.spawner.calls();
        turnUntil(loop, () -> system.kill(process[0], 0) == Code.NO_SUCH_PROCESS);
        turnUntil(loop, () -> isWithoutHandles());
        before.assertNoMore("of the child");
        assertEquals(List.of(), told);
    }
}
