// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.Timer;
import io.millrace.fixture.FakeBackend;
import org.junit.jupiter.api.Test;

/** What closing many handles costs is counted in looks at handles, which no machine makes slow. */
class CloseAllTest {
    private static final int HANDLES = 40 * TurnShares.CALLBACKS;

    private final Loop loop;
    private int closed;

    CloseAllTest() throws IoException {
        loop = Loop.open(LoopOptions.builder().provider(new FakeBackend.Good()).build());
    }

    @Test
    void eachHandleIsLookedAtOnceHoweverManyTurnsClosingTakes() throws Exception {
        for (int i = 0; i < HANDLES; i++) {
            Timer.open(loop);
        }
        loop.closeAll();
        assertEquals(HANDLES, loop.handles.visits());
    }

    @Test
    void handlesMadeMeanwhileDoNotHaveTheOthersLookedAtAgain() throws Exception {
        for (int i = 0; i < HANDLES; i++) {
            Timer.open(loop)
                    .onClosed(
                            () -> {
                                closed++;
                                Timer.open(loop).onClosed(() -> closed++);
                            });
        }
        loop.closeAll();
        assertEquals(2 * HANDLES, closed);
        assertTrue(loop.handles.visits() <= 2 * HANDLES, () -> loop.handles.visits() + " visits");
    }
}
