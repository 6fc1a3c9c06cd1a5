// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A loop that sleeps is woken once, however many threads have tasks for it; all of them run. */
@JCStressTest
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "one wake-up, two tasks")
@Outcome(expect = Expect.FORBIDDEN, desc = "not woken, woken twice, or a task lost")
@State
public class TwoTasksAgainstOneSleep extends LoopUnderStress {
    private int ran;

    public TwoTasksAgainstOneSleep() {
        tasks.fallAsleep();
    }

    @Actor
    public void first() {
        tasks.add(() -> ran++);
    }

    @Actor
    public void second() {
        tasks.add(() -> ran++);
    }

    @Arbiter
    public void afterwards(II_Result result) {
        tasks.runShare();
        result.r1 = driver.wakeups();
        result.r2 = ran;
    }
}
