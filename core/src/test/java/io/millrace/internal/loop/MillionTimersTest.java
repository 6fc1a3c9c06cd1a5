// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.fixture.FakeBackend;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A million timers wait at once on one loop. With a cost per operation that grows with their number
 * it would take 10<sup>12</sup> steps: the deadline is for that, and not a measure of speed.
 */
class MillionTimersTest {
    private static final int TIMERS = 1_000_000;
    private static final int LONGEST_DELAY_NANOS = 1_000_000_000;
    private static final long SEED = 20;

    private final Timer[] timers = new Timer[TIMERS];
    private final long[] deadlines = new long[TIMERS];
    private long time;
    private int fired;
    private long lastDeadline;

    @Test
    @Timeout(120)
    void aMillionPendingTimersFireInOrderExceptThoseStopped() throws IOException {
        LoopOptions options =
                LoopOptions.builder().provider(new FakeBackend.Good()).clock(() -> time).build();
        EventLoop loop = EventLoop.open(options);
        Random random = new Random(SEED);
        for (int i = 0; i < TIMERS; i++) {
            timers[i] = Timer.open(loop);
            start(i, random.nextInt(LONGEST_DELAY_NANOS));
        }
        restartAQuarterAndStopAQuarter(random);
        time = LONGEST_DELAY_NANOS / 2;
        loop.run(RunMode.NOWAIT);
        assertTrue(fired > 0);
        assertTrue(lastDeadline <= time);
        time = LONGEST_DELAY_NANOS;
        boolean alive = true;
        while (alive) {
            alive = loop.run(RunMode.NOWAIT);
        }
        assertEquals(TIMERS - TIMERS / 4, fired);
        assertFalse(loop.isAlive());
        loop.closeAll();
    }

    private void restartAQuarterAndStopAQuarter(Random random) {
        for (int i = 0; i < TIMERS; i += 4) {
            start(i, random.nextInt(LONGEST_DELAY_NANOS));
            timers[i + 1].stop();
        }
    }

    private void start(int index, int delayNanos) {
        deadlines[index] = delayNanos;
        timers[index].startNanos(delayNanos, () -> fires(index));
    }

    private void fires(int index) {
        assertTrue(deadlines[index] >= lastDeadline, "out of order");
        lastDeadline = deadlines[index];
        fired++;
    }
}
