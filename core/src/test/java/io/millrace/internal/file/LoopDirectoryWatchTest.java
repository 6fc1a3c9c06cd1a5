// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.millrace.ErrorCode;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.file.DirectoryChange;
import io.millrace.file.DirectoryWatch;
import io.millrace.file.DirectoryWatchOptions;
import io.millrace.fixture.FakeBackend;
import io.millrace.internal.loop.Loop;
import io.millrace.spi.Code;
import io.millrace.spi.DirectoryNotices;
import io.millrace.spi.Failures;
import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a directory watch makes of notices that the test gives. */
@Timeout(60)
class LoopDirectoryWatchTest {
    private static final DirectoryWatchOptions RECURSIVE =
            DirectoryWatchOptions.builder().recursive(true).build();

    private static final int DIRECTORIES = 10_000;

    /** Notices of a directory. */
    private static final int MADE = DirectoryNotices.CREATED | DirectoryNotices.DIRECTORY;

    private static final int LEFT = DirectoryNotices.MOVED_FROM | DirectoryNotices.DIRECTORY;
    private static final int ARRIVED = DirectoryNotices.MOVED_TO | DirectoryNotices.DIRECTORY;

    @TempDir Path directory;

    private final ScriptedNotices notices = new ScriptedNotices();
    private final List<String> told = new ArrayList<>();
    private final List<IoException> failures = new ArrayList<>();
    private Consumer<Boolean> isDirectory = ignored -> {};
    private Loop loop;

    /** Notes what it is told to, and has as many numbers as it is given. */
    private static final class ScriptedNotices implements DirectoryNotices {
        private record Notice(int directory, int what, int cookie, @Nullable Path name) {}

        private final List<Notice> noticed = new ArrayList<>();
        private static final LinkOption[] NO_LINKS = {LinkOption.NOFOLLOW_LINKS};

        private final Map<Path, Integer> numbers = new HashMap<>();
        private final Map<Object, Integer> identities = new HashMap<>();
        private final List<Integer> removed = new ArrayList<>();
        private final List<String> order = new ArrayList<>();
        private Runnable ready = () -> {};
        private int last;
        private int most = Integer.MAX_VALUE;
        private int readFailure;
        private int descriptor = -1;
        private boolean complete = true;
        private boolean closed;

        @Override
        public int descriptor() {
            return descriptor;
        }

        @Override
        public void tellWhenReady(Runnable whenReady) {
            ready = whenReady;
        }

        @Override
        public boolean isComplete() {
            return complete;
        }

        @Override
        public synchronized int add(Path path, boolean follows) throws IoException {
            LinkOption[] how = follows ? new LinkOption[0] : NO_LINKS;
            if (!Files.isDirectory(path, how)) {
                throw Failures.ofFile(Code.NO_SUCH_FILE, "watch", path, 0, null);
            }
            if (numbers.size() >= most) {
                throw Failures.ofFile(Code.NO_SPACE, "watch", path, "no watches left");
            }
            order.add("added " + path.getFileName());
            int number = identities.computeIfAbsent(identity(path), absent -> ++last);
            numbers.put(path, number);
            return number;
        }

        /** As of the system's: what the directory is, whatever its name. */
        private static Object identity(Path path) throws IoException {
            try {
                Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
                return key == null ? path : key;
            } catch (IOException gone) {
                throw Failures.ofFile(Code.NO_SUCH_FILE, "watch", path, 0, gone);
            }
        }

        synchronized int number(Path path) {
            return numbers.get(path);
        }

        synchronized List<Integer> removed() {
            return List.copyOf(removed);
        }

        void note(int of, int what, int cookie, @Nullable String name) {
            noticed.add(new Notice(of, what, cookie, name == null ? null : Path.of(name)));
        }

        @Override
        public synchronized void remove(int number) {
            identities.values().remove(number);
            order.add("removed " + number);
            removed.add(number);
        }

        @Override
        public int read(Sink sink) {
            List<Notice> all = List.copyOf(noticed);
            noticed.clear();
            for (Notice each : all) {
                sink.onNotice(each.directory(), each.what(), each.cookie(), each.name());
            }
            sink.onDrained();
            return readFailure < 0 ? readFailure : all.size();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** One port, which does what the test says. */
    private static final class ScriptedWatches implements WatchEngine, WatchPort {
        private final List<String> calls = new ArrayList<>();
        private WatchSink sink;

        @Override
        public int events() {
            return READABLE | WRITABLE;
        }

        @Override
        public WatchPort watch(int descriptor, WatchSink of) {
            calls.add("watch " + descriptor);
            sink = of;
            return this;
        }

        @Override
        public void await(int events) {
            calls.add("await " + events);
        }

        @Override
        public int descriptor() {
            return -1;
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }

    @BeforeEach
    void open() throws IoException {
        loop = Loop.open(LoopOptions.builder().provider(new FakeBackend.Good()).build());
    }

    @AfterEach
    void close() throws IOException {
        loop.closeAll();
        assertTrue(notices.closed || notices.numbers.isEmpty(), "closed with the watch");
    }

    private void until(BooleanSupplier condition) throws IoException {
        while (!condition.getAsBoolean()) {
            loop.run(RunMode.ONCE);
        }
    }

    private @Nullable Throwable tryWatch(List<DirectoryWatch> into) throws IoException {
        List<Throwable> failed = new ArrayList<>();
        LoopDirectoryWatch.open(loop, directory, RECURSIVE, this::tell, () -> notices)
                .whenComplete(
                        (watch, failure) -> {
                            if (failure == null) {
                                into.add(watch);
                            } else {
                                failed.add(failure);
                            }
                        });
        until(() -> into.size() + failed.size() == 1);
        return failed.isEmpty() ? null : failed.get(0);
    }

    private DirectoryWatch watch() throws IoException {
        List<DirectoryWatch> opened = new ArrayList<>();
        Throwable failure = tryWatch(opened);
        assertEquals(null, failure);
        return opened.get(0);
    }

    private void tell(DirectoryWatch watch, DirectoryChange change) {
        Path before = change.previousPath();
        isDirectory.accept(change.isDirectory());
        told.add(
                change.kind()
                        + " "
                        + directory.relativize(change.path())
                        + (before == null ? "" : " was " + directory.relativize(before)));
        if (change.failure() != null) {
            failures.add(change.failure());
        }
    }

    /** Lets the watch have what was noted, and waits until as much was told. */
    private void deliver(int count) throws IoException {
        notices.ready.run();
        until(() -> told.size() >= count);
    }

    @Test
    void halvesOfARenameFindEachOtherAcrossWhatComesBetween() throws IOException {
        watch();
        int root = notices.number(directory);
        notices.note(root, DirectoryNotices.MOVED_FROM, 7, "a");
        notices.note(root, DirectoryNotices.MODIFIED, 0, "x");
        notices.note(root, DirectoryNotices.MOVED_FROM, 8, "gone");
        notices.note(root, DirectoryNotices.MOVED_TO, 7, "b");
        notices.note(root, DirectoryNotices.MOVED_TO, 9, "new");
        deliver(4);
        assertEquals(List.of("RENAMED b was a", "MODIFIED x", "DELETED gone", "CREATED new"), told);
    }

    @Test
    void theOtherHalfMayComeWithTheNextRead() throws IOException {
        watch();
        int root = notices.number(directory);
        notices.note(root, DirectoryNotices.MOVED_FROM, 7, "a");
        notices.ready.run();
        notices.note(root, DirectoryNotices.MOVED_TO, 7, "b");
        deliver(1);
        assertEquals(List.of("RENAMED b was a"), told);
    }

    @Test
    void aLimitAtTheOpeningFailsItAndClosesWhatWasOpened() throws IOException {
        Files.createDirectories(directory.resolve("a/b"));
        notices.most = 2;
        Throwable failure = tryWatch(new ArrayList<>());
        IoException why = assertInstanceOf(IoException.class, failure);
        assertEquals(ErrorCode.ENOSPC, why.errorCode());
        assertEquals(directory.resolve("a/b"), why.path());
        assertTrue(notices.closed);
    }

    @Test
    void aLimitLaterIsToldOnceAndWhatIsThereIsToldAllTheSame() throws IOException {
        DirectoryWatch watch = watch();
        int root = notices.number(directory);
        notices.most = 2;
        Files.createDirectories(directory.resolve("a/b/c"));
        Files.createDirectories(directory.resolve("a/d"));
        notices.note(root, DirectoryNotices.CREATED | DirectoryNotices.DIRECTORY, 0, "a");
        deliver(5);
        assertEquals("CREATED a", told.get(0));
        assertEquals(1, failures.size());
        assertEquals(ErrorCode.ENOSPC, failures.get(0).errorCode());
        assertTrue(
                told.containsAll(List.of("CREATED a/b", "CREATED a/b/c", "CREATED a/d")),
                told::toString);
        assertEquals(2, watch.directories());
        notices.note(root, DirectoryNotices.CREATED, 0, "goes on");
        deliver(6);
    }

    @Test
    void whatWasFoundIsNotToldAgainUnlessItCameAgain() throws IOException {
        watch();
        int root = notices.number(directory);
        Path made = Files.createDirectory(directory.resolve("d"));
        Files.createFile(made.resolve("f"));
        notices.note(root, DirectoryNotices.CREATED | DirectoryNotices.DIRECTORY, 0, "d");
        deliver(2);
        int number = notices.number(made);
        notices.note(number, DirectoryNotices.CREATED, 0, "f");
        notices.note(number, DirectoryNotices.DELETED, 0, "f");
        notices.note(number, DirectoryNotices.CREATED, 0, "f");
        deliver(4);
        assertEquals(List.of("CREATED d", "CREATED d/f", "DELETED d/f", "CREATED d/f"), told);
        notices.note(number, DirectoryNotices.CREATED, 0, "f");
        deliver(5);
    }

    @Test
    void aNewDirectoryThatIsALinkByNowIsNotFollowed(@TempDir Path other) throws IOException {
        Files.createDirectory(other.resolve("not ours"));
        DirectoryWatch watch = watch();
        int root = notices.number(directory);
        Files.createSymbolicLink(directory.resolve("d"), other);
        notices.note(root, MADE, 0, "d");
        notices.note(root, DirectoryNotices.CREATED, 0, "last");
        deliver(2);
        assertEquals(List.of("CREATED d", "CREATED last"), told);
        assertEquals(1, watch.directories());
    }

    /** {@code mkdir t; mv t a; mkdir t} before anything is noticed. */
    @Test
    void aNameThatWasAnothersWhenItWasReadIsReadAgain() throws IOException {
        DirectoryWatch watch = watch();
        int root = notices.number(directory);
        Path first = Files.createDirectory(directory.resolve("a"));
        Files.createFile(first.resolve("f"));
        Path second = Files.createDirectories(directory.resolve("t/s"));
        Files.createFile(second.resolve("g"));
        notices.note(root, MADE, 0, "t");
        notices.note(root, LEFT, 7, "t");
        notices.note(root, ARRIVED, 7, "a");
        notices.note(root, MADE, 0, "t");
        notices.note(root, DirectoryNotices.CREATED, 0, "last");
        deliver(9);
        assertEquals(
                List.of(
                        "CREATED t",
                        "CREATED t/s",
                        "CREATED t/s/g",
                        "RENAMED a was t",
                        "CREATED t",
                        "CREATED t/s",
                        "CREATED t/s/g",
                        "CREATED a/f",
                        "CREATED last"),
                told);
        assertEquals(4, watch.directories());
        notices.note(notices.number(first), DirectoryNotices.MODIFIED, 0, "f");
        notices.note(notices.number(second), DirectoryNotices.MODIFIED, 0, "g");
        deliver(11);
        assertEquals(List.of("MODIFIED a/f", "MODIFIED t/s/g"), told.subList(9, 11));
    }

    /** {@code mkdir a; mv -T a b} before anything is noticed. */
    @Test
    void anUnknownDirectoryThatTakesTheNameOfAnotherIsWatched() throws IOException {
        Path b = Files.createDirectory(directory.resolve("b"));
        DirectoryWatch watch = watch();
        int root = notices.number(directory);
        int before = notices.number(b);
        Path a = Files.createDirectory(directory.resolve("a"));
        Files.delete(b);
        Files.move(a, b);
        notices.note(root, MADE, 0, "a");
        notices.note(root, LEFT, 7, "a");
        notices.note(root, ARRIVED, 7, "b");
        notices.note(before, DirectoryNotices.FORGOTTEN, 0, null);
        notices.note(root, DirectoryNotices.CREATED, 0, "last");
        deliver(3);
        assertEquals(List.of("CREATED a", "RENAMED b was a", "CREATED last"), told);
        assertEquals(2, watch.directories());
        notices.note(notices.number(b), DirectoryNotices.CREATED, 0, "f");
        deliver(4);
        assertEquals("CREATED b/f", told.get(3));
    }

    @Test
    void whatWasToldLongAgoIsNotToldAgainByARename() throws IOException {
        Path d = Files.createDirectory(directory.resolve("d"));
        Files.createFile(d.resolve("old"));
        watch();
        int root = notices.number(directory);
        int number = notices.number(d);
        // Has come and gone again.
        notices.note(number, MADE, 0, "short");
        notices.note(number, DirectoryNotices.DELETED | DirectoryNotices.DIRECTORY, 0, "short");
        deliver(2);
        // Has come, and went nobody knows where.
        notices.note(number, MADE, 0, "lost");
        deliver(3);
        Files.move(d, directory.resolve("e"));
        notices.note(root, LEFT, 7, "d");
        notices.note(root, ARRIVED, 7, "e");
        notices.note(root, DirectoryNotices.CREATED, 0, "last");
        deliver(5);
        assertEquals(
                List.of(
                        "CREATED d/short",
                        "DELETED d/short",
                        "CREATED d/lost",
                        "RENAMED e was d",
                        "CREATED last"),
                told);
        assertEquals(1, Collections.frequency(notices.order, "added e"), "read for the lost one");
        Files.move(directory.resolve("e"), d);
        notices.note(root, LEFT, 8, "e");
        notices.note(root, ARRIVED, 8, "d");
        notices.note(root, DirectoryNotices.CREATED, 0, "end");
        deliver(7);
        assertEquals(1, Collections.frequency(notices.order, "added d"), "nothing is lost now");
    }

    @Test
    void whatIsForgottenBeforeItIsDeletedIsADirectoryAllTheSameAndGivenUp() throws IOException {
        Path d = Files.createDirectory(directory.resolve("d"));
        notices.complete = false;
        List<Boolean> areDirectories = new ArrayList<>();
        isDirectory = areDirectories::add;
        DirectoryWatch watch = watch();
        int number = notices.number(d);
        Files.delete(d);
        notices.note(number, DirectoryNotices.FORGOTTEN, 0, null);
        notices.note(notices.number(directory), DirectoryNotices.DELETED, 0, "d");
        deliver(1);
        assertEquals(List.of("DELETED d"), told);
        assertEquals(List.of(true), areDirectories);
        assertEquals(1, watch.directories());
        until(() -> notices.removed().equals(List.of(number)));
    }

    @Test
    void whatIsGoneAfterAnOverflowIsForgotten() throws IOException {
        Path lost = Files.createDirectory(directory.resolve("lost"));
        DirectoryWatch watch = watch();
        int number = notices.number(lost);
        Files.createDirectory(directory.resolve("new"));
        Files.delete(lost);
        notices.note(-1, DirectoryNotices.OVERFLOW, 0, null);
        deliver(1);
        assertEquals(List.of("OVERFLOW "), told);
        assertEquals(2, watch.directories());
        until(() -> notices.removed().equals(List.of(number)));
    }

    @Test
    void whatTheSystemFailsWithIsTheEnd() throws IOException {
        DirectoryWatch watch = watch();
        notices.note(notices.number(directory), DirectoryNotices.CREATED, 0, "last");
        notices.readFailure = Code.IO_ERROR;
        deliver(1);
        until(watch::isClosed);
        assertEquals("ENDED ", told.get(told.size() - 1));
        assertEquals(ErrorCode.EIO, failures.get(0).errorCode());
    }

    /** The engine keeps a port until it is closed, whether it can wait or not. */
    @Test
    void aPortThatFailedIsAskedForNothingAnyMoreAndClosedWithTheWatch() throws IOException {
        ScriptedWatches watches = new ScriptedWatches();
        loop.closeAll();
        loop =
                Loop.open(
                        LoopOptions.builder()
                                .provider(new FakeBackend.WithWatches(watches))
                                .build());
        notices.descriptor = 42;
        DirectoryWatch watch = watch();
        assertEquals(List.of("watch 42", "await " + WatchEngine.READABLE), watches.calls);
        watches.sink.onFailed(Code.BAD_DESCRIPTOR);
        until(() -> watches.calls.contains("close") || watch.isClosed());
        assertEquals(List.of("ENDED "), told);
        assertEquals(ErrorCode.EBADF, failures.get(0).errorCode());
        assertEquals(List.of("close"), watches.calls.subList(2, watches.calls.size()));
        assertFalse(watch.isClosed() || notices.closed, "before the engine has let go of it");
        watches.sink.onClosed();
        until(watch::isClosed);
        assertTrue(notices.closed);
    }

    @Test
    void noThreadForANewDirectoryIsTheEndAndNotSilence() throws IOException {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        loop.closeAll();
        loop =
                Loop.open(
                        LoopOptions.builder()
                                .provider(new FakeBackend.Good())
                                .workExecutor(executor)
                                .build());
        DirectoryWatch watch = watch();
        executor.shutdown();
        notices.note(
                notices.number(directory),
                DirectoryNotices.CREATED | DirectoryNotices.DIRECTORY,
                0,
                "d");
        deliver(2);
        until(watch::isClosed);
        assertEquals(List.of("CREATED d", "ENDED "), told);
        assertInstanceOf(RejectedExecutionException.class, failures.get(0).getCause());
    }

    /** Runs the newest first, and nothing before it is told to. */
    private static final class NewestFirst extends LinkedBlockingDeque<Runnable> {
        private static final long serialVersionUID = 1;

        @Override
        public boolean offer(Runnable task) {
            return offerFirst(task);
        }
    }

    @Test
    void aDirectoryThatCameByAnotherNameIsGivenUpBeforeItIsWatchedAgain() throws Exception {
        Files.createDirectory(directory.resolve("a"));
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new NewestFirst());
        loop.closeAll();
        loop =
                Loop.open(
                        LoopOptions.builder()
                                .provider(new FakeBackend.Good())
                                .workExecutor(executor)
                                .build());
        DirectoryWatch watch = watch();
        int root = notices.number(directory);
        int number = notices.number(directory.resolve("a"));
        CountDownLatch both = new CountDownLatch(1);
        executor.execute(
                () -> {
                    try {
                        both.await();
                    } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt();
                    }
                });
        Files.move(directory.resolve("a"), directory.resolve("z"));
        int directories = DirectoryNotices.DIRECTORY;
        notices.note(root, DirectoryNotices.MOVED_FROM | directories, 7, "a");
        notices.note(root, DirectoryNotices.CREATED | directories, 0, "z");
        deliver(2);
        both.countDown();
        until(() -> watch.directories() == 2 && !notices.removed().isEmpty());
        executor.shutdown();
        assertEquals(List.of("DELETED a", "CREATED z"), told);
        List<String> last = notices.order.subList(notices.order.size() - 2, notices.order.size());
        assertEquals(List.of("removed " + number, "added z"), last);
    }

    @Test
    void aLoopThatIsLetGoOfClosesWhatIsOpen() throws IOException {
        Files.createDirectory(directory.resolve("d"));
        DirectoryWatch watch = watch();
        assertNotNull(watch);
        loop.letGo();
        assertTrue(notices.closed);
    }

    /** Counted as allocated, which is more than what is kept. */
    @Test
    void aDirectoryCostsLittleMemory() {
        assumeTrue(
                ManagementFactory.getThreadMXBean() instanceof ThreadMXBean,
                "this virtual machine does not count");
        ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = meter.getThreadAllocatedBytes(Thread.currentThread().getId());
        Map<Integer, WatchedDirectory> all = new HashMap<>();
        WatchedDirectory above = new WatchedDirectory(0, directory);
        all.put(0, above);
        for (int i = 1; i <= DIRECTORIES; i++) {
            WatchedDirectory next = new WatchedDirectory(i, Path.of("directory-" + i));
            all.put(i, next);
            next.moveTo(above, Path.of("directory-" + i));
            above = i % 5 == 0 ? all.get(i / 2) : above;
        }
        long each =
                (meter.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
                        / DIRECTORIES;
        assertTrue(each < 1024, () -> each + " bytes");
        assertEquals(DIRECTORIES + 1, all.size());
    }
}
