// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.Check;
import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.Prepare;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.fixture.FakeBackend;
import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** How often a turn reads the clock, and that no callback's time is taken for waiting. */
class LoopClockTest {
    private static final long CALLBACK_NANOS = 5;

    /** Stands still, except where a test moves it. */
    private long time = 1;

    private int reads;

    private final LoopCounters counters = new LoopCounters();

    private DriverReports reports(LoopClock clock) {
        return new DriverReports(clock, counters, Assertions::fail);
    }

    private long read() {
        reads++;
        return time;
    }

    @Test
    void theEndOfATurnAndTheWaitBehindItShareOneLookAtTheClock() {
        LoopClock clock = new LoopClock(this::read);
        DriverReports reports = reports(clock);
        reads = 0;

        clock.turnEnds();
        assertEquals(time, clock.timeBeforeWait());
        reports.waitBegins();
        assertEquals(1, reads);

        reports.waitEnded(0);
        assertEquals(2, reads);
    }

    @Test
    void aTimeReadBeforeAWaitIsNotUsedAfterIt() {
        LoopClock clock = new LoopClock(this::read);
        DriverReports reports = reports(clock);
        clock.turnEnds();
        reports.waitEnded(0);
        time += CALLBACK_NANOS;

        reports.waitBegins();
        reports.waitEnded(0);

        assertEquals(0, counters.metrics(clock, 0).idleNanos());
    }

    /** Such as those that tell the kernel of new sockets before the wait. */
    @Test
    void whatSystemCallsBeforeTheWaitTakeIsNoWaiting() {
        LoopClock clock = new LoopClock(this::read);
        DriverReports reports = reports(clock);
        clock.turnEnds();
        reports.countSystemCalls(1);
        time += CALLBACK_NANOS;

        reports.waitBegins();
        reports.waitEnded(0);

        assertEquals(0, counters.metrics(clock, 0).idleNanos());
    }

    @Test
    void aQuietTurnReadsTheClockTwice() throws Exception {
        try (EventLoop loop = open()) {
            Timer timer = pending(loop);
            loop.run(RunMode.NOWAIT);
            reads = 0;

            // Once more as the run begins.
            loop.run(RunMode.ONCE);

            assertEquals(3, reads);
            close(loop, timer);
        }
    }

    @Test
    void aTurnThatNeitherWaitsNorFindsAnythingReadsTheClockOnce() throws Exception {
        try (EventLoop loop = open()) {
            Timer timer = pending(loop);
            reads = 0;

            // Once more as the run begins.
            loop.run(RunMode.NOWAIT);

            assertEquals(2, reads);
            close(loop, timer);
        }
    }

    /** A look that finds nothing is quick, but what went before it may not have been. */
    @Test
    void aTaskAfterALongHookHasTheTimeAfterIt() throws Exception {
        try (EventLoop loop = open()) {
            Prepare prepare = Prepare.open(loop);
            prepare.start(() -> time += CALLBACK_NANOS);
            long[] seen = new long[1];
            loop.execute(() -> seen[0] = loop.now());

            loop.run(RunMode.NOWAIT);

            assertEquals(1 + CALLBACK_NANOS, seen[0]);
            close(loop, prepare);
        }
    }

    @Test
    void whatAPrepareHookTakesIsNoWaiting() throws Exception {
        try (EventLoop loop = open()) {
            Timer timer = pending(loop);
            Prepare prepare = Prepare.open(loop);
            prepare.start(() -> time += CALLBACK_NANOS);

            loop.run(RunMode.ONCE);
            loop.run(RunMode.ONCE);

            assertEquals(0, loop.metrics().idleNanos());
            close(loop, prepare, timer);
        }
    }

    @Test
    void whatATimerTakesIsNoWaiting() throws Exception {
        try (EventLoop loop = open()) {
            Timer timer = pending(loop);
            Timer due = Timer.open(loop);
            Check check = Check.open(loop);
            check.start(
                    () -> {
                        if (time > 1) {
                            loop.stop();
                        } else {
                            due.startNanos(0, () -> time += CALLBACK_NANOS);
                        }
                    });

            loop.run();

            assertEquals(1 + CALLBACK_NANOS, time);
            assertEquals(0, loop.metrics().idleNanos());
            close(loop, check, due, timer);
        }
    }

    private EventLoop open() throws IoException {
        return EventLoop.open(
                LoopOptions.builder().clock(this::read).provider(new FakeBackend.Good()).build());
    }

    /** The clock does not get there, so it only limits the waits. */
    private static Timer pending(EventLoop loop) {
        Timer timer = Timer.open(loop);
        timer.start(Duration.ofMillis(1), () -> {});
        return timer;
    }

    private static void close(EventLoop loop, Handle... handles) throws IoException {
        for (Handle handle : handles) {
            handle.close();
        }
        loop.run();
    }
}
