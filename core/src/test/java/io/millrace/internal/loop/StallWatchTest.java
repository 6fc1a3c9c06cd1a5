// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.fixture.FakeBackend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the watch over loops that stand still goes by. */
class StallWatchTest {
    @Test
    void aLoopThatWaitsIsInNoTurn() throws IoException {

        Loop loop = Loop.open(LoopOptions.builder().provider(new FakeBackend.Good()).build());
        List<Long> turns = new ArrayList<>();
        assertEquals(Loop.NO_TURN, loop.turnUnderWay());
        LoopTimer timer = LoopTimer.open(loop);
        timer.start(Duration.ZERO, () -> turns.add(loop.turnUnderWay()));
        loop.run(RunMode.NOWAIT);
        timer.start(Duration.ZERO, () -> turns.add(loop.turnUnderWay()));
        loop.run(RunMode.NOWAIT);
        assertEquals(2, turns.size());
        assertNotEquals(Loop.NO_TURN, turns.get(0));
        assertNotEquals(turns.get(0), turns.get(1));
        loop.counters.waitBegins(1);
        assertEquals(Loop.NO_TURN, loop.counters.turnUnderWay());
        loop.counters.waited(0, 0);
        assertNotEquals(Loop.NO_TURN, loop.counters.turnUnderWay());
        loop.closeAll();
        assertEquals(Loop.NO_TURN, loop.turnUnderWay());
    }
}
