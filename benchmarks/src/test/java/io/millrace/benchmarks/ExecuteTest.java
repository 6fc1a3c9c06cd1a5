// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What JMH does with several threads, in the order that makes the most of it. */
class ExecuteTest {
    private static final Duration HANG = Duration.ofSeconds(90);

    /** More than a loop runs while it closes, and less than a producer waits for. */
    private static final int TASKS = 1000;

    @ParameterizedTest
    @ValueSource(strings = {"nio", "java-nio"})
    void theThreadThatComesFirstDoesNotCloseTheLoopBeforeTheTasksOfAnotherHaveRun(String loop)
            throws Exception {
        Execute benchmark = new Execute();
        benchmark.loop = loop;
        benchmark.start();
        CountDownLatch held = new CountDownLatch(1);
        benchmark.running().execute(() -> awaitOn(held));
        Execute.Producer slow = new Execute.Producer();
        for (int i = 0; i < TASKS; i++) {
            slow.handOver(benchmark.running());
        }

        Thread first = new Thread(benchmark::close);
        first.start();
        first.join(100);
        held.countDown();

        assertTimeoutPreemptively(HANG, slow::awaitAll);
        first.join();
    }

    private static void awaitOn(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
