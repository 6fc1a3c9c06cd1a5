// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static io.millrace.DescriptorWatch.HANGUP;
import static io.millrace.DescriptorWatch.PRIORITY;
import static io.millrace.DescriptorWatch.READABLE;
import static io.millrace.DescriptorWatch.WRITABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.DescriptorWatch;
import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.WatchHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Watching what is somebody else's: the descriptor of a stream on another loop, which does nothing
 * of its own accord, or a channel where the backend has no descriptors.
 */
public abstract class WatchContract extends ContractTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final Journal journal = new Journal();
    private final List<WatchedEnd> ends = new ArrayList<>();
    private @Nullable EventLoop owner;
    private int told;

    private WatchedEnd end() throws IOException {
        assumeReal("somebody else's descriptor");
        if (owner == null) {
            owner = openLike(serverBackend());
        }
        WatchedEnd end = WatchedEnd.open(owner);
        ends.add(end);
        return end;
    }

    private static EventLoop openLike(BackendUnderTest backend) throws IOException {
        return EventLoop.open(LoopOptions.builder().provider(backend.provider()).build());
    }

    @AfterEach
    void closeEnds() throws IOException {
        for (WatchedEnd each : ends) {
            each.close();
        }
        if (owner != null) {
            owner.closeAll();
        }
    }

    /** Counts what it is told, and does something. */
    private WatchHandler counting(IntConsumer action) {
        return new WatchHandler() {
            @Override
            public void onReady(DescriptorWatch watch, int events) {
                told++;
                action.accept(events);
            }

            @Override
            public void onFailure(DescriptorWatch watch, IoException failure) {
                journal.add("failed " + failure.errorName());
            }
        };
    }

    private WatchHandler counting() {
        return counting(events -> {});
    }

    /** From inside callbacks. */
    private static void quietly(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    /** Starts a watch, or says that the backend knows nothing of these events. */
    private static void startOrSkip(DescriptorWatch watch, int events, WatchHandler handler) {
        try {
            watch.start(events, handler);
        } catch (UnsupportedOperationException unknown) {
            String message = String.valueOf(unknown.getMessage());
            assertTrue(message.contains("does not tell of"), message);
            assertEquals(0, watch.events());
            Assumptions.abort(message);
        }
    }

    @Test
    void whatIsThereIsToldOnceATurnUntilItIsGone() throws IOException {
        WatchedEnd end = end();
        DescriptorWatch watch = end.watch(loop());
        watch.start(READABLE, counting(events -> assertEquals(READABLE, events)));
        settle();
        assertEquals(0, told);
        end.peer.sendOne();
        until("told several times", () -> told >= 3);
        long turns = loop().metrics().turns();
        int before = told;
        loop().run(RunMode.NOWAIT);
        loop().run(RunMode.NOWAIT);
        assertEquals(2, told - before);
        assertEquals(2, loop().metrics().turns() - turns);
        end.consume();
        before = told;
        settle();
        assertEquals(before, told);
        end.peer.sendOne();
        int quiet = told;
        until("told again", () -> told > quiet);
    }

    @Test
    void roomToWriteIsToldOnceATurn() throws IOException {
        DescriptorWatch watch = end().watch(loop());
        watch.start(WRITABLE, counting(events -> assertEquals(WRITABLE, events)));
        until("told several times", () -> told >= 3);
        watch.stop();
        int before = told;
        settle();
        assertEquals(before, told);
    }

    @Test
    void onlyWhatIsWatchedForIsToldAndAllOfItTogether() throws IOException {
        WatchedEnd end = end();
        end.peer.sendOne();
        DescriptorWatch watch = end.watch(loop());
        List<Integer> seen = new ArrayList<>();
        watch.start(WRITABLE, counting(seen::add));
        until("writable", () -> seen.size() == 2);
        watch.start(READABLE | WRITABLE, counting(seen::add));
        until("both", () -> seen.contains(READABLE | WRITABLE));
        watch.start(READABLE, counting(events -> journal.add("read " + events)));
        int before = seen.size();
        until("readable", () -> journal.has("read " + READABLE));
        assertEquals(before, seen.size());
        assertFalse(journal.has("read " + (READABLE | WRITABLE)));
    }

    @Test
    void itMayBeStartedAnewInItsCallback() throws IOException {
        WatchedEnd end = end();
        end.peer.sendOne();
        DescriptorWatch watch = end.watch(loop());
        watch.start(
                READABLE,
                (it, events) -> {
                    journal.add("first " + events);
                    it.start(
                            WRITABLE,
                            (again, more) -> {
                                journal.add("second " + more);
                                again.stop();
                            });
                });
        until("stopped", () -> !watch.isActive());
        journal.assertIs("first " + READABLE, "second " + WRITABLE);
    }

    @Test
    void whatItStopsOrClosesInACallbackIsNotToldAnyMore() throws IOException {
        List<DescriptorWatch> watches = new ArrayList<>();
        WatchHandler stopsTheOther =
                (watch, events) -> {
                    told++;
                    watch.stop();
                    watches.get(watch == watches.get(0) ? 1 : 0).close();
                };
        for (int i = 0; i < 2; i++) {
            WatchedEnd end = end();
            end.peer.sendOne();
            watches.add(end.watch(loop()));
        }
        settle();
        watches.forEach(each -> each.start(READABLE, stopsTheOther));
        until("told", () -> told > 0);
        settle();
        assertEquals(1, told);
    }

    @Test
    void closingTheWatchLeavesTheDescriptorToItsOwner() throws IOException {
        WatchedEnd end = end();
        end.peer.sendOne();
        DescriptorWatch watch = end.watch(loop());
        watch.onClosed(journal.line("closed"));
        watch.start(READABLE, (it, events) -> it.close());
        until("closed", watch::isClosed);
        journal.assertIs("closed");
        end.consume();
        end.peer.sendOne();
        DescriptorWatch again = end.watch(loop());
        again.start(READABLE, counting());
        until("told again", () -> told > 0);
    }

    @Test
    void theEndIsSomethingToRead() throws IOException {
        WatchedEnd end = end();
        DescriptorWatch watch = end.watch(loop());
        watch.start(READABLE, counting(events -> assertEquals(READABLE, events)));
        end.peer.close();
        until("told", () -> told > 2);
        watch.close();
    }

    @Test
    void anErrorIsReadableAndWritable() throws IOException {
        WatchedEnd end = end();
        DescriptorWatch watch = end.watch(loop());
        end.peer.reset();
        List<Integer> seen = new ArrayList<>();
        watch.start(READABLE | WRITABLE, counting(seen::add));
        until("told", () -> seen.contains(READABLE | WRITABLE));
    }

    @Test
    void theOtherSidesGoingIsToldApartWhereTheKernelDoes() throws IOException {
        WatchedEnd end = end();
        DescriptorWatch watch = end.watch(loop());
        end.peer.sendOne();
        startOrSkip(watch, HANGUP, counting(events -> assertEquals(HANGUP, events)));
        settle();
        assertEquals(0, told);
        end.peer.close();
        until("told", () -> told > 1);
        int before = told;
        watch.start(READABLE | HANGUP, counting(events -> assertEquals(READABLE | HANGUP, events)));
        until("told with the rest", () -> told > before);
    }

    @Test
    void urgentDataIsToldApartWhereTheKernelDoes() throws IOException {
        WatchedEnd end = end();
        DescriptorWatch watch = end.watch(loop());
        end.peer.sendOne();
        startOrSkip(watch, PRIORITY, counting(events -> assertEquals(PRIORITY, events)));
        settle();
        assertEquals(0, told);
        end.peer.sendUrgent(7);
        until("told", () -> told > 1);
    }

    @Test
    void aDescriptorClosedUnderneathIsToldOnce() throws IOException {
        WatchedEnd end = end();
        DescriptorWatch watch = end.watch(loop());
        watch.start(READABLE, counting());
        loop().run(RunMode.NOWAIT);
        end.closeUnderneath();
        Timer turning = Timer.open(loop());
        turning.startAtFixedRate(Duration.ofMillis(2), Duration.ofMillis(2), () -> {});
        until("told", () -> !journal.lines().isEmpty());
        assertEquals(0, watch.events());
        assertFalse(watch.isActive());
        settle();
        journal.assertIs("failed EBADF");
        watch.close();
        turning.close();
        until("closed", watch::isClosed);
        assertEquals(0, told);
    }

    @Test
    void aDescriptorClosedInItsCallbackIsToldOnce() throws IOException {
        WatchedEnd end = end();
        DescriptorWatch watch = end.watch(loop());
        end.peer.sendOne();
        watch.start(READABLE, counting(events -> quietly(end::closeUnderneath)));
        until("told", () -> !journal.lines().isEmpty());
        settle();
        journal.assertIs("failed EBADF");
        assertEquals(1, told);
    }

    @Test
    void oneThatWasClosedBeforeItIsStartedFailsLater() throws IOException {
        WatchedEnd end = end();
        DescriptorWatch watch = end.watch(loop());
        end.closeUnderneath();
        watch.start(READABLE, counting());
        journal.assertIs();
        until("told", () -> !journal.lines().isEmpty());
        settle();
        journal.assertIs("failed EBADF");
    }

    @Test
    void aNumberThatASocketOfTheLoopHasNowIsNobodyElses() throws IOException {
        WatchedEnd end = end();
        DescriptorWatch watch = end.watch(loop());
        watch.start(READABLE, counting());
        loop().run(RunMode.NOWAIT);
        end.closeUnderneath();
        StreamPair pair = connect();
        Journal read = new Journal();
        pair.server().read(read.reader("server"));
        pair.client().write(ByteBuffer.wrap(new byte[] {1}));
        until("read", () -> read.receivedCount() == 1);
        watch.close();
        pair.client().write(ByteBuffer.wrap(new byte[] {2}));
        until("read", () -> read.receivedCount() == 2);
        assertEquals(0, told);
    }

    @Test
    void aDescriptorIsWatchedOnceOnALoop() throws IOException {
        WatchedEnd end = end();
        DescriptorWatch watch = end.watch(loop());
        IoException refusal = assertThrows(IoException.class, () -> end.watch(loop()));
        assertEquals("EEXIST", refusal.errorName());
        watch.close();
        DescriptorWatch again = end.watch(loop());
        end.peer.sendOne();
        again.start(READABLE, counting());
        until("told", () -> told > 0);
    }

    @Test
    void aFileIsAlwaysReadyAndNotWatched(@TempDir Path directory) throws IOException {
        Assumptions.assumeTrue(end().isDescriptor(), "channels of files cannot be selected");
        Assumptions.assumeTrue(Files.isDirectory(DESCRIPTORS), "needs /proc");
        Path path = Files.createFile(directory.resolve("file")).toRealPath();
        try (FileChannel file = FileChannel.open(path)) {
            assertTrue(file.isOpen());
            int descriptor = descriptorOf(path);
            IoException refusal =
                    assertThrows(IoException.class, () -> DescriptorWatch.open(loop(), descriptor));
            assertEquals("EPERM", refusal.errorName());
            assertTrue(String.valueOf(refusal.getMessage()).contains("" + descriptor));
        }
    }

    private static int descriptorOf(Path path) throws IOException {
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.filter(each -> leadsTo(each, path))
                    .mapToInt(each -> Integer.parseInt(each.getFileName().toString()))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static boolean leadsTo(Path link, Path path) {
        try {
            return Files.readSymbolicLink(link).equals(path);
        } catch (NoSuchFileException closedMeanwhile) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsNotOpenOrNoDescriptorIsRefused() throws IOException {
        WatchedEnd end = end();
        end.closeUnderneath();
        IoException refusal = assertThrows(IoException.class, () -> end.watch(loop()));
        assertEquals("EBADF", refusal.errorName());
        assertThrows(IllegalArgumentException.class, () -> DescriptorWatch.open(loop(), -1));
        DescriptorWatch watch = end().watch(loop());
        for (int events : new int[] {0, -1, 16}) {
            assertThrows(IllegalArgumentException.class, () -> watch.start(events, counting()));
        }
        assertEquals(0, watch.events());
    }

    @Test
    void whatABackendCannotWatchItSays() throws IOException {
        if (isSimulated()) {
            assertThrows(
                    UnsupportedOperationException.class, () -> DescriptorWatch.open(loop(), 0));
            return;
        }
        if (end().isDescriptor()) {
            try (SocketChannel channel = SocketChannel.open()) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> DescriptorWatch.open(loop(), channel));
                channel.configureBlocking(false);
                assertThrows(
                        UnsupportedOperationException.class,
                        () -> DescriptorWatch.open(loop(), channel));
            }
        } else {
            assertThrows(
                    UnsupportedOperationException.class, () -> DescriptorWatch.open(loop(), 0));
        }
        assertFalse(loop().isAlive());
    }

    @Test
    void itKeepsTheLoopAliveWhileItIsStarted() throws IOException {
        DescriptorWatch watch = end().watch(loop());
        assertFalse(loop().isAlive());
        watch.start(READABLE, counting());
        assertTrue(watch.isActive());
        assertTrue(loop().isAlive());
        watch.unref();
        assertFalse(loop().isAlive());
        watch.ref();
        watch.stop();
        assertFalse(loop().isAlive());
    }

    @Test
    void whatItsCallbackThrowsClosesIt() throws IOException {
        WatchedEnd end = end();
        DescriptorWatch watch = end.watch(loop());
        RuntimeException thrown = new IllegalStateException("on purpose");
        rig().allowUncaught();
        end.peer.sendOne();
        watch.start(
                READABLE,
                (it, events) -> {
                    throw thrown;
                });
        until("closed", watch::isClosed);
        assertEquals(List.of(thrown), rig().takeUncaught());
        end.consume();
    }

    @Test
    void oneThatIsAlwaysReadyHoldsUpNobody() throws IOException {
        end().watch(loop()).start(WRITABLE, counting());
        WatchedEnd quiet = end();
        DescriptorWatch second = quiet.watch(loop());
        second.start(READABLE, (watch, events) -> journal.add("read"));
        Timer timer = Timer.open(loop());
        timer.start(Duration.ofMillis(1), quiet.peer::sendOne);
        StreamPair pair = connect();
        Journal read = new Journal();
        pair.server().read(read.reader("server"));
        pair.client().write(ByteBuffer.wrap(new byte[] {1}));
        until("all", () -> read.receivedCount() == 1 && journal.has("read"));
    }

    @Test
    void aLoopWaitsInsideAnother() throws Exception {
        assumeReal("a loop in a loop");
        EventLoop inner = openLike(serverBackend());
        try {
            int descriptor;
            try {
                descriptor = inner.backendDescriptor();
            } catch (UnsupportedOperationException none) {
                assertTrue(String.valueOf(none.getMessage()).contains("waits on nothing"));
                return;
            }
            assertEquals(descriptor, inner.backendDescriptor());
            nest(inner, DescriptorWatch.open(loop(), descriptor));
        } finally {
            inner.closeAll();
        }
    }

    /** Timers, traffic and tasks of the inner one, which is never run by itself. */
    private void nest(EventLoop inner, DescriptorWatch watch) throws Exception {
        Timer outerTimer = Timer.open(loop());
        Runnable drive = () -> drive(inner, outerTimer);
        watch.start(READABLE, (it, events) -> drive.run());
        Timer.open(inner).start(Duration.ofMillis(2), journal.line("timer"));
        TcpServer server =
                TcpServer.listen(
                        inner,
                        anyPort(),
                        stream -> {
                            journal.add("accepted");
                            stream.read((from, chunk) -> from.write(chunk));
                        });
        TcpStream client = TcpStream.open(loop());
        Journal read = new Journal();
        client.connect(server.localAddress());
        client.read(read.reader("client"));
        client.write(ByteBuffer.wrap(bytes(100)));
        drive.run();
        until("echoed", () -> read.receivedCount() == 100 && journal.has("timer"));
        for (int i = 1; i <= 3; i++) {
            int tasks = i;
            Thread other = new Thread(() -> inner.execute(journal.line("task")));
            other.start();
            until("task", () -> journal.count("task") == tasks);
            other.join();
        }
        client.close();
        watch.close();
        outerTimer.close();
        until("closed", watch::isClosed);
    }

    private void drive(EventLoop inner, Timer outerTimer) {
        quietly(() -> inner.run(RunMode.NOWAIT));
        Duration left = inner.untilNextEvent();
        if (left == null) {
            outerTimer.stop();
        } else {
            outerTimer.start(left, () -> drive(inner, outerTimer));
        }
    }

    @Test
    void howLongALoopMayBeLeftAloneIsKnown() throws IOException {
        Timer timer = Timer.open(loop());
        timer.start(Duration.ofSeconds(100), () -> {});
        loop().run(RunMode.NOWAIT);
        Duration left = loop().untilNextEvent();
        assertTrue(left != null && left.toSeconds() <= 100 && left.toSeconds() > 0, "" + left);
        loop().execute(() -> {});
        assertEquals(Duration.ZERO, loop().untilNextEvent());
        loop().run(RunMode.NOWAIT);
        timer.stop();
        assertEquals(null, loop().untilNextEvent());
    }
}
