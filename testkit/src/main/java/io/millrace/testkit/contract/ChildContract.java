// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.process.ChildEnd;
import io.millrace.process.ChildOptions;
import io.millrace.process.ChildProcess;
import io.millrace.process.ExitStatus;
import io.millrace.process.Pipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Child processes: how they start, what they are given, and how they end. */
public abstract class ChildContract extends ContractTest {
    private static final int CROWD = 100;
    private static final int FEW = 8;
    private static final int MUCH = 16 << 20;

    private final Journal journal = new Journal();
    private Path directory = Path.of("");
    private boolean isRefusing;

    /** Whether no work ever begins. */
    private boolean isStuck;

    @Override
    LoopOptions.Builder configure(LoopOptions.Builder options) {
        return options.workExecutor(this::work);
    }

    /** On the loop's thread, which is the test's. */
    private void work(Runnable task) {
        if (isRefusing) {
            throw new RejectedExecutionException("on purpose");
        }
        if (isStuck) {
            return;
        }
        Thread thread = new Thread(task, "work of a test");
        thread.setDaemon(true);
        thread.start();
    }

    @BeforeEach
    void needChildren(@TempDir Path made, TestInfo test) {
        assumeReal("a process");
        boolean isRefusal = test.getDisplayName().startsWith("whereThereAreNone");
        assumeTrue(isRefusal || (haveDescriptors() && isLinux()), "children are not here");
        directory = made;
    }

    private static ChildOptions.Builder shell(String script, String... arguments) {
        List<String> command = new ArrayList<>(List.of("sh", "-c", script, "sh"));
        command.addAll(List.of(arguments));
        return ChildOptions.builder(command);
    }

    private ChildProcess start(ChildOptions.Builder options) throws IOException {
        List<ChildProcess> started = new ArrayList<>();
        List<Throwable> failed = new ArrayList<>();
        ChildProcess.start(loop(), options.build())
                .whenComplete(
                        (child, failure) -> {
                            if (failure == null) {
                                started.add(child);
                            } else {
                                failed.add(failure);
                            }
                        });
        until("started", () -> started.size() + failed.size() == 1);
        assertEquals(List.of(), failed);
        return started.get(0);
    }

    private void assertRefused(String symbol, ChildOptions.Builder options) throws IOException {
        List<Throwable> failed = new ArrayList<>();
        ChildProcess.start(loop(), options.build())
                .whenComplete((child, failure) -> failed.add(failure));
        until("refused", () -> failed.size() == 1);
        Throwable failure = failed.get(0);
        assertTrue(
                failure instanceof IoException known && known.errorName().equals(symbol),
                () -> symbol + " expected: " + failure);
        assertTrue(failure.toString().contains("start "), failure::toString);
    }

    /** How it ends, when its output was read. */
    private String finish(ChildProcess child) throws IOException {
        for (Pipe each : new Pipe[] {child.output(), child.errors()}) {
            if (each != null) {
                each.read(journal.reader("read"));
            }
        }
        List<ExitStatus> ends = new ArrayList<>();
        child.onFinished((same, status) -> ends.add(status));
        until("finished", () -> !ends.isEmpty());
        return ends.get(0).toString();
    }

    private String text() {
        return new String(journal.received(), StandardCharsets.UTF_8);
    }

    /** Those that children are made with. */
    private static OpenDescriptors openDescriptors() throws IOException {
        return OpenDescriptors.matching("pipe:.*|anon_inode:.?pidfd.*|/dev/null");
    }

    private static boolean isZombie(long process) throws IOException {
        Path status = Path.of("/proc", "" + process, "stat");
        try {
            return Files.readString(status).contains(") Z ");
        } catch (IOException gone) {
            assertTrue(!ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false));
            return false;
        }
    }

    @Test
    void whatItWritesIsReadAndThenItsEndIsTold() throws IOException {
        ChildProcess child = start(shell("echo out; echo err >&2; exit 7"));
        assertTrue(child.isActive() && child.processId() > 0);
        assertTrue(child.toString().startsWith("ChildProcess@"), child::toString);
        assertNull(child.input());
        assertEquals("code 7", finish(child));
        assertTrue(text().equals("out\nerr\n") || text().equals("err\nout\n"), text());
        assertEquals(new ExitStatus(7, null), child.exitStatus());
        assertTrue(!child.isActive() && !isZombie(child.processId()));
    }

    @Test
    void aCodeAboveAllSignalsIsNoSignal() throws IOException {
        assertEquals("code 137", finish(start(shell("exit 137"))));
        ChildProcess killed = start(shell("kill -KILL $$"));
        assertEquals("signal KILL", finish(killed));
        assertTrue(!Objects.requireNonNull(killed.exitStatus()).isSuccess());
    }

    @Test
    void itsInputIsAStreamWithBackPressure() throws IOException {
        ChildProcess child = start(ChildOptions.builder("cat").input(ChildEnd.pipe()));
        Pipe input = Objects.requireNonNull(child.input());
        byte[] much = bytes(1 << 20);
        input.write(much, 0, much.length, journal.written("write"));
        input.closeWhenWritten();
        settle();
        assertTrue(!journal.has("write"), "nobody reads its output, so it waits");
        assertEquals("code 0", finish(child));
        assertArrayEquals(much, journal.received());
        assertTrue(journal.has("write"));
    }

    @Test
    void aChildThatReadsNothingAndEndsFailsTheWritesToIt() throws IOException {
        ChildProcess child = start(ChildOptions.builder("true").input(ChildEnd.pipe()));
        byte[] much = bytes(1 << 20);
        Objects.requireNonNull(child.input()).write(much, 0, much.length, journal.written("w"));
        assertEquals("code 0", finish(child));
        until("failed", () -> journal.has("w EPIPE"));
    }

    @Test
    void itsEndIsToldBeforeItsPipesHaveEndedToWhoAsks() throws IOException {
        ChildProcess child = start(shell("cat <&3 & exit 3", "3").input(ChildEnd.pipe()));
        child.onExit((same, status) -> journal.add("exit " + status));
        until("ended", () -> journal.has("exit code 3") || journal.has("exit code 2"));
        child.onFinished((same, status) -> journal.add("finished " + status));
        Pipe output = Objects.requireNonNull(child.output());
        output.read(journal.reader("output"));
        Objects.requireNonNull(child.errors()).close();
        until("finished", () -> journal.lines().size() >= 3);
        assertTrue(journal.lines().get(0).startsWith("exit"), journal.lines()::toString);
        assertEquals("output end", journal.lines().get(1));
        assertTrue(journal.lines().get(2).startsWith("finished"), journal.lines()::toString);
    }

    @Test
    void whoKeepsItsOutputKeepsItFromBeingFinished() throws IOException {
        ChildProcess child = start(shell("sleep 600 & echo $!; exit 0"));
        child.onExit((same, status) -> journal.add("exit " + status));
        child.onFinished((same, status) -> journal.add("finished"));
        Objects.requireNonNull(child.output()).read(journal.reader("output"));
        Objects.requireNonNull(child.errors()).read(journal.reader("errors"));
        until("ended", () -> journal.has("exit code 0") && journal.receivedCount() > 0);
        settle();
        journal.assertIs("exit code 0");
        long keeper = Long.parseLong(text().strip());
        ProcessHandle.of(keeper).ifPresent(ProcessHandle::destroyForcibly);
        until("finished", () -> journal.has("finished"));
    }

    @Test
    void itGetsItsArgumentsEnvironmentAndDirectory() throws IOException {
        ChildOptions.Builder options =
                shell("printf '%s|' \"$@\" \"$NEW\" \"${HOME-none}\" \"$PWD\"", "a b", "", "'\"\n*")
                        .environment("NEW", "value=with=equals")
                        .withoutEnvironment("HOME")
                        .directory(directory);
        assertEquals("code 0", finish(start(options)));
        assertEquals("a b||'\"\n*|value=with=equals|none|" + directory.toRealPath() + "|", text());
    }

    @Test
    void anEmptyEnvironmentIsEmpty() throws IOException {
        ChildOptions.Builder options =
                ChildOptions.builder("env").emptyEnvironment().environment("A", "1");
        assertEquals("code 0", finish(start(options)));
        assertEquals("A=1\n", text());
    }

    @Test
    void itsEndsAreFilesDescriptorsOrNothing() throws IOException {
        Path in = Files.writeString(directory.resolve("in"), "text\n");
        Path out = directory.resolve("out");
        assertEquals(
                "code 0",
                finish(
                        start(
                                ChildOptions.builder("cat")
                                        .input(ChildEnd.file(in))
                                        .output(ChildEnd.file(out))
                                        .errors(ChildEnd.ignore()))));
        assertEquals(
                "code 0",
                finish(
                        start(
                                shell("cat; echo more; echo err >&2")
                                        .output(ChildEnd.appendTo(out))
                                        .errors(ChildEnd.sameAsOutput()))));
        assertEquals("text\nmore\nerr\n", Files.readString(out));
        Pipe.Pair pair = Pipe.open(loop());
        pair.source().read(journal.reader("pair"));
        ChildProcess child =
                start(
                        shell("echo through")
                                .output(ChildEnd.descriptor(pair.sink().fileDescriptor())));
        pair.sink().close();
        finish(child);
        until("the end", () -> journal.has("pair end"));
        assertEquals("through\n", text());
    }

    @Test
    void itInheritsNothingButItsEnds() throws IOException {
        Pipe.Pair pair = Pipe.open(loop());
        connectTcp();
        ChildProcess child = start(shell("ls /proc/$$/fd").input(ChildEnd.inherit()));
        assertEquals("code 0", finish(child));
        assertEquals(
                List.of("0", "1", "2"),
                text().lines().filter(line -> !line.equals("10")).collect(Collectors.toList()));
        assertTrue(pair.sink().isWritable());
    }

    @Test
    void noSignalIsBlockedOrIgnoredInIt() throws IOException {
        Object before = JdkSignals.ignore("WINCH");
        try {
            finish(start(ChildOptions.builder("grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status")));
        } finally {
            JdkSignals.handle("WINCH", before);
        }
        assertEquals(
                "SigBlk:\t0000000000000000 SigIgn:\t0000000000000000",
                String.join(" ", text().lines().toList()));
    }

    @Test
    void whatADescriptorIsAtTheCallIsWhatItGets() throws IOException {
        Pipe.Pair pair = Pipe.open(loop());
        pair.source().read(journal.reader("pair"));
        List<ChildProcess> started = new ArrayList<>();
        ChildOptions options =
                shell("echo through")
                        .output(ChildEnd.descriptor(pair.sink().fileDescriptor()))
                        .errors(ChildEnd.ignore())
                        .build();
        ChildProcess.start(loop(), options).thenAccept(started::add);
        pair.sink().close();
        until("the end", () -> journal.has("pair end") && !started.isEmpty());
        assertEquals("through\n", text());
        assertEquals("code 0", finish(started.get(0)));
    }

    @Test
    void oneThatClosesItsEndsAndLivesOnHasNotEnded() throws IOException {
        ChildProcess child = start(shell("exec >&- 2>&-; exec sleep 600"));
        child.onExit((same, status) -> journal.add("exit " + status));
        child.onFinished((same, status) -> journal.add("finished " + status));
        Objects.requireNonNull(child.output()).read(journal.reader("output"));
        Objects.requireNonNull(child.errors()).read(journal.reader("errors"));
        until("the ends", () -> journal.has("output end") && journal.has("errors end"));
        settle();
        assertEquals(2, journal.lines().size(), journal.lines()::toString);
        assertNull(child.exitStatus());
        child.kill("KILL");
        until("ended", () -> journal.has("finished signal KILL"));
        assertTrue(journal.has("exit signal KILL"));
    }

    @Test
    void largeOutputArrivesWhole() throws IOException {
        ChildProcess child =
                start(
                        ChildOptions.builder("head", "-c", "" + MUCH, "/dev/zero")
                                .errors(ChildEnd.ignore()));
        long[] received = {0};
        Objects.requireNonNull(child.output())
                .read((stream, chunk) -> received[0] += chunk.length());
        List<ExitStatus> ends = new ArrayList<>();
        child.onFinished((same, status) -> ends.add(status));
        until("finished", () -> !ends.isEmpty());
        assertEquals(MUCH, received[0]);
    }

    @Test
    void theVirtualMachinesOwnChildrenAndOursDoNotTakeEachOthersStatus() throws Exception {
        List<String> ours = new ArrayList<>();
        List<Process> theirs = new ArrayList<>();
        for (int i = 0; i < FEW; i++) {
            theirs.add(new ProcessBuilder("sh", "-c", "exit " + (100 + i)).start());
            ChildOptions.Builder options = shell("exit " + i).output(ChildEnd.ignore());
            ChildProcess.start(loop(), options.errors(ChildEnd.ignore()).build())
                    .thenAccept(
                            child -> child.onExit((same, status) -> ours.add(status.toString())));
        }
        until("ended", () -> ours.size() == FEW);
        for (int i = 0; i < FEW; i++) {
            assertEquals(100 + i, theirs.get(i).waitFor());
            assertTrue(ours.contains("code " + i), ours::toString);
        }
    }

    @Test
    void whatCannotBeStartedIsAFailureAndLeavesNothingOpen() throws IOException {
        Path plain = Files.createFile(directory.resolve("plain"));
        assertRefused("ENOENT", ChildOptions.builder("millrace-no-such-program"));
        OpenDescriptors before = openDescriptors();
        assertRefused("ENOENT", ChildOptions.builder("millrace-no-such-program"));
        assertRefused("EACCES", ChildOptions.builder(plain.toString()));
        assertRefused("ENOENT", ChildOptions.builder("true").directory(directory.resolve("no")));
        assertRefused("ENOTDIR", ChildOptions.builder("true").directory(plain));
        assertRefused(
                "ENOTDIR", ChildOptions.builder("true").input(ChildEnd.file(plain.resolve("no"))));
        assertRefused("EBADF", ChildOptions.builder("true").output(ChildEnd.descriptor(1 << 20)));
        assertRefused(
                "E2BIG", ChildOptions.builder("true").environment("MUCH", "x".repeat(10 << 20)));
        before.assertNoMore("of a child");
    }

    @Test
    void whatMakesNoSenseIsRefusedAtTheCall() {
        assertThrows(IllegalArgumentException.class, () -> ChildOptions.builder(List.of()));
        assertThrows(IllegalArgumentException.class, () -> ChildOptions.builder(""));
        assertThrows(IllegalArgumentException.class, () -> ChildOptions.builder("a\0b"));
        ChildOptions.Builder builder = ChildOptions.builder("true");
        assertThrows(IllegalArgumentException.class, () -> builder.environment("A=B", "c"));
        assertThrows(IllegalArgumentException.class, () -> builder.environment("", "c"));
        assertThrows(IllegalArgumentException.class, () -> builder.input(ChildEnd.sameAsOutput()));
        assertThrows(IllegalArgumentException.class, () -> builder.output(ChildEnd.sameAsOutput()));
        assertThrows(IllegalArgumentException.class, () -> ChildEnd.descriptor(-1));
    }

    @Test
    void aSignalReachesItUntilItHasEnded() throws IOException {
        ChildProcess child = start(ChildOptions.builder("sleep", "600"));
        assertThrows(IllegalArgumentException.class, () -> child.kill("NONE"));
        assertTrue(child.kill("SIGTERM"));
        assertEquals("signal TERM", finish(child));
        assertTrue(!child.kill("KILL"));
    }

    @Test
    void aTreeIsKilledWhole() throws IOException {
        ChildProcess child =
                start(shell("sleep 600 & sh -c 'sleep 600 & sleep 600' & echo started; wait"));
        Objects.requireNonNull(child.output()).read(journal.reader("output"));
        until("all started", () -> journal.receivedCount() > 0);
        List<Integer> killed = new ArrayList<>();
        child.killTree("KILL").thenAccept(killed::add);
        Objects.requireNonNull(child.errors()).read(journal.reader("errors"));
        child.onFinished((same, status) -> journal.add("finished " + status));
        until("finished", () -> journal.has("finished signal KILL") && !killed.isEmpty());
        assertTrue(killed.get(0) >= 1, killed::toString);
    }

    /** What gets away holds the output open, so that the child would not be finished. */
    @Test
    void aTreeThatGrowsIsKilledWhole() throws IOException {
        ChildProcess child =
                start(shell("for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 600 & done; wait"));
        Objects.requireNonNull(child.output()).read(journal.reader("output"));
        Objects.requireNonNull(child.errors()).read(journal.reader("errors"));
        until("it has begun", () -> journal.receivedCount() > 0);
        List<Integer> killed = new ArrayList<>();
        child.killTree("KILL").thenAccept(killed::add);
        child.onFinished((same, status) -> journal.add("finished " + status));
        until("finished", () -> journal.has("finished signal KILL") && !killed.isEmpty());
    }

    @Test
    void aDeadlineAsksFirstAndThenDoesNot() throws IOException {
        ChildProcess stubborn = start(shell("trap '' TERM; echo started; sleep 600 & wait; wait"));
        Objects.requireNonNull(stubborn.output()).read(journal.reader("output"));
        until("started", () -> journal.receivedCount() > 0);
        stubborn.killAfter(Duration.ofMillis(1), Duration.ofMillis(20));
        stubborn.onExit((same, status) -> journal.add("" + status));
        ChildProcess meek = start(ChildOptions.builder("sleep", "600"));
        meek.killAfter(Duration.ofMillis(1), Duration.ofMinutes(1));
        assertEquals("signal TERM", finish(meek));
        until("killed", () -> journal.has("signal KILL"));
    }

    /** What it has started keeps its output open, so that it is finished when all are killed. */
    @Test
    void aDeadlineWaitsForNoThreadThatHasOtherWork() throws IOException {
        ChildProcess child =
                start(shell("trap '' TERM; sleep 600 & sh -c 'sleep 600 & wait' & echo all; wait"));
        Objects.requireNonNull(child.output()).read(journal.reader("output"));
        until("all started", () -> journal.receivedCount() > 0);
        isStuck = true;
        child.killAfter(Duration.ofMillis(1), Duration.ofMillis(1));
        Objects.requireNonNull(child.errors()).read(journal.reader("errors"));
        child.onFinished((same, status) -> journal.add("finished " + status));
        until("finished", () -> journal.has("finished signal KILL"));
    }

    @Test
    void aStartThatNeverBeginsLeavesNothingOpen() throws IOException {
        closeWhole(start(ChildOptions.builder("true")));
        OpenDescriptors before = openDescriptors();
        isRefusing = true;
        ChildOptions options = shell("exit 0").input(ChildEnd.pipe()).build();
        assertThrows(RejectedExecutionException.class, () -> ChildProcess.start(loop(), options));
        before.assertNoMore("of a child");
    }

    @Test
    void whereNoThreadLooksForATreeTheProcessIsKilledAndItsEndTold() throws IOException {
        ChildProcess child = start(ChildOptions.builder("sleep", "600"));
        ChildProcess late = start(shell("trap '' TERM; echo started; exec sleep 600"));
        Objects.requireNonNull(late.output()).read(journal.reader("output"));
        until("started", () -> journal.receivedCount() > 0);
        isRefusing = true;
        assertThrows(RejectedExecutionException.class, () -> child.killTree("KILL"));
        assertTrue(child.kill("TERM"));
        assertEquals("signal TERM", finish(child));
        late.killAfter(Duration.ofMillis(1), Duration.ofMillis(1));
        assertEquals("signal KILL", finish(late));
    }

    @Test
    void aDetachedChildHasASessionOfItsOwn() throws IOException {
        ChildOptions.Builder options = shell("cut -d' ' -f1,6 /proc/$$/stat").detached(true);
        ChildProcess child = start(options);
        finish(child);
        assertEquals(child.processId() + " " + child.processId(), text().strip());
    }

    @Test
    void manyAtOnceEndAndLeaveNothing() throws IOException {
        closeWhole(start(ChildOptions.builder("true")));
        OpenDescriptors before = openDescriptors();
        List<ChildProcess> children = new ArrayList<>();
        List<ExitStatus> ends = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            ChildOptions.Builder options = shell("echo $1", "" + i).errors(ChildEnd.ignore());
            ChildProcess.start(loop(), options.build())
                    .thenAccept(
                            child -> {
                                children.add(child);
                                assertNotNull(child.output());
                                child.output().read(journal.reader("output"));
                                child.onFinished((same, status) -> ends.add(status));
                            });
        }
        until("all have ended", () -> ends.size() == CROWD);
        assertTrue(ends.stream().allMatch(ExitStatus::isSuccess));
        assertEquals(CROWD, text().lines().distinct().count());
        for (ChildProcess each : children) {
            assertTrue(!isZombie(each.processId()));
            closeWhole(each);
        }
        before.assertNoMore("of a child");
    }

    /** Returns when nothing of it is open any more. */
    private void closeWhole(ChildProcess child) throws IOException {
        List<Handle> handles = new ArrayList<>(List.of(child));
        Stream.of(child.input(), child.output(), child.errors())
                .filter(Objects::nonNull)
                .forEach(handles::add);
        handles.forEach(Handle::close);
        until("closed", () -> handles.stream().allMatch(Handle::isClosed));
    }

    @Test
    void aLoopThatIsClosedLeavesItsChildrenAloneAndNoZombie() throws Exception {
        ChildProcess child =
                start(
                        ChildOptions.builder("sleep", "600")
                                .output(ChildEnd.ignore())
                                .errors(ChildEnd.ignore()));
        ProcessHandle process = ProcessHandle.of(child.processId()).orElseThrow();
        loop().closeAll();
        assertTrue(child.isClosed() && process.isAlive());
        process.destroyForcibly();
        process.onExit().get(30, TimeUnit.SECONDS);
        awaitNoZombie(child.processId());
    }

    /** A thread takes its status, some time after it has ended. */
    private static void awaitNoZombie(long process) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (isZombie(process)) {
            assertTrue(System.nanoTime() < deadline, "a zombie stays");
            Thread.onSpinWait();
        }
    }

    @Test
    void aClosedHandleLeavesTheProcessAloneAndNoZombie() throws Exception {
        ChildProcess child = start(ChildOptions.builder("cat").input(ChildEnd.pipe()));
        ProcessHandle process = ProcessHandle.of(child.processId()).orElseThrow();
        child.close();
        until("closed", child::isClosed);
        assertTrue(process.isAlive());
        Pipe input = Objects.requireNonNull(child.input());
        input.close();
        until("closed", input::isClosed);
        process.onExit().get(30, TimeUnit.SECONDS);
        awaitNoZombie(child.processId());
    }

    @Test
    void itKeepsTheLoopAliveUntilItHasEndedUnlessUnreferenced() throws IOException {
        ChildProcess child =
                start(shell("exit 0").output(ChildEnd.ignore()).errors(ChildEnd.ignore()));
        untilDone();
        assertNotNull(child.exitStatus());
        ChildProcess other =
                start(
                        ChildOptions.builder("sleep", "600")
                                .output(ChildEnd.ignore())
                                .errors(ChildEnd.ignore()));
        other.unref();
        untilDone();
        assertTrue(other.kill("KILL"));
    }

    @Test
    void aProgramSpeaksOverOneStreamWhenItsEndsAreJoined() throws IOException {
        ChildProcess child =
                start(ChildOptions.builder("cat").input(ChildEnd.pipe()).errors(ChildEnd.ignore()));
        Pipe joined =
                Pipe.join(
                        Objects.requireNonNull(child.output()),
                        Objects.requireNonNull(child.input()));
        joined.read(journal.reader("joined"));
        joined.write(bytes(1000), 0, 1000);
        joined.shutdown();
        until("the end", () -> journal.has("joined end"));
        assertArrayEquals(bytes(1000), journal.received());
    }

    @Test
    void whereThereAreNoneThatIsSaid() {
        if (haveDescriptors() && isLinux()) {
            return;
        }
        UnsupportedOperationException refusal =
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> ChildProcess.start(loop(), shell("exit 0").build()));
        String message = String.valueOf(refusal.getMessage());
        assertTrue(message.matches(".*(descriptors|Linux).*"), message);
    }
}
