// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.DirectoryChange;
import io.millrace.file.DirectoryChange.Kind;
import io.millrace.file.DirectoryChangeHandler;
import io.millrace.file.DirectoryEntry;
import io.millrace.file.DirectoryWatch;
import io.millrace.file.DirectoryWatchOptions;
import io.millrace.file.FileType;
import io.millrace.internal.loop.CallbackGuard;
import io.millrace.internal.loop.Deferred;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.TimerNode;
import io.millrace.internal.loop.TurnShares;
import io.millrace.spi.Code;
import io.millrace.spi.DirectoryNotices;
import io.millrace.spi.Failures;
import io.millrace.spi.SystemServices;
import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The one implementation of {@link DirectoryWatch}: what the system notes becomes what is told.
 *
 * <p>Notices wait in {@link #noticed} until it is certain what they mean, and changes in {@link
 * #changes} until it is their turn. While a thread reads directories, nothing is taken from the
 * system: so a notice of a directory never comes before the directory itself.
 */
public final class LoopDirectoryWatch extends LoopHandle
        implements DirectoryWatch, WatchSink, DirectoryNotices.Sink {
    /** How long the other half of a rename may take: the system notes them one after the other. */
    private static final long HALF_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Beyond this the rest stays with the system. */
    private static final int ENOUGH = 1024;

    /** Those that the JDK's service tells of. */
    private static final Set<Kind> OF_JDK =
            Collections.unmodifiableSet(
                    EnumSet.complementOf(EnumSet.of(Kind.WRITTEN, Kind.ATTRIBUTES, Kind.RENAMED)));

    private static final Set<Kind> ALL = Collections.unmodifiableSet(EnumSet.allOf(Kind.class));

    /** A notice that waits. */
    private static final class Notice {
        final int directory;
        final int what;
        final int cookie;
        final @Nullable Path name;

        /** Until when its other half may come. */
        final long until;

        /** Whether it went with its other half. */
        boolean taken;

        Notice(int directory, int what, int cookie, @Nullable Path name, long until) {
            this.directory = directory;
            this.what = what;
            this.cookie = cookie;
            this.name = name;
            this.until = until;
        }

        boolean is(int flags) {
            return (what & flags) != 0;
        }

        Path name() {
            return Objects.requireNonNull(name);
        }
    }

    /** What a scan is for. */
    private enum Purpose {
        OPENING,
        APPEARED,

        /** As before, of a name whose directory turned out to be another one. */
        CORRECTION,
        REFRESH;

        boolean isOfNews() {
            return this == APPEARED || this == CORRECTION;
        }
    }

    /** A scan under way: its items' place in the tree, and what is to be done with them. */
    private static final class Scan {
        final Purpose purpose;
        final TreeScan work;
        final @Nullable WatchedDirectory under;
        boolean hasBegun;

        Scan(Purpose purpose, TreeScan work, @Nullable WatchedDirectory under) {
            this.purpose = purpose;
            this.work = work;
            this.under = under;
        }
    }

    /** A name in a directory. */
    private record Place(WatchedDirectory in, Path name) {}

    private final Path path;
    private final DirectoryWatchOptions options;
    private final DirectoryChangeHandler handler;
    private final SharedNotices shared;
    private final LoopFuture<DirectoryWatch> opening;
    private final @Nullable Debounce debounce;

    private final Map<Integer, WatchedDirectory> directories = new HashMap<>();
    private final ArrayDeque<Notice> noticed = new ArrayDeque<>();
    private final ArrayDeque<DirectoryChange> changes = new ArrayDeque<>();

    /** Directories whose found names are kept until the notices of them have come. */
    private final List<WatchedDirectory> withFound = new ArrayList<>();

    /** Names that had another directory when they were read than when they were told. */
    private final ArrayDeque<Place> toCorrect = new ArrayDeque<>();

    private final Later later = new Later();
    private final Timed halves = new Timed();
    private final Timed debounced = new Timed();

    private @Nullable WatchedDirectory root;
    private @Nullable WatchPort port;
    private @Nullable Scan scan;
    private int scans;

    /** Directories being given back to the system, which a scan may find again by another name. */
    private int removals;

    private int drainsToCome;
    private boolean isReading;

    /** Whether notices without a descriptor are there. */
    private boolean isReady;

    private boolean isOpened;
    private boolean isProceeding;
    private boolean ends;
    private boolean hasLeft;

    /** Whether the engine can wait no longer; the port is closed with the watch. */
    private boolean hasFailed;

    /** The turn whose share is being used, and how much of it. */
    private int turn;

    private int told;

    private LoopDirectoryWatch(
            Loop loop,
            Path path,
            DirectoryWatchOptions options,
            DirectoryChangeHandler handler,
            SharedNotices.Source source) {
        super(loop);
        this.path = path;
        this.options = options;
        this.handler = handler;
        shared = new SharedNotices(source);
        opening = new LoopFuture<>(loop);
        Duration quiet = options.debounce();
        debounce = quiet.isZero() ? null : new Debounce(saturatedNanos(quiet));
    }

    private static long saturatedNanos(Duration time) {
        long most = Long.MAX_VALUE >> 8;
        return time.compareTo(Duration.ofNanos(most)) > 0 ? most : time.toNanos();
    }

    public static CompletionStage<DirectoryWatch> open(
            Loop loop,
            Path directory,
            DirectoryWatchOptions options,
            DirectoryChangeHandler handler) {
        Objects.requireNonNull(loop, "loop").check("watch a directory");
        return open(loop, directory, options, handler, () -> notices(loop));
    }

    /** The same with other notices. */
    static CompletionStage<DirectoryWatch> open(
            Loop loop,
            Path directory,
            DirectoryWatchOptions options,
            DirectoryChangeHandler handler,
            SharedNotices.Source source) {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(handler, "handler");
        loop.ensureOpen();
        PathAttributes.ofDefaultFileSystem(directory);
        LoopDirectoryWatch watch =
                new LoopDirectoryWatch(loop, directory, options, handler, source);
        watch.scan(Purpose.OPENING, null, directory, directory);
        return watch.opening;
    }

    private static DirectoryNotices notices(Loop loop) throws IoException {
        SystemServices system = loop.driver.system();
        DirectoryNotices own = system == null ? null : system.openDirectoryNotices();
        return own == null ? JdkNotices.open() : own;
    }

    // Reading directories, on threads.

    private void scan(Purpose purpose, @Nullable WatchedDirectory under, Path name, Path at) {
        TreeScan work =
                new TreeScan(
                        loop().driver.fileCalls(),
                        options.recursive(),
                        purpose.isOfNews(),
                        !purpose.isOfNews());
        work.add(new TreeScan.Item(null, name, at));
        Scan next = new Scan(purpose, work, under);
        scan = next;
        scans++;
        if (removals == 0) {
            step(next);
        }
    }

    private void step(Scan of) {
        of.hasBegun = true;
        boolean isFirst = of.purpose == Purpose.OPENING;
        onThread(
                () -> of.work.step(isFirst ? shared.opened() : shared.get()),
                (items, failure) -> stepped(of, items, failure));
    }

    private interface Ended<T> {
        void with(@Nullable T answer, @Nullable Throwable failure);
    }

    /** Whoever began is inside until it has ended; whoever never begins must be let out. */
    private <T> void onThread(Callable<T> call, Ended<T> ended) {
        AtomicInteger state = new AtomicInteger();
        shared.enter();
        Callable<T> inside =
                () -> {
                    if (!state.compareAndSet(0, 1)) {
                        throw IoException.of(Code.CANCELLED, "watch", null);
                    }
                    try {
                        return call.call();
                    } finally {
                        shared.leave();
                    }
                };
        Ended<T> guarded =
                (answer, failure) -> {
                    if (state.compareAndSet(0, 2)) {
                        shared.leave();
                    }
                    try {
                        ended.with(answer, failure);
                    } catch (RuntimeException | Error thrown) {
                        failed(thrown);
                    }
                };
        try {
            loop().work(inside).result().whenComplete(guarded::with);
        } catch (RuntimeException | Error refused) {
            guarded.with(null, refused);
        }
    }

    private void failed(Throwable failure) {
        if (isOpened) {
            loop().guard.failed(this, failure);
        } else {
            failOpening(failure);
        }
    }

    private void stepped(
            Scan of, @Nullable List<TreeScan.Item> items, @Nullable Throwable failure) {
        if (of != scan) {
            // Closed, or failed, meanwhile.
            return;
        }
        if (items == null) {
            notScanned(Objects.requireNonNull(failure));
            return;
        }
        for (TreeScan.Item each : items) {
            place(of, each);
            if (of != scan) {
                return;
            }
        }
        if (of.work.isDone()) {
            scanned(of);
        } else {
            step(of);
        }
    }

    /** No thread could be had, say. */
    private void notScanned(Throwable failure) {
        scan = null;
        if (!isOpened) {
            failOpening(named(failure));
        } else if (isOpen()) {
            end(
                    failure instanceof IoException known
                            ? known
                            : Failures.because(
                                    Code.IO_ERROR, "watch", "cannot read directories", failure));
            proceed();
        }
    }

    private Throwable named(Throwable failure) {
        return failure instanceof IoException known && known.path() == null && known.code() != 0
                ? Failures.ofFile(known.code(), "watch", path, String.valueOf(known.getMessage()))
                : failure;
    }

    /** The directory becomes part of the tree; or whoever watches hears why not. */
    private void place(Scan of, TreeScan.Item item) {
        WatchedDirectory above = item.above == null ? of.under : item.above.node;
        if (item.number >= 0) {
            WatchedDirectory node = directories.get(item.number);
            boolean isUnknown = node == null;
            if (node == null) {
                node = new WatchedDirectory(item.number, item.name);
                directories.put(item.number, node);
            }
            if (above != null && !above.isBelow(node)) {
                item.isNew = isUnknown || !node.isAt(above, item.name);
                if (item.isNew) {
                    leaves(of, node);
                    node.moveTo(above, item.name);
                }
                above.isMissingNoMore(item.name);
            } else if (above == null) {
                root = node;
            }
            node.seen = scans;
            item.node = node;
        }
        IoException failure = item.failure;
        if (failure != null) {
            notPlaced(of, item, above, failure);
        }
        TreeScan.Item itemAbove = item.above;
        item.isNew |= item.number < 0 || (itemAbove != null && itemAbove.isNew);
        if (of.purpose.isOfNews() && item.isNew) {
            tellFound(item);
        }
    }

    /**
     * A known directory is found by another name than it has by what was told. So that name has had
     * another directory meanwhile, which a rename may have brought there without its ever being
     * read. A correction is not corrected: mounts show one directory by several names for ever.
     */
    private void leaves(Scan of, WatchedDirectory node) {
        WatchedDirectory before = node.attachedTo();
        if (before != null && of.purpose == Purpose.APPEARED) {
            toCorrect.add(new Place(before, node.name()));
        }
    }

    private void correct(Place place) {
        WatchedDirectory in = place.in;
        if (directories.get(in.number) == in) {
            scan(Purpose.CORRECTION, in, place.name, in.path(place.name));
        }
    }

    private void notPlaced(
            Scan of, TreeScan.Item item, @Nullable WatchedDirectory above, IoException failure) {
        if (above == null && item.above == null) {
            // The watched directory itself, at first or after an overflow.
            if (of.purpose == Purpose.OPENING) {
                failOpening(item.number >= 0 ? failure : named(failure));
            } else {
                end(failure);
                scan = null;
                proceed();
            }
        } else if (item.isGone()) {
            // A correction is of what has been told: it may be gone from there for good.
            if (above != null && !(of.purpose == Purpose.CORRECTION && item.above == null)) {
                above.isMissing(item.name);
            }
        } else if (of.purpose == Purpose.OPENING && item.isBeyondLimit()) {
            failOpening(failure);
        } else {
            changes.add(new DirectoryChange(Kind.UNWATCHED, item.path, null, true, failure));
        }
    }

    private void tellFound(TreeScan.Item item) {
        WatchedDirectory node = item.node;
        for (DirectoryEntry each : item.entries) {
            boolean isDirectory = each.type() == FileType.DIRECTORY;
            changes.add(
                    DirectoryChange.of(Kind.CREATED, item.path.resolve(each.name()), isDirectory));
            if (node != null) {
                node.wasFound(each.name());
            }
        }
        if (node != null && !item.entries.isEmpty()) {
            withFound.add(node);
        }
    }

    private void scanned(Scan of) {
        scan = null;
        drainsToCome = shared.get().isComplete() ? 1 : 2;
        switch (of.purpose) {
            case OPENING -> finishOpening();
            case REFRESH -> {
                dropUnseen();
                changes.add(DirectoryChange.of(Kind.OVERFLOW, path, true));
                proceed();
            }
            case APPEARED, CORRECTION -> proceed();
        }
    }

    private void dropUnseen() {
        List<WatchedDirectory> gone = new ArrayList<>();
        for (WatchedDirectory each : directories.values()) {
            if (each.seen != scans) {
                gone.add(each);
            }
        }
        forget(gone);
    }

    // Opening and closing.

    private void finishOpening() {
        DirectoryNotices notices = shared.get();
        try {
            if (notices.descriptor() >= 0) {
                WatchEngine engine = Objects.requireNonNull(loop().driver.watches());
                port = engine.watch(notices.descriptor(), this);
            } else {
                notices.tellWhenReady(() -> loop().execute(this::becameReady));
            }
        } catch (IoException failure) {
            failOpening(failure);
            return;
        }
        isOpened = true;
        join();
        setActive(true);
        opening.complete(this);
        proceed();
    }

    private void failOpening(Throwable failure) {
        Scan failed = scan;
        scan = null;
        if (failed != null) {
            failed.work.cancel();
        }
        leave();
        opening.completeExceptionally(failure);
    }

    private void leave() {
        if (!hasLeft) {
            hasLeft = true;
            shared.leave();
        }
    }

    @Override
    public void startClosing() {
        Scan current = scan;
        scan = null;
        if (current != null) {
            current.work.cancel();
        }
        loop().timers.stop(halves);
        loop().timers.stop(debounced);
        noticed.clear();
        changes.clear();
        toCorrect.clear();
        WatchPort open = port;
        if (open == null) {
            leave();
            released();
        } else {
            open.close();
        }
    }

    @Override
    public void onClosed() {
        leave();
        released();
    }

    @Override
    public void abandon() {
        leave();
        super.abandon();
    }

    // What the system notes.

    @Override
    public void onReady(int events) {
        read();
        proceed();
    }

    @Override
    public void onFailed(int code) {
        hasFailed = true;
        String why =
                code == Code.BAD_DESCRIPTOR
                        ? "its descriptor was closed by somebody"
                        : Code.describe(code);
        end(Failures.ofFile(code, "watch", path, why));
        proceed();
    }

    private void becameReady() {
        isReady = true;
        if (isOpen()) {
            proceed();
        }
    }

    private void read() {
        isReading = true;
        int result = shared.get().read(this);
        isReading = false;
        loop().context().countSystemCalls(1);
        if (result < 0 && result != Code.WOULD_BLOCK) {
            end(Failures.ofFile(result, "watch", path, 0, null));
        }
    }

    @Override
    public void onNotice(int directory, int what, int cookie, @Nullable Path name) {
        assert isReading;
        long until = loop().clock.now() + HALF_NANOS;
        noticed.add(new Notice(directory, what, cookie, name, until));
    }

    @Override
    public void onDrained() {
        if (drainsToCome > 0 && --drainsToCome == 0) {
            // Those that stand before this in the queue are looked at while names are known. One of
            // them may begin another scan, whose names are not meant.
            noticed.add(new Notice(-1, 0, scans, null, 0));
        }
    }

    // What is told of it.

    /** Goes on as far as this turn's share, the other half of a rename, or a thread allow. */
    private void proceed() {
        if (isProceeding || !isOpened) {
            return;
        }
        isProceeding = true;
        try {
            boolean goesOn = true;
            while (goesOn && isOpen()) {
                goesOn = goesOn();
            }
        } finally {
            isProceeding = false;
        }
        if (isOpen()) {
            await();
        }
    }

    /** One step; whether there may be another. */
    private boolean goesOn() {
        DirectoryChange change = changes.peek();
        if (change != null) {
            if (!hasShare()) {
                loop().shares.continueNextTurn(later);
                return false;
            }
            changes.remove();
            tell(change);
            return true;
        }
        if (scan != null || ends) {
            return false;
        }
        Place place = toCorrect.poll();
        if (place != null) {
            correct(place);
            return true;
        }
        if (noticed.isEmpty()) {
            return readsWhatIsReady();
        }
        return understands(noticed.element());
    }

    private boolean readsWhatIsReady() {
        if (!isReady) {
            return false;
        }
        isReady = false;
        read();
        return true;
    }

    private boolean hasShare() {
        int now = loop().shares.turn();
        if (now != turn) {
            turn = now;
            told = 0;
        }
        return told++ < TurnShares.CALLBACKS;
    }

    private void await() {
        WatchPort open = port;
        if (open != null && !hasFailed) {
            boolean takes = scan == null && !ends && noticed.size() + changes.size() < ENOUGH;
            open.await(takes ? WatchEngine.READABLE : 0);
        }
    }

    private boolean understands(Notice first) {
        if (first.taken || !first.is(DirectoryNotices.MOVED_FROM)) {
            noticed.remove();
            if (!first.taken) {
                happened(first);
            }
            return true;
        }
        Notice other = otherHalf(first);
        if (other == null && first.until - loop().clock.now() > 0) {
            loop().timers.start(halves, first.until);
            return false;
        }
        noticed.remove();
        if (other == null) {
            happened(first);
        } else {
            other.taken = true;
            renamed(first, other);
        }
        return true;
    }

    private @Nullable Notice otherHalf(Notice first) {
        for (Notice each : noticed) {
            if (each.cookie == first.cookie && each.is(DirectoryNotices.MOVED_TO)) {
                return each;
            }
        }
        return null;
    }

    private void happened(Notice notice) {
        if (notice.is(DirectoryNotices.OVERFLOW)) {
            scan(Purpose.REFRESH, null, path, path);
            return;
        }
        if (notice.what == 0) {
            if (notice.cookie == scans) {
                withFound.forEach(WatchedDirectory::forgetFound);
                withFound.clear();
            }
            return;
        }
        WatchedDirectory in = directories.get(notice.directory);
        if (in == null) {
            return;
        }
        if (notice.name == null) {
            happenedItself(notice, in);
        } else if (notice.is(DirectoryNotices.CREATED | DirectoryNotices.MOVED_TO)) {
            came(notice, in);
        } else if (notice.is(DirectoryNotices.DELETED | DirectoryNotices.MOVED_FROM)) {
            went(notice, in);
        } else {
            Kind kind =
                    notice.is(DirectoryNotices.WRITTEN)
                            ? Kind.WRITTEN
                            : notice.is(DirectoryNotices.MODIFIED)
                                    ? Kind.MODIFIED
                                    : Kind.ATTRIBUTES;
            changed(kind, in, notice);
        }
    }

    private void changed(Kind kind, WatchedDirectory in, Notice notice) {
        changes.add(
                DirectoryChange.of(
                        kind, in.path(notice.name), notice.is(DirectoryNotices.DIRECTORY)));
    }

    /** Of those below the root, the directory above tells. */
    private void happenedItself(Notice notice, WatchedDirectory of) {
        if (of == root) {
            if (notice.is(DirectoryNotices.SELF_DELETED | DirectoryNotices.FORGOTTEN)) {
                end(Failures.ofFile(Code.NO_SUCH_FILE, "watch", path, "it was removed"));
            } else if (notice.is(DirectoryNotices.SELF_MOVED)) {
                end(
                        Failures.ofFile(
                                Code.NO_SUCH_FILE,
                                "watch",
                                path,
                                "it has another name now; watch it by that"));
            } else if (notice.is(DirectoryNotices.UNMOUNTED)) {
                end(
                        Failures.ofFile(
                                Code.NO_SUCH_DEVICE,
                                "watch",
                                path,
                                "its file system was unmounted"));
            } else if (notice.is(DirectoryNotices.ATTRIBUTES)) {
                changes.add(DirectoryChange.of(Kind.ATTRIBUTES, path, true));
            }
        } else if (notice.is(DirectoryNotices.FORGOTTEN) && shared.get().isComplete()) {
            // Otherwise it may come first: then what is told of the name needs to know it.
            directories.remove(of.number);
            of.detach();
        }
    }

    private void came(Notice notice, WatchedDirectory in) {
        Path name = notice.name();
        boolean isKnown = in.takeFound(name) && notice.is(DirectoryNotices.CREATED);
        if (!isKnown) {
            changed(Kind.CREATED, in, notice);
        }
        if (notice.is(DirectoryNotices.DIRECTORY)
                && options.recursive()
                && !(isKnown && in.child(name) != null)) {
            scan(Purpose.APPEARED, in, name, in.path(name));
        }
    }

    private void went(Notice notice, WatchedDirectory in) {
        Path name = notice.name();
        in.takeFound(name);
        in.isMissingNoMore(name);
        WatchedDirectory child = in.child(name);
        boolean isDirectory = child != null || notice.is(DirectoryNotices.DIRECTORY);
        changes.add(DirectoryChange.of(Kind.DELETED, in.path(name), isDirectory));
        if (child == null) {
            return;
        }
        boolean maybeElsewhere =
                notice.is(DirectoryNotices.MOVED_FROM) || !shared.get().isComplete();
        if (maybeElsewhere) {
            List<WatchedDirectory> all = new ArrayList<>();
            child.walk(all::add);
            forget(all);
        } else {
            // The system forgets it by itself, and says so.
            child.detach();
        }
    }

    private void forget(List<WatchedDirectory> all) {
        List<Integer> numbers = new ArrayList<>(all.size());
        for (WatchedDirectory each : all) {
            each.detach();
            directories.remove(each.number);
            numbers.add(each.number);
        }
        removals++;
        onThread(
                () -> {
                    numbers.forEach(shared.get()::remove);
                    return numbers;
                },
                (same, failure) -> removed(failure));
    }

    /**
     * The system has one number for a directory, whatever its name: one that went and came by
     * another name must be given up before it is watched again, or it is given up for good.
     */
    private void removed(@Nullable Throwable failure) {
        removals--;
        if (failure != null && isOpen()) {
            loop().guard.failed(this, failure);
        }
        Scan waiting = scan;
        if (removals == 0 && waiting != null && !waiting.hasBegun) {
            step(waiting);
        }
    }

    private void renamed(Notice from, Notice to) {
        WatchedDirectory source = directories.get(from.directory);
        WatchedDirectory target = directories.get(to.directory);
        if (source == null || target == null) {
            happened(from);
            happened(to);
            return;
        }
        boolean isDirectory = from.is(DirectoryNotices.DIRECTORY);
        source.takeFound(from.name());
        source.isMissingNoMore(from.name());
        target.takeFound(to.name());
        changes.add(
                new DirectoryChange(
                        Kind.RENAMED,
                        target.path(to.name()),
                        source.path(from.name()),
                        isDirectory,
                        null));
        if (isDirectory && options.recursive()) {
            moved(source.child(from.name()), target, to.name());
        }
    }

    private void moved(@Nullable WatchedDirectory child, WatchedDirectory target, Path name) {
        WatchedDirectory replaced = target.child(name);
        if (child == null) {
            // Whatever was known by that name: this may be another, which was never read.
            scan(Purpose.APPEARED, target, name, target.path(name));
            return;
        }
        if (replaced != null && replaced != child) {
            replaced.detach();
        }
        child.moveTo(target, name);
        boolean[] isIncomplete = {false};
        child.walk(each -> isIncomplete[0] |= each.takeMissing());
        if (isIncomplete[0]) {
            scan(Purpose.APPEARED, target, name, target.path(name));
        }
    }

    private void end(IoException why) {
        if (ends) {
            return;
        }
        ends = true;
        noticed.clear();
        if (debounce != null) {
            DirectoryChange waiting;
            while ((waiting = debounce.take()) != null) {
                changes.add(waiting);
            }
        }
        changes.add(new DirectoryChange(Kind.ENDED, path, null, true, why));
    }

    private void tell(DirectoryChange change) {
        Debounce gathers = debounce;
        if (gathers == null || ends) {
            deliver(change);
            return;
        }
        switch (change.kind()) {
            case OVERFLOW, UNWATCHED, ENDED -> deliver(change);
            case RENAMED -> {
                Path before = Objects.requireNonNull(change.previousPath());
                gather(gathers, DirectoryChange.of(Kind.DELETED, before, change.isDirectory()));
                gather(
                        gathers,
                        DirectoryChange.of(Kind.CREATED, change.path(), change.isDirectory()));
            }
            default -> gather(gathers, change);
        }
    }

    private void gather(Debounce into, DirectoryChange change) {
        DirectoryChange atOnce = into.add(change, loop().clock.now());
        if (atOnce != null) {
            deliver(atOnce);
        }
        if (isOpen() && into.due() != Debounce.NOTHING) {
            loop().timers.start(debounced, into.due());
        }
    }

    private void tellDebounced() {
        Debounce gathers = Objects.requireNonNull(debounce);
        while (isOpen()) {
            if (!hasShare()) {
                loop().timers.start(debounced, loop().clock.now());
                return;
            }
            DirectoryChange change = gathers.takeDue(loop().clock.now());
            if (change == null) {
                break;
            }
            deliver(change);
        }
        if (isOpen() && gathers.due() != Debounce.NOTHING) {
            loop().timers.start(debounced, gathers.due());
        }
    }

    private void deliver(DirectoryChange change) {
        if (!isOpen()) {
            return;
        }
        CallbackGuard guard = loop().guard;
        long began = guard.begins();
        try {
            handler.onChange(this, change);
        } catch (Throwable failure) {
            guard.failed(this, failure);
        }
        guard.ended(began);
        if (change.kind() == Kind.ENDED) {
            close();
        }
    }

    // What users ask.

    @Override
    public Path path() {
        return path;
    }

    @Override
    public Set<Kind> kinds() {
        return shared.get().isComplete() ? ALL : OF_JDK;
    }

    @Override
    public int directories() {
        loop().check("directories");
        return directories.size();
    }

    @Override
    public String details() {
        return " " + path;
    }

    private final class Later extends Deferred {
        @Override
        public void runDeferred() {
            proceed();
        }

        @Override
        public LoopHandle owner() {
            return LoopDirectoryWatch.this;
        }
    }

    /** Wakes what waits for a time. */
    private final class Timed extends TimerNode {
        @Override
        public void expire() {
            if (this == debounced) {
                tellDebounced();
            } else {
                proceed();
            }
        }

        @Override
        public void failed(Throwable failure) {
            loop().guard.failed(LoopDirectoryWatch.this, failure);
        }
    }
}
