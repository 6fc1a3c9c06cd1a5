// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.IoException;
import io.millrace.file.DirectoryChange;
import io.millrace.file.DirectoryChange.Kind;
import io.millrace.file.DirectoryChangeHandler;
import io.millrace.internal.loop.CallbackGuard;
import io.millrace.internal.loop.Deferred;
import io.millrace.internal.loop.LoopHandle;
import io.millrace.internal.loop.TimerNode;
import io.millrace.internal.loop.TurnShares;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * When the handler of a directory watch hears of what: changes in their order, no more in a turn of
 * the loop than its share, and each path's only when it has been quiet if that was asked for. The
 * end of the watch is the last change; whatever waited is told before it. Loop thread only.
 */
final class ChangeTelling {
    private final LoopDirectoryWatch watch;
    private final DirectoryChangeHandler handler;
    private final ArrayDeque<DirectoryChange> changes;
    private final @Nullable Debounce debounce;
    private final Later later;
    private final Quiet quietTimer = new Quiet();
    private boolean isEnding;

    /** The turn whose share is being used, and how much of it. */
    private int turn;

    private int toldInTurn;

    /**
     * Nothing is told yet.
     *
     * @param changes what is to be told; others add to it
     * @param goesOn called when a new turn allows to {@link #tellAll} again
     */
    ChangeTelling(
            LoopDirectoryWatch watch,
            DirectoryChangeHandler handler,
            Duration quiet,
            ArrayDeque<DirectoryChange> changes,
            Runnable goesOn) {
        this.watch = watch;
        this.handler = handler;
        this.changes = changes;
        debounce = quiet.isZero() ? null : new Debounce(saturatedNanos(quiet));
        later = new Later(goesOn);
    }

    private static long saturatedNanos(Duration time) {
        long most = Long.MAX_VALUE >> 8;
        return time.compareTo(Duration.ofNanos(most)) > 0 ? most : time.toNanos();
    }

    /** Whether the watch is over, though not everything may be told yet. */
    boolean isEnding() {
        return isEnding;
    }

    /** Nothing is told any more. */
    void stop() {
        watch.loop().timers.stop(quietTimer);
        changes.clear();
    }

    /** The watch is over; only the first reason counts. */
    void end(IoException why) {
        if (isEnding) {
            return;
        }
        isEnding = true;
        if (debounce != null) {
            DirectoryChange waiting;
            while ((waiting = debounce.take()) != null) {
                changes.add(waiting);
            }
        }
        changes.add(new DirectoryChange(Kind.ENDED, watch.path(), null, true, why));
    }

    /** Whether all is told; if not, because the turn has no share left. */
    boolean tellAll() {
        DirectoryChange change;
        while (watch.isOpen() && (change = changes.peek()) != null) {
            if (!hasShare()) {
                watch.loop().shares.continueNextTurn(later);
                return false;
            }
            changes.remove();
            tell(change);
        }
        return true;
    }

    private boolean hasShare() {
        int now = watch.loop().shares.turn();
        if (now != turn) {
            turn = now;
            toldInTurn = 0;
        }
        return toldInTurn++ < TurnShares.CALLBACKS;
    }

    private void tell(DirectoryChange change) {
        Debounce gathers = debounce;
        if (gathers == null || isEnding) {
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
        DirectoryChange atOnce = into.add(change, watch.loop().clock.now());
        if (atOnce != null) {
            deliver(atOnce);
        }
        awaitQuiet(into);
    }

    private void awaitQuiet(Debounce of) {
        if (watch.isOpen() && of.due() != Debounce.NOTHING) {
            watch.loop().timers.start(quietTimer, of.due());
        }
    }

    private void tellQuiet() {
        Debounce gathers = Objects.requireNonNull(debounce);
        while (watch.isOpen()) {
            long now = watch.loop().clock.now();
            if (!hasShare()) {
                watch.loop().timers.start(quietTimer, now);
                return;
            }
            DirectoryChange change = gathers.takeDue(now);
            if (change == null) {
                break;
            }
            deliver(change);
        }
        awaitQuiet(gathers);
    }

    private void deliver(DirectoryChange change) {
        if (!watch.isOpen()) {
            return;
        }
        CallbackGuard guard = watch.loop().guard;
        long began = guard.begins();
        try {
            handler.onChange(watch, change);
        } catch (Throwable failure) {
            guard.failed(watch, failure);
        }
        guard.ended(began);
        if (change.kind() == Kind.ENDED) {
            watch.close();
        }
    }

    private final class Later extends Deferred {
        private final Runnable goesOn;

        Later(Runnable goesOn) {
            this.goesOn = goesOn;
        }

        @Override
        public void runDeferred() {
            goesOn.run();
        }

        @Override
        public LoopHandle owner() {
            return watch;
        }
    }

    private final class Quiet extends TimerNode {
        @Override
        public void expire() {
            tellQuiet();
        }

        @Override
        public void failed(Throwable failure) {
            watch.loop().guard.failed(watch, failure);
        }
    }
}
