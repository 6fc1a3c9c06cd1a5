// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Check;
import io.millrace.RunMode;
import io.millrace.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** When timers fire, in which order, and what stops them. */
public abstract class TimerContract extends ContractTest {
    private static final Duration TICK = Duration.ofMillis(2);

    private final Journal journal = new Journal();

    private Timer timer() {
        return Timer.open(loop());
    }

    @Test
    void aTimerFiresOnceAndNeverEarly() throws IOException {
        long started = loop().now();
        Timer timer = timer();
        timer.start(TICK, () -> journal.add("late by " + (loop().now() - started >= 2_000_000)));
        assertFalse(loop().run());
        journal.assertIs("late by true");
    }

    @Test
    void timersWithOneDeadlineFireInTheOrderOfTheirStarts() throws IOException {
        Timer[] timers = new Timer[20];
        for (int i = 0; i < timers.length; i++) {
            timers[i] = timer();
            timers[i].start(TICK, journal.line("first time"));
        }
        for (int i = timers.length - 1; i >= 0; i--) {
            timers[i].stop();
            timers[i].start(TICK, journal.line("" + (timers.length - 1 - i)));
        }
        loop().run();
        for (int i = 0; i < timers.length; i++) {
            assertEquals("" + i, journal.lines().get(i));
        }
    }

    @Test
    void timersFireInTheOrderOfTheirDeadlines() throws IOException {
        int[] delays = {5, 1, 4, 2, 3};
        // In a callback, where all of them count from one moment.
        loop().execute(
                        () -> {
                            for (int delay : delays) {
                                timer().start(Duration.ofMillis(delay), journal.line("" + delay));
                            }
                        });
        loop().run();
        journal.assertIs("1", "2", "3", "4", "5");
    }

    @Test
    void aDueTimerStoppedByAnotherDoesNotFire() throws IOException {
        Timer first = timer();
        Timer second = timer();
        Timer third = timer();
        first.start(
                TICK,
                () -> {
                    journal.add("first");
                    second.stop();
                    third.close();
                });
        second.start(TICK, journal.line("second"));
        third.start(TICK, journal.line("third"));
        loop().run();
        journal.assertIs("first");
    }

    @Test
    void aZeroTimerStartedInItsOwnCallbackWaitsForTheNextTurn() throws IOException {
        Timer timer = timer();
        timer.startNanos(0, () -> rearm(timer));
        for (int turns = 1; turns <= 5; turns++) {
            loop().run(RunMode.ONCE);
            assertEquals(turns, journal.count("fired"));
        }
    }

    private void rearm(Timer timer) {
        journal.add("fired");
        timer.startNanos(0, () -> rearm(timer));
    }

    @Test
    void aSecondStartReplacesTheFirst() throws IOException {
        Timer timer = timer();
        timer.start(TICK, journal.line("first"));
        timer.start(Duration.ofMillis(4), journal.line("second"));
        loop().run();
        journal.assertIs("second");
    }

    @Test
    void aNegativeOrZeroDelayFiresInTheNextTurn() throws IOException {
        timer().start(Duration.ofSeconds(-5), journal.line("negative"));
        timer().start(Duration.ZERO, journal.line("zero"));
        loop().run(RunMode.ONCE);
        journal.assertIs("negative", "zero");
    }

    @Test
    void hugeDelaysAndPeriodsNeitherOverflowNorFire() throws IOException {
        timer().start(Duration.ofSeconds(Long.MAX_VALUE), journal.line("seconds"));
        timer().startNanos(Long.MAX_VALUE, journal.line("nanos"));
        Timer repeating = timer();
        Duration huge = Duration.ofSeconds(Long.MAX_VALUE);
        repeating.startWithFixedDelay(Duration.ZERO, huge, journal.line("once"));
        timer().startAtFixedRate(huge, huge, journal.line("rate"));
        timer().start(TICK, journal.line("tick"));
        until("tick", () -> journal.has("tick"));
        journal.assertIs("once", "tick");
    }

    @Test
    void aFixedDelayCountsFromEachFiring() throws IOException {
        Timer timer = timer();
        timer.startWithFixedDelay(TICK, TICK, () -> fireThrice(timer));
        loop().run();
        assertEquals(3, journal.count("fired"));
        assertEquals(3, journal.count("in time"));
    }

    private void fireThrice(Timer timer) {
        journal.add("fired");
        Duration left = Objects.requireNonNull(timer.dueIn());
        journal.add(left.equals(TICK) ? "in time" : "due in " + left);
        if (journal.count("fired") == 3) {
            timer.stop();
        }
    }

    @Test
    void aRepeatingTimerFiresAtMostOnceInATurn() throws IOException {
        Timer timer = timer();
        timer.startWithFixedDelay(Duration.ZERO, Duration.ofNanos(1), journal.line("fired"));
        for (int turns = 1; turns <= 5; turns++) {
            loop().run(RunMode.ONCE);
            assertEquals(turns, journal.count("fired"));
        }
    }

    @Test
    void aRepeatingTimerMayStopItselfInItsCallback() throws IOException {
        Timer timer = timer();
        timer.startWithFixedDelay(
                TICK,
                TICK,
                () -> {
                    journal.add("fired");
                    timer.stop();
                });
        assertFalse(loop().run());
        journal.assertIs("fired");
    }

    @Test
    void againStartsOnePeriodFromNow() throws IOException {
        Timer timer = timer();
        assertThrows(IllegalStateException.class, timer::again);
        timer.startWithFixedDelay(Duration.ofHours(1), TICK, journal.line("fired"));
        loop().execute(
                        () -> {
                            timer.again();
                            assertEquals(TICK, timer.dueIn());
                        });
        until("fired", () -> journal.has("fired"));
    }

    @Test
    void aPeriodSetLaterCountsFromTheNextFiring() throws IOException {
        Timer timer = timer();
        timer.startWithFixedDelay(
                TICK, Duration.ofHours(1), () -> journal.add("fired, next in " + timer.dueIn()));
        timer.setRepeat(Duration.ofMillis(3));
        assertEquals(Duration.ofMillis(3), timer.repeat());
        until("fired", () -> journal.has("fired, next in PT0.003S"));
        timer.setRepeat(Duration.ZERO);
        until("fired again", () -> journal.lines().size() == 2);
        assertFalse(timer.isActive());
    }

    @Test
    void dueInIsTheTimeLeftAndNullWhenStopped() throws IOException {
        Timer timer = timer();
        assertNull(timer.dueIn());
        loop().execute(
                        () -> {
                            timer.start(Duration.ofSeconds(5), () -> {});
                            assertEquals(Duration.ofSeconds(5), timer.dueIn());
                        });
        loop().run(RunMode.NOWAIT);
        assertTrue(timer.isActive());
        timer.stop();
        assertNull(timer.dueIn());
    }

    @Test
    void aTimerStartedInACheckHookFiresInTheSameTurnIfItIsDue() throws IOException {
        Timer timer = timer();
        Check check = Check.open(loop());
        check.start(() -> timer.start(Duration.ZERO, journal.line("fired")));
        loop().run(RunMode.NOWAIT);
        journal.assertIs("fired");
    }

    @Test
    void anUnreferencedTimerDoesNotFireWhenTheLoopIsNotAlive() throws IOException {
        Timer timer = timer();
        timer.start(Duration.ZERO, journal.line("fired"));
        timer.unref();
        assertFalse(loop().run());
        assertFalse(loop().run(RunMode.ONCE));
        journal.assertIs();
    }

    @Test
    void aTimerMayCloseItselfInItsCallback() throws IOException {
        Timer timer = timer();
        timer.onClosed(journal.line("closed"));
        timer.startWithFixedDelay(
                TICK,
                TICK,
                () -> {
                    journal.add("fired");
                    timer.close();
                });
        loop().run();
        journal.assertIs("fired", "closed");
    }

    @Test
    void badArgumentsAndClosedTimersAreRefused() {
        Timer timer = timer();
        Duration zero = Duration.ZERO;
        Runnable nothing = () -> {};
        assertThrows(NullPointerException.class, () -> timer.start(zero, nullRunnable()));
        assertThrows(
                IllegalArgumentException.class,
                () -> timer.startWithFixedDelay(zero, zero, nothing));
        assertThrows(
                IllegalArgumentException.class,
                () -> timer.startAtFixedRate(zero, Duration.ofNanos(-1), nothing));
        assertThrows(IllegalArgumentException.class, () -> timer.setRepeat(Duration.ofNanos(-1)));
        assertFalse(timer.isActive());
        timer.close();
        assertThrows(IllegalStateException.class, () -> timer.start(zero, nothing));
        assertThrows(IllegalStateException.class, timer::again);
        timer.stop();
        timer.close();
        assertTrue(timer.isClosing());
    }

    @SuppressWarnings("NullAway") // what a caller without a checker may do
    private static Runnable nullRunnable() {
        return null;
    }
}
