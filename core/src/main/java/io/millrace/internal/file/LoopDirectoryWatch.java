// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.DirectoryChange;
import io.millrace.file.DirectoryChange.Kind;
import io.millrace.file.DirectoryChangeHandler;
import io.millrace.file.DirectoryWatch;
import io.millrace.file.DirectoryWatchOptions;
import io.millrace.internal.file.DirectoryScan.Purpose;
import io.millrace.internal.loop.Delivery;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopFuture;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.TimerNode;
import io.millrace.spi.Code;
import io.millrace.spi.DirectoryNotices;
import io.millrace.spi.Failures;
import io.millrace.spi.SystemServices;
import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The one implementation of {@link DirectoryWatch}: the life of the handle, and the order of its
 * steps.
 *
 * <p>Notices wait in a {@link NoticeQueue} until it is certain what they are, {@link TreeUpdates}
 * makes changes of them, and {@link ChangeTelling} tells those in their turn. While {@link
 * DirectoryScans} read, nothing is taken from the system: so a notice of a directory never comes
 * before the directory itself.
 */
public final class LoopDirectoryWatch extends LoopHandle
        implements DirectoryWatch, WatchSink, DirectoryNotices.Sink {
    /** Beyond so many notices and changes the rest stays with the system. */
    private static final int BACKLOG = 1024;

    /** Those that the JDK's service tells of. */
    private static final Set<Kind> OF_JDK =
            Collections.unmodifiableSet(
                    EnumSet.complementOf(EnumSet.of(Kind.WRITTEN, Kind.ATTRIBUTES, Kind.RENAMED)));

    private static final Set<Kind> ALL = Collections.unmodifiableSet(EnumSet.allOf(Kind.class));

    private final Path path;
    private final SharedNotices shared;
    private final LoopFuture<DirectoryWatch> opening;

    private final NoticeQueue notices = new NoticeQueue();
    private final WatchedTree tree = new WatchedTree();
    private final ArrayDeque<DirectoryChange> changes = new ArrayDeque<>();
    private final ChangeTelling telling;
    private final TreeUpdates updates;
    private final DirectoryScans scans;

    private final RenameTimer renameTimer = new RenameTimer();

    private @Nullable WatchPort port;
    private boolean isReading;

    /** Whether notices without a descriptor are there. */
    private boolean isReady;

    private boolean isOpened;
    private boolean isProceeding;
    private boolean hasLeft;

    /** Whether the engine can wait no longer; the port is closed with the watch. */
    private boolean hasPortFailed;

    private LoopDirectoryWatch(
            Loop loop,
            Path path,
            DirectoryWatchOptions options,
            DirectoryChangeHandler handler,
            SharedNotices.Source source) {
        super(loop);
        this.path = path;
        shared = new SharedNotices(source);
        opening = new LoopFuture<>(loop);
        boolean recursive = options.recursive();
        telling = new ChangeTelling(this, handler, options.debounce(), changes, this::proceed);
        updates = new TreeUpdates(path, recursive, tree, changes);
        scans = new DirectoryScans(this, shared, recursive, new Scanned());
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
        watch.scans.begin(new DirectoryScan(Purpose.OPENING, null, directory, directory));
        return watch.opening;
    }

    private static DirectoryNotices notices(Loop loop) throws IoException {
        SystemServices system = loop.driver.system();
        DirectoryNotices own = system == null ? null : system.openDirectoryNotices();
        return own == null ? JdkNotices.open() : own;
    }

    // Opening and closing.

    private final class Scanned implements DirectoryScans.Receiver {
        @Override
        public void onRead(DirectoryScan scan, int round, List<TreeScan.Item> items) {
            for (TreeScan.Item each : items) {
                IoException failure = updates.place(scan, round, each);
                if (failure != null) {
                    scans.cancel();
                    notWatched(each.above == null ? named(failure) : failure);
                    return;
                }
            }
        }

        @Override
        public void onComplete(DirectoryScan scan, int round) {
            notices.markAfter(shared.get().isComplete() ? 1 : 2);
            if (scan.purpose() == Purpose.OPENING) {
                finishOpening();
                return;
            }
            if (scan.purpose() == Purpose.REFRESH) {
                carryOut(updates.refreshed(round));
            }
            proceed();
        }

        @Override
        public void onUnread(Throwable failure) {
            notWatched(named(failure));
        }

        @Override
        public void onFault(Throwable failure) {
            if (isOpened) {
                loop().guard.failed(LoopDirectoryWatch.this, failure);
            } else {
                failOpening(failure);
            }
        }
    }

    private Throwable named(Throwable failure) {
        return failure instanceof IoException known && known.path() == null && known.code() != 0
                ? Failures.ofFile(known.code(), "watch", path, String.valueOf(known.getMessage()))
                : failure;
    }

    /** The directory itself cannot be watched, or not any more. */
    private void notWatched(Throwable failure) {
        if (!isOpened) {
            failOpening(failure);
        } else if (isOpen()) {
            end(
                    failure instanceof IoException known
                            ? known
                            : Failures.because(
                                    Code.IO_ERROR, "watch", "cannot read directories", failure));
            proceed();
        }
    }

    private void finishOpening() {
        DirectoryNotices system = shared.get();
        try {
            if (system.descriptor() >= 0) {
                WatchEngine engine = Objects.requireNonNull(loop().driver.watches());
                port = engine.watch(system.descriptor(), this);
            } else {
                Ready ready = new Ready(loop());
                system.tellWhenReady(() -> loop().deliver(ready));
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
        scans.cancel();
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
        scans.cancel();
        loop().timers.stop(renameTimer);
        notices.clear();
        telling.stop();
        updates.clear();
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
        hasPortFailed = true;
        String why =
                code == Code.BAD_DESCRIPTOR
                        ? "its descriptor was closed by somebody"
                        : Code.describe(code);
        end(Failures.ofFile(code, "watch", path, why));
        proceed();
    }

    /** A thread has notices, and gathers no more before these are read. */
    private final class Ready extends Delivery {
        Ready(Loop loop) {
            super(loop);
        }

        @Override
        public void run() {
            isReady = true;
            if (isOpen()) {
                proceed();
            }
        }

        @Override
        public LoopHandle owner() {
            return LoopDirectoryWatch.this;
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
        notices.add(directory, what, cookie, name, loop().clock.now());
    }

    @Override
    public void onDrained() {
        notices.drained(scans.rounds());
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
                goesOn = telling.tellAll() && isOpen() && goesOn();
            }
        } finally {
            isProceeding = false;
        }
        if (isOpen()) {
            await();
        }
    }

    /** One step when all is told; whether there may be another. */
    private boolean goesOn() {
        if (scans.isUnderWay() || telling.isEnding()) {
            return false;
        }
        DirectoryScan correction = updates.nextCorrection();
        if (correction != null) {
            scans.begin(correction);
            return true;
        }
        NoticeQueue.Event event = notices.next(loop().clock.now());
        if (event != null) {
            boolean isComplete = shared.get().isComplete();
            carryOut(updates.understand(event, isComplete, scans.rounds()));
            return true;
        }
        if (!notices.isEmpty()) {
            loop().timers.start(renameTimer, notices.dueAt());
            return false;
        }
        return readsWhatIsReady();
    }

    private void carryOut(TreeUpdates.@Nullable Demand demand) {
        if (demand instanceof DirectoryScan scan) {
            scans.begin(scan);
        } else if (demand instanceof TreeUpdates.Removal removal) {
            scans.remove(removal.numbers());
        } else if (demand instanceof TreeUpdates.Ending ending) {
            end(ending.why());
        }
    }

    private boolean readsWhatIsReady() {
        if (!isReady) {
            return false;
        }
        isReady = false;
        read();
        return true;
    }

    private void await() {
        WatchPort open = port;
        if (open != null && !hasPortFailed) {
            boolean takes =
                    !scans.isUnderWay()
                            && !telling.isEnding()
                            && notices.size() + changes.size() < BACKLOG;
            open.await(takes ? WatchEngine.READABLE : 0);
        }
    }

    private void end(IoException why) {
        notices.clear();
        telling.end(why);
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
        return tree.size();
    }

    @Override
    public String details() {
        return " " + path;
    }

    /** The other half of a rename has not come in time. */
    private final class RenameTimer extends TimerNode {
        @Override
        public void expire() {
            proceed();
        }

        @Override
        public void failed(Throwable failure) {
            loop().guard.failed(LoopDirectoryWatch.this, failure);
        }
    }
}
