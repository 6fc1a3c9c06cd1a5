// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A loop that closes in its sleep against a thread with a task: the task ends exactly once. */
@JCStressTest
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "refused")
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "taken, and abandoned")
@Outcome(expect = Expect.FORBIDDEN, desc = "no end, two ends, or a closed driver was woken")
@State
public class CloseAgainstTask extends LoopUnderStress {
    private final AtomicInteger abandoned = new AtomicInteger();

    public CloseAgainstTask() {
        tasks.fallAsleep();
    }

    @Actor
    public void loop() {
        tasks.close();
        driver.close();
    }

    @Actor
    public void producer(III_Result result) {
        try {
            tasks.add(new Owner());
        } catch (RejectedExecutionException closed) {
            result.r1 = 1;
        }
    }

    @Arbiter
    public void afterwards(III_Result result) {
        result.r2 = abandoned.get();
        result.r3 = driver.wokenWhenClosed() ? 1 : 0;
    }

    private final class Owner implements TaskQueue.Abandonable {
        @Override
        public void run() {
            throw new AssertionError("a closed loop has run a task");
        }

        @Override
        public void abandon() {
            abandoned.incrementAndGet();
        }
    }
}
