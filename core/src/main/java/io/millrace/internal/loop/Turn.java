// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.IoException;
import io.millrace.RunMode;
import io.millrace.spi.Failures;
import io.millrace.spi.Log;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The order in which a loop does things: the one place that says so.
 *
 * <p>What is deferred runs in rounds, so that a completion that causes another is served in the
 * same turn, but only so many, so that a chain of them cannot keep I/O and timers from their turn.
 * What can go on by itself, such as sending a file to a fast reader, gets a share of each turn:
 * {@link TurnShares}.
 */
final class Turn {
    /** Enough for a write in a completion of a write in one; libuv, too, stops after 8. */
    private static final int DEFERRED_ROUNDS = 8;

    /** How often in a row a wait may lack memory before the loop gives up: a few seconds. */
    static final int MOST_WAITS_WITHOUT_MEMORY = 300;

    /**
     * Time for others to let go of memory; a loop that asks at once would only burn a processor.
     */
    private static final long MEMORY_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final Loop loop;
    private int waitsWithoutMemory;

    Turn(Loop loop) {
        this.loop = loop;
    }

    boolean run(RunMode mode) throws IoException {
        loop.clock.runBegins();
        try {
            return turns(mode);
        } finally {
            loop.clock.runEnds();
        }
    }

    private boolean turns(RunMode mode) throws IoException {
        boolean alive = isAlive();
        if (alive && mode == RunMode.DEFAULT && !loop.isStopRequested()) {
            runTimers();
        }
        while (alive && !loop.isStopRequested()) {
            once(mode);
            alive = isAlive();
            if (mode != RunMode.DEFAULT) {
                break;
            }
        }
        return alive;
    }

    boolean isAlive() {
        return loop.handles.isBusy()
                || !loop.closing.isEmpty()
                || !loop.completions.isEmpty()
                || !loop.flushes.isEmpty()
                || loop.shares.hasContinued()
                || !loop.tasks.isEmpty();
    }

    /** Delivers what is left when there will be no other turn, since the driver is gone. */
    void runLast() {
        boolean more = true;
        while (more) {
            loop.shares.begin();
            loop.shares.runContinued(loop.guard);
            more = runDeferredRound();
            more |= hasDeferred() || loop.shares.hasContinued();
            more |= loop.closing.isReady();
            loop.closing.run();
        }
    }

    private void once(RunMode mode) throws IoException {
        loop.counters.countTurn();
        boolean delivered = hasWorkBeforeWait() && workBeforeWait();
        poll(mode == RunMode.NOWAIT || (mode == RunMode.ONCE && delivered));
        loop.shares.runContinued(loop.guard);
        loop.tasks.runShare();
        runDeferred();
        loop.checks.run();
        loop.closing.run();
        loop.clock.turnEnds();
        runTimers();
    }

    private boolean hasWorkBeforeWait() {
        return hasDeferred()
                || loop.reports.hasChunksReturned()
                || !loop.idles.isEmpty()
                || !loop.prepares.isEmpty();
    }

    /** Answers whether a completion was delivered. */
    private boolean workBeforeWait() {
        boolean delivered = runDeferredRound();
        loop.idles.run();
        loop.prepares.run();
        runFlushes();
        loop.clock.timePasses();
        return delivered;
    }

    private void poll(boolean noWait) throws IoException {
        loop.shares.begin();
        long timeoutNanos = noWait ? 0 : timeoutNanos();
        if (timeoutNanos == 0) {
            waitFor(0);
            return;
        }
        loop.tasks.fallAsleep();
        if (!loop.tasks.isEmpty() || loop.isStopRequested()) {
            timeoutNanos = 0;
        }
        waitFor(timeoutNanos);
        loop.tasks.wakeUp();
    }

    /**
     * A wait that lacked memory has brought nothing, and is tried again: whoever has used it all
     * up, it need not be this loop, may let go of some.
     */
    private void waitFor(long timeoutNanos) throws IoException {
        try {
            loop.driver.poll(timeoutNanos);
            waitsWithoutMemory = 0;
        } catch (IoException failure) {
            throw Failures.named("wait", null, failure);
        } catch (OutOfMemoryError scarcity) {
            if (++waitsWithoutMemory > MOST_WAITS_WITHOUT_MEMORY) {
                throw scarcity;
            }
            if (waitsWithoutMemory == 1) {
                Log.CORE.report(
                        System.Logger.Level.WARNING,
                        "memory was lacking for a wait, which is tried again",
                        scarcity);
            }
            loop.clock.timePasses();
            LockSupport.parkNanos(this, MEMORY_PAUSE_NANOS);
        }
    }

    private long timeoutNanos() {
        if (mustNotWait() || !isAlive()) {
            return 0;
        }
        return loop.timers.isEmpty() ? -1 : loop.timers.untilNext(loop.clock.timeBeforeWait());
    }

    private boolean mustNotWait() {
        return loop.isStopRequested()
                || !loop.tasks.isEmpty()
                || !loop.completions.isEmpty()
                || !loop.flushes.isEmpty()
                || loop.shares.hasContinued()
                || !loop.idles.isEmpty()
                || loop.closing.isReady();
    }

    /** What a turn from now on would wait at most, asked from outside of one; -1 without limit. */
    long untilNextEvent() {
        if (mustNotWait() || loop.reports.hasChunksReturned()) {
            return 0;
        }
        long poll = loop.driver.untilPollNanos();
        if (poll == 0 || loop.timers.isEmpty()) {
            return poll;
        }
        long timer = loop.timers.untilNext(loop.clock.read());
        return poll < 0 ? timer : Math.min(poll, timer);
    }

    private void runTimers() {
        if (loop.timers.runDue(loop.clock.now())) {
            loop.clock.timePasses();
        }
    }

    private void runDeferred() {
        for (int round = 0; round < DEFERRED_ROUNDS && hasDeferred(); round++) {
            runDeferredRound();
        }
    }

    /** Answers whether there was something to deliver. */
    private boolean runDeferredRound() {
        runFlushes();
        boolean any = !loop.completions.isEmpty();
        loop.completions.runRound(loop.guard);
        return any;
    }

    /** Hands the driver what the callbacks so far want of it. */
    private void runFlushes() {
        if (loop.reports.takeChunksReturned()) {
            loop.chunkWaiters.resumeAll();
        }
        loop.flushes.runRound(loop.guard);
    }

    private boolean hasDeferred() {
        return !loop.flushes.isEmpty() || !loop.completions.isEmpty();
    }
}
