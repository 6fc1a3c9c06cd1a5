// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who takes the status of children let go of, where threads are refused. */
@Timeout(60)
class ChildReaperTest {
    private final RecordingSpawner system = new RecordingSpawner();
    private int refusals;

    private void start(Thread thread) {
        if (refusals > 0) {
            refusals--;
            throw new OutOfMemoryError("no thread, on purpose");
        }
        thread.start();
    }

    @Test
    void aChildForWhichNoThreadWasToBeHadIsTakenWithTheNextOne() throws InterruptedException {
        ChildReaper reaper = new ChildReaper(this::start);
        refusals = 2;
        for (int pid = 1; pid <= 3; pid++) {
            system.end(pid);
            reaper.take(new ChildNumber(system, pid));
        }
        assertEquals(Set.of(1, 2, 3), Set.of(next(), next(), next()));
        assertEquals(0, refusals);
    }

    @Test
    void oneThatEndsLateIsTakenThen() throws InterruptedException {
        ChildReaper reaper = new ChildReaper(this::start);
        reaper.take(new ChildNumber(system, 1));
        system.end(2);
        reaper.take(new ChildNumber(system, 2));
        assertEquals(2, next());
        system.end(1);
        assertEquals(1, next());
    }

    /** The thread ended of it, was thought to run, and took nobody's status ever after. */
    @Test
    void lackOfMemoryIsNotTheEndOfTheThread() throws InterruptedException {
        ChildReaper reaper = new ChildReaper(this::start);
        system.lackMemory(2);
        system.end(1);
        reaper.take(new ChildNumber(system, 1));
        assertEquals(1, next());
        system.end(2);
        reaper.take(new ChildNumber(system, 2));
        assertEquals(2, next());
    }

    @Test
    void norOfTheThreadThatWaitsForOne() throws InterruptedException {
        CountDownLatch told = new CountDownLatch(1);
        system.lackMemory(2);
        system.end(1);
        new ChildNumber(system, 1).await(told::countDown);
        assertTrue(told.await(30, TimeUnit.SECONDS));
    }

    private Integer next() throws InterruptedException {
        return system.reaped.poll(30, TimeUnit.SECONDS);
    }
}
