// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.fixture.FakeBackend;
import org.junit.jupiter.api.Test;

/** What a loop's queues say of themselves. */
class LoopStateTextTest {
    @Test
    void theListOfHandlesHasItsCounts() throws IoException {
        Loop loop = openLoop();
        assertEquals("HandleRegistry[handles 0, active 0, requests 0]", loop.handles.toString());
        LoopTimer timer = LoopTimer.open(loop);
        timer.startNanos(1_000_000_000, () -> {});
        LoopTimer.open(loop);
        loop.handles.requestBegins();
        assertEquals("HandleRegistry[handles 2, active 1, requests 1]", loop.handles.toString());
        loop.handles.requestEnds();
        loop.closeAll();
        assertEquals("HandleRegistry[handles 0, active 0, requests 0]", loop.handles.toString());
    }

    @Test
    void theTimersHaveTheirNextDeadline() {
        TimerQueue timers = new TimerQueue();
        assertEquals("TimerQueue[timers 0]", timers.toString());
        for (int deadline : new int[] {30, 10, 20}) {
            timers.start(
                    new TimerNode() {
                        @Override
                        public void expire() {}
                    },
                    deadline);
        }
        assertEquals("TimerQueue[timers 3, next at 10]", timers.toString());
    }

    @Test
    void whileAllTimersAreFarTheyHaveATimeBeforeWhichNoneIsDue() {
        TimerQueue timers = new TimerQueue();
        for (int i = 0; i <= TimerQueue.FEW; i++) {
            timers.start(
                    new TimerNode() {
                        @Override
                        public void expire() {}
                    },
                    1_000 + i);
        }
        assertEquals(
                "TimerQueue[timers " + (TimerQueue.FEW + 1) + ", none before 1000]",
                timers.toString());
    }

    @Test
    void theTasksSayWhetherTheLoopSleeps() throws IoException {
        Loop loop = openLoop();
        loop.execute(() -> {});
        loop.execute(() -> {});
        assertEquals("TaskQueue[tasks 2]", loop.tasks.toString());
        loop.run(RunMode.NOWAIT);
        loop.tasks.fallAsleep();
        assertEquals("TaskQueue[tasks 0, asleep]", loop.tasks.toString());
        loop.tasks.wakeUp();
        loop.close();
        assertEquals("TaskQueue[tasks 0, closed]", loop.tasks.toString());
    }

    private static Loop openLoop() throws IoException {
        return Loop.open(LoopOptions.builder().provider(new FakeBackend.Good()).build());
    }
}
