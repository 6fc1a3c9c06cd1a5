// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.spi.Code;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The work of a directory watch on threads, since adding, reading and removing directories may
 * block: one scan at a time, step by step, and removals, which come before the scans that were
 * asked for after them. The system has one number for a directory, whatever its name: one that went
 * and came by another name must be given up before it is watched again, or it is given up for good.
 *
 * <p>What is found comes back in the loop; nothing does of a scan that was cancelled. Loop thread
 * only, except for what runs on the threads.
 */
final class DirectoryScans {
    /** Whom the scans are for. In the loop. */
    interface Receiver {
        /**
         * More was read; may cancel the scan.
         *
         * @param round the number of this scan
         */
        void onRead(DirectoryScan scan, int round, List<TreeScan.Item> items);

        /** All was read; another scan may begin. */
        void onComplete(DirectoryScan scan, int round);

        /** The scan is over, for lack of a thread, say. */
        void onUnread(Throwable failure);

        /** One of these calls, or a removal, has thrown. */
        void onFault(Throwable failure);
    }

    private static final class Running {
        final DirectoryScan scan;
        final int round;
        final TreeScan work;
        boolean hasBegun;

        Running(DirectoryScan scan, int round, TreeScan work) {
            this.scan = scan;
            this.round = round;
            this.work = work;
        }
    }

    private interface Ended<T> {
        void with(@Nullable T answer, @Nullable Throwable failure);
    }

    private final LoopHandle watch;
    private final SharedNotices notices;
    private final boolean recursive;
    private final Receiver receiver;
    private @Nullable Running running;
    private int rounds;

    /** Removals under way. */
    private int removals;

    DirectoryScans(LoopHandle watch, SharedNotices notices, boolean recursive, Receiver receiver) {
        this.watch = watch;
        this.notices = notices;
        this.recursive = recursive;
        this.receiver = receiver;
    }

    boolean isUnderWay() {
        return running != null;
    }

    /** How many scans have begun, which is the number of the last one. */
    int rounds() {
        return rounds;
    }

    /** Begins a scan; none may be under way. */
    void begin(DirectoryScan scan) {
        TreeScan work =
                new TreeScan(
                        watch.loop().driver.fileCalls(),
                        recursive,
                        scan.isOfNews(),
                        !scan.isOfNews());
        work.add(new TreeScan.Item(null, scan.name(), scan.path()));
        Running next = new Running(scan, ++rounds, work);
        running = next;
        if (removals == 0) {
            step(next);
        }
    }

    void cancel() {
        Running cancelled = running;
        running = null;
        if (cancelled != null) {
            cancelled.work.cancel();
        }
    }

    private void step(Running of) {
        of.hasBegun = true;
        boolean isFirst = of.scan.purpose() == DirectoryScan.Purpose.OPENING;
        onThread(
                () -> of.work.step(isFirst ? notices.opened() : notices.get()),
                (items, failure) -> stepped(of, items, failure));
    }

    private void stepped(
            Running of, @Nullable List<TreeScan.Item> items, @Nullable Throwable failure) {
        if (of != running) {
            return;
        }
        if (items == null) {
            running = null;
            receiver.onUnread(Objects.requireNonNull(failure));
            return;
        }
        receiver.onRead(of.scan, of.round, items);
        if (of != running) {
            return;
        }
        if (of.work.isDone()) {
            running = null;
            receiver.onComplete(of.scan, of.round);
        } else {
            step(of);
        }
    }

    /** Has the system forget directories. */
    void remove(List<Integer> numbers) {
        removals++;
        onThread(
                () -> {
                    numbers.forEach(notices.get()::remove);
                    return numbers;
                },
                (same, failure) -> removed(failure));
    }

    private void removed(@Nullable Throwable failure) {
        removals--;
        if (failure != null && watch.isOpen()) {
            receiver.onFault(failure);
        }
        Running waiting = running;
        if (removals == 0 && waiting != null && !waiting.hasBegun) {
            step(waiting);
        }
    }

    /** Whoever began is inside until it has ended; whoever never begins must be let out. */
    private <T> void onThread(Callable<T> call, Ended<T> ended) {
        AtomicInteger state = new AtomicInteger();
        notices.enter();
        Callable<T> inside =
                () -> {
                    if (!state.compareAndSet(0, 1)) {
                        throw IoException.of(Code.CANCELLED, "watch", null);
                    }
                    try {
                        return call.call();
                    } finally {
                        notices.leave();
                    }
                };
        Ended<T> guarded =
                (answer, failure) -> {
                    if (state.compareAndSet(0, 2)) {
                        notices.leave();
                    }
                    try {
                        ended.with(answer, failure);
                    } catch (RuntimeException | Error thrown) {
                        receiver.onFault(thrown);
                    }
                };
        try {
            watch.loop().work(inside).result().whenComplete(guarded::with);
        } catch (RuntimeException | Error refused) {
            guarded.with(null, refused);
        }
    }
}
