// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** What timers make of a clock that jumps, as after a suspended machine, or wraps around. */
public abstract class ClockContract extends ContractTest {
    /**
     * Of a loop with nothing to do, in a twentieth of a second; one that does not wait makes tens
     * of thousands. An engine may be told to look again for no reason of its own: when a ring is
     * taken down, some time after it was closed, the kernel interrupts the thread that used it in
     * whatever it waits for, and epoll_wait(2) then answers EINTR. The rings may be those of tests
     * before.
     */
    private static final long MOST_TURNS = 100;

    private final AtomicLong offset = new AtomicLong();
    private final Journal journal = new Journal();

    @Override
    LoopOptions.Builder configure(LoopOptions.Builder options) {
        LongSupplier clock = contract().backends().isSimulated() ? () -> 0 : System::nanoTime;
        return options.clock(() -> clock.getAsLong() + offset.get());
    }

    private void jump(Duration by) {
        offset.addAndGet(by.toNanos());
    }

    @Test
    void afterAJumpAheadEachTimerFiresOnce() throws IOException {
        Timer once = Timer.open(loop());
        once.start(Duration.ofMinutes(1), journal.line("once"));
        Timer delay = Timer.open(loop());
        Duration second = Duration.ofSeconds(1);
        delay.startWithFixedDelay(second, second, journal.line("delay"));
        Timer rate = Timer.open(loop());
        rate.startAtFixedRate(second, second, journal.line("rate"));
        jump(Duration.ofHours(10));
        loop().run(RunMode.NOWAIT);
        loop().run(RunMode.NOWAIT);
        journal.assertIs("delay", "rate", "once");
    }

    @Test
    void aFixedRateGoesOnAtItsWholePeriodsAfterAJump() throws IOException {
        Timer rate = Timer.open(loop());
        Duration second = Duration.ofSeconds(1);
        List<Long> next = new ArrayList<>();
        loop().execute(
                        () -> {
                            long start = loop().now();
                            rate.startAtFixedRate(
                                    second,
                                    second,
                                    () -> {
                                        Duration left = Objects.requireNonNull(rate.dueIn());
                                        next.add(loop().now() + left.toNanos() - start);
                                    });
                        });
        loop().run(RunMode.NOWAIT);
        jump(Duration.ofMillis(10_500));
        loop().run(RunMode.NOWAIT);
        assertEquals(List.of(11_000_000_000L), next);
    }

    @Test
    void aJumpBackFiresNothingEarly() throws IOException {
        Timer timer = Timer.open(loop());
        timer.start(Duration.ofSeconds(1), journal.line("fired"));
        jump(Duration.ofHours(-1));
        loop().run(RunMode.NOWAIT);
        journal.assertIs();
        jump(Duration.ofHours(1).plusSeconds(1));
        loop().run(RunMode.NOWAIT);
        journal.assertIs("fired");
    }

    @Test
    void aClockMayWrapAround() throws IOException {
        offset.set(Long.MAX_VALUE - 1_000_000_000L - loop().now());
        loop().updateTime();
        Timer before = Timer.open(loop());
        before.start(Duration.ofMillis(500), journal.line("before"));
        Timer after = Timer.open(loop());
        after.start(Duration.ofSeconds(2), journal.line("after"));
        assertTrue(loop().now() > 0);
        loop().run(RunMode.NOWAIT);
        journal.assertIs();
        jump(Duration.ofSeconds(1));
        loop().run(RunMode.NOWAIT);
        journal.assertIs("before");
        jump(Duration.ofSeconds(2));
        loop().run(RunMode.NOWAIT);
        journal.assertIs("before", "after");
        assertTrue(loop().now() < 0);
    }

    /** Every engine has a longest wait, and beyond it some would not wait at all. */
    @Test
    void aTimerFartherAheadThanAnEngineCanCountIsWaitedFor() throws Exception {
        assumeReal("another thread");
        Timer timer = Timer.open(loop());
        timer.startNanos(Long.MAX_VALUE, journal.line("fired"));
        for (Duration back : List.of(Duration.ZERO, Duration.ofDays(365 * 145))) {
            jump(back.negated());
            long before = loop().metrics().turns();
            Thread other = new Thread(this::stopLater, "stops the loop");
            other.start();
            loop().run();
            other.join();
            long turns = loop().metrics().turns() - before;
            assertTrue(turns <= MOST_TURNS, () -> turns + " turns of one wait");
        }
        journal.assertIs();
    }

    private void stopLater() {
        LockSupport.parkNanos(50_000_000);
        loop().stop();
    }
}
