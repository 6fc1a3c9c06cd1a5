// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The same with a task that the queue has to make room for, while the loop empties it. */
@JCStressTest
@Outcome(id = "0, [01]", expect = Expect.ACCEPTABLE, desc = "seen")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "woken for, or run before the sleep")
@Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "the loop sleeps on a task")
@State
public class SleepAgainstNewSegment extends LoopUnderStress {
    private int ran;

    public SleepAgainstNewSegment() {
        for (int i = 0; i < TaskQueue.SEGMENT; i++) {
            tasks.add(() -> ran++);
        }
    }

    @Actor
    public void loop(II_Result result) {
        while (ran < TaskQueue.SEGMENT) {
            tasks.runShare();
        }
        tasks.fallAsleep();
        result.r1 = tasks.isEmpty() ? 1 : 0;
    }

    @Actor
    public void producer() {
        tasks.add(() -> ran++);
    }

    @Arbiter
    public void afterwards(II_Result result) {
        result.r2 = driver.wakeups() > 0 || ran > TaskQueue.SEGMENT ? 1 : 0;
    }
}
