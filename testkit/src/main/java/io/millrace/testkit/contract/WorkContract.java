// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Work;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/**
 * Tasks that run away from the loop. At first nothing runs them but the test, so that it decides
 * what is queued and what has begun; tests of threads give them to a pool.
 */
public abstract class WorkContract extends ContractTest {
    private final Journal journal = new Journal();
    private final ArrayDeque<Runnable> queued = new ArrayDeque<>();
    private volatile Executor executor = queued::add;

    @Override
    LoopOptions.Builder configure(LoopOptions.Builder options) {
        return options.workExecutor(task -> executor.execute(task));
    }

    private void runQueued() {
        while (!queued.isEmpty()) {
            queued.remove().run();
        }
    }

    @Test
    void theResultComesLaterAndOnce() throws IOException {
        Work<String> work = loop().work(() -> "answer");
        work.result().whenComplete((answer, failure) -> journal.add(answer));
        assertTrue(loop().isAlive());
        runQueued();
        journal.assertIs();
        untilDone();
        journal.assertIs("answer");
    }

    @Test
    void whatTheTaskThrowsIsTheFailureOfItsResult() throws IOException {
        Exception thrown = new IOException("no such thing");
        Error error = new AssertionError("thrown on purpose");
        List<Throwable> failures = new ArrayList<>();
        loop().work(
                        () -> {
                            throw thrown;
                        })
                .result()
                .whenComplete((nothing, failure) -> failures.add(failure));
        loop().work(
                        () -> {
                            throw error;
                        })
                .result()
                .whenComplete((nothing, failure) -> failures.add(failure));
        runQueued();
        untilDone();
        assertEquals(List.of(thrown, error), failures);
    }

    @Test
    void aTaskMayAnswerNull() throws IOException {
        loop().work(
                        () -> {
                            journal.add("ran");
                            return null;
                        })
                .result()
                .whenComplete((nothing, failure) -> journal.add(nothing + " " + failure));
        runQueued();
        untilDone();
        journal.assertIs("ran", "null null");
    }

    @Test
    void aQueuedTaskThatIsCancelledNeverRuns() throws IOException {
        Work<String> work = loop().work(() -> "answer");
        work.result().whenComplete(journal.outcome("work"));
        assertTrue(work.cancel());
        assertTrue(work.cancel());
        journal.assertIs();
        untilDone();
        journal.assertIs("work ECANCELED");
        runQueued();
        assertFalse(loop().isAlive());
        journal.assertIs("work ECANCELED");
    }

    @Test
    void aTaskThatHasBegunOrEndedIsNotCancelled() throws IOException {
        boolean[] cancelled = {true};
        List<Work<String>> works = new ArrayList<>();
        works.add(
                loop().work(
                                () -> {
                                    cancelled[0] = works.get(0).cancel();
                                    return "answer";
                                }));
        works.get(0).result().whenComplete((answer, failure) -> journal.add(answer));
        runQueued();
        assertFalse(cancelled[0]);
        assertFalse(works.get(0).cancel());
        untilDone();
        journal.assertIs("answer");
        assertFalse(works.get(0).cancel());
    }

    @Test
    void workKeepsTheLoopAliveAndUnclosed() throws IOException {
        Work<String> work = loop().work(() -> "answer");
        assertTrue(loop().run(RunMode.NOWAIT));
        assertRefused("closeAll", () -> loop().close());
        work.cancel();
        untilDone();
        assertFalse(loop().isAlive());
    }

    @Test
    void resultsComeInTheOrderInWhichTasksEnd() throws IOException {
        Work<String> first = loop().work(() -> "first");
        Work<String> second = loop().work(() -> "second");
        first.result().whenComplete((answer, failure) -> journal.add(answer));
        second.result().whenComplete((answer, failure) -> journal.add(answer));
        queued.addLast(queued.removeFirst());
        runQueued();
        untilDone();
        journal.assertIs("second", "first");
    }

    @Test
    void workMayBeStartedInTheResultOfOther() throws IOException {
        executor = Runnable::run;
        loop().work(() -> "first")
                .result()
                .thenAccept(
                        first -> {
                            journal.add(first);
                            loop().work(() -> "second").result().thenAccept(journal::add);
                        });
        untilDone();
        journal.assertIs("first", "second");
    }

    @Test
    void anExecutorThatRefusesIsHeardAtTheCallAndNothingIsLeftOver() {
        executor =
                task -> {
                    throw new RejectedExecutionException("on purpose");
                };
        assertThrows(RejectedExecutionException.class, () -> loop().work(() -> "answer"));
        assertFalse(loop().isAlive());
    }

    @Test
    void waitingForAResultOnTheLoopsOwnThreadFailsAtOnce() throws IOException {
        Work<String> work = loop().work(() -> "answer");
        assertThrows(IllegalStateException.class, () -> work.result().toCompletableFuture().join());
        runQueued();
        untilDone();
    }

    @Test
    void aTaskRunsOnAnotherThreadAndItsResultIsHeardOnTheLoops() throws IOException {
        assumeReal("another thread");
        ExecutorService pool = Executors.newSingleThreadExecutor();
        executor = pool;
        Thread here = Thread.currentThread();
        loop().work(Thread::currentThread)
                .result()
                .thenAccept(
                        thread -> {
                            assertNotEquals(here, thread);
                            assertSame(here, Thread.currentThread());
                            journal.add("heard");
                        })
                .whenComplete(journal.outcome("checked"));
        untilDone();
        pool.shutdown();
        journal.assertIs("heard", "checked");
    }

    @Test
    void aRunningTaskIsNeitherCancelledNorInterruptedAndTheLoopGoesOn() throws IOException {
        assumeReal("another thread");
        ExecutorService pool = Executors.newSingleThreadExecutor();
        executor = pool;
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        EventLoop loop = loop();
        Work<String> work =
                loop.work(
                        () -> {
                            begun.countDown();
                            loop.execute(journal.line("begun"));
                            mayEnd.await();
                            return "answer";
                        });
        work.result().whenComplete((answer, failure) -> journal.add(answer));
        until("begun", () -> journal.has("begun"));
        assertEquals(0, begun.getCount());
        assertFalse(work.cancel());
        loop.run(RunMode.NOWAIT);
        journal.assertIs("begun");
        mayEnd.countDown();
        untilDone();
        pool.shutdown();
        journal.assertIs("begun", "answer");
    }

    @Test
    void severalLoopsShareAnExecutorAndEachHearsItsOwnResults() throws IOException {
        EventLoop other = rig().open(serverBackend(), isRefereed(), this::configure);
        for (int i = 0; i < 10; i++) {
            int number = i;
            loop().work(() -> number).result().thenAccept(answer -> heard("here", loop()));
            other.work(() -> number).result().thenAccept(answer -> heard("there", other));
        }
        assertEquals(20, queued.size());
        runQueued();
        untilDone();
        assertEquals(10, journal.count("here"));
        assertEquals(10, journal.count("there"));
    }

    private void heard(String line, EventLoop loop) {
        assertTrue(loop.inLoop());
        journal.add(line);
    }

    @Test
    void closeAllWaitsForWhatHasBegun() throws IOException {
        EventLoop other = rig().open(serverBackend(), isRefereed(), this::configure);
        executor = Runnable::run;
        other.work(() -> "answer").result().thenAccept(journal::add);
        other.closeAll();
        journal.assertIs("answer");
        assertThrows(IllegalStateException.class, () -> other.work(() -> "refused"));
    }
}
