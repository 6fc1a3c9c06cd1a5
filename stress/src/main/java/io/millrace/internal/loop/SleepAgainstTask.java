// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A loop that is about to sleep against a thread with a task: seen by the loop, or woken for. */
@JCStressTest
@Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "seen, before the loop said it sleeps")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "seen, and woken for as well")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "woken for")
@Outcome(id = "1, 0", expect = Expect.FORBIDDEN, desc = "the loop sleeps on a task")
@State
public class SleepAgainstTask extends LoopUnderStress {
    @Actor
    public void loop(II_Result result) {
        tasks.fallAsleep();
        result.r1 = tasks.isEmpty() ? 1 : 0;
    }

    @Actor
    public void producer() {
        tasks.add(() -> {});
    }

    @Arbiter
    public void afterwards(II_Result result) {
        result.r2 = driver.wakeups();
    }
}
