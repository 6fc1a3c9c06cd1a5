// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.internal.flight.Flight;
import io.millrace.spi.Log;
import java.lang.ref.WeakReference;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Tells of loops that stand still: of one that has been in a single turn for longer than its limit,
 * and is not waiting for I/O, with what its thread is doing.
 *
 * <p>The loop has no part in it. One thread for all looks now and then at the counts that loops
 * publish anyway, so being watched costs a loop nothing; a stall is noticed up to a quarter of the
 * limit late. The thread ends when there is no loop left to watch.
 */
final class StallWatch implements Runnable {
    private static final StallWatch SHARED = new StallWatch();

    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Set<Watched> watched = new LinkedHashSet<>();
    private @Nullable Thread thread;

    private StallWatch() {}

    /** Watches the loop until it is closed, or nobody has it any more. */
    static void watch(Loop loop, long limitNanos) {
        SHARED.add(new Watched(loop, limitNanos));
    }

    /** Lack of memory for the thread leaves nothing behind. */
    private synchronized void add(Watched loop) {
        if (thread == null) {
            Thread starting = new Thread(null, this, "millrace-stall-watch", 0, false);
            starting.setDaemon(true);
            starting.start();
            thread = starting;
        } else {
            LockSupport.unpark(thread);
        }
        watched.add(loop);
    }

    @Override
    public void run() {
        for (long pause = lookSafely(); pause > 0; pause = lookSafely()) {
            LockSupport.parkNanos(this, pause);
        }
    }

    /** Lack of memory, for one, must not be the end of watching. */
    private long lookSafely() {
        try {
            return look();
        } catch (Throwable failure) {
            Log.CORE.report(
                    System.Logger.Level.WARNING, "cannot look whether loops stand still", failure);
            return LONGEST_PAUSE_NANOS;
        }
    }

    /** Answers when to look again, in nanoseconds; 0 if there is nothing left to look at. */
    private synchronized long look() {
        long pause = LONGEST_PAUSE_NANOS;
        long now = System.nanoTime();
        for (Iterator<Watched> each = watched.iterator(); each.hasNext(); ) {
            Watched loop = each.next();
            if (loop.look(now)) {
                pause = Math.min(pause, loop.limitNanos / 4);
            } else {
                each.remove();
            }
        }
        if (watched.isEmpty()) {
            thread = null;
            return 0;
        }
        return Math.max(pause, SHORTEST_PAUSE_NANOS);
    }

    /** One loop, and since when it has been in the turn that it is in. */
    private static final class Watched {
        final long limitNanos;

        private final WeakReference<Loop> reference;
        private long turn = -1;
        private long since;
        private String stack = "";
        private boolean stalled;

        Watched(Loop loop, long limitNanos) {
            this.limitNanos = limitNanos;
            reference = new WeakReference<>(loop);
        }

        /** Answers whether to look at it again. */
        boolean look(long now) {
            Loop loop = reference.get();
            if (loop == null || loop.isClosed()) {
                return false;
            }
            long turnNow = loop.turnUnderWay();
            if (turnNow != turn) {
                if (stalled) {
                    goesOn(loop, now);
                }
                turn = turnNow;
                since = now;
            } else if (turn != Loop.NO_TURN && !stalled && now - since >= limitNanos) {
                stalls(loop, now);
            }
            return true;
        }

        private void stalls(Loop loop, long now) {
            Thread thread = loop.thread();
            // Unless it has gone on while it was looked at, that is where it stands.
            String seen = LoopDescription.stackOf(thread);
            if (loop.turnUnderWay() != turn) {
                return;
            }
            stalled = true;
            stack = seen;
            loop.counters.countStall();
            Log.CORE.report(
                    System.Logger.Level.WARNING,
                    () ->
                            loop
                                    + " has been in one turn for "
                                    + TimeUnit.NANOSECONDS.toMillis(now - since)
                                    + " ms, and serves nobody else meanwhile; its limit is "
                                    + TimeUnit.NANOSECONDS.toMillis(limitNanos)
                                    + " ms. Its thread is here:"
                                    + seen,
                    null);
            Flight.loopStalled(loop, thread.getName(), now - since, false, seen);
        }

        private void goesOn(Loop loop, long now) {
            long nanos = now - since;
            stalled = false;
            Log.CORE.report(
                    System.Logger.Level.INFO,
                    () ->
                            loop
                                    + " goes on after a turn of "
                                    + TimeUnit.NANOSECONDS.toMillis(nanos)
                                    + " ms",
                    null);
            Flight.loopStalled(loop, loop.thread().getName(), nanos, true, stack);
        }
    }
}
