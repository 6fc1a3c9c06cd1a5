// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.Wakeup;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.junit.jupiter.api.Test;

/** The way from other threads to the loop: nothing is lost, and a sleeping loop wakes. */
class TaskQueueTest {
    private static final Duration HANG = Duration.ofSeconds(60);

    @Test
    void everyTaskOfSeveralThreadsRunsAndInTheOrderOfItsThread() throws Exception {
        int producers = 4;
        int tasksEach = 20_000;
        Loop loop = Loop.open();
        Wakeup whileOpen = Wakeup.open(loop);
        int[] last = new int[producers];
        int[] ran = new int[1];
        Thread[] threads = new Thread[producers];
        for (int p = 0; p < producers; p++) {
            int producer = p;
            threads[p] =
                    new Thread(
                            () -> {
                                for (int i = 1; i <= tasksEach; i++) {
                                    int number = i;
                                    loop.execute(
                                            () -> {
                                                assertEquals(last[producer] + 1, number);
                                                last[producer] = number;
                                                if (++ran[0] == producers * tasksEach) {
                                                    whileOpen.close();
                                                }
                                            });
                                }
                            });
            threads[p].start();
        }
        assertTimeoutPreemptivelyOnThisThread(loop);
        assertEquals(producers * tasksEach, ran[0]);
        for (Thread thread : threads) {
            thread.join();
        }
        loop.close();
    }

    /** A child's end, say, or a file's: nobody would tell it again. */
    @Test
    void anEndWaitsForTheMemoryThatItsWayTakes() throws Exception {
        Loop loop = Loop.open();
        int[] tries = new int[1];
        MpscUnboundedAtomicArrayQueue<Runnable> scarce =
                new MpscUnboundedAtomicArrayQueue<>(TaskQueue.SEGMENT) {
                    @Override
                    public boolean offer(Runnable task) {
                        if (++tries[0] < 4) {
                            throw new OutOfMemoryError("thrown on purpose");
                        }
                        return super.offer(task);
                    }
                };
        TaskQueue queue = new TaskQueue(loop.driver, loop.guard, scarce);
        assertThrows(OutOfMemoryError.class, () -> queue.add(() -> {}));
        List<String> ran = new ArrayList<>();
        queue.addSurely(() -> ran.add("end"));
        queue.runShare();
        assertEquals(List.of("end"), ran);
        assertEquals(4, tries[0]);
        queue.close();
        assertThrows(RejectedExecutionException.class, () -> queue.addSurely(() -> {}));
        loop.close();
    }

    @Test
    void aTaskForASleepingLoopWakesItEveryTime() throws Exception {
        assertTimeoutPreemptively(
                HANG,
                () -> {
                    Loop loop = Loop.open();
                    Wakeup whileOpen = Wakeup.open(loop);
                    int rounds = 2_000;
                    Thread producer =
                            new Thread(
                                    () -> {
                                        for (int i = 0; i < rounds; i++) {
                                            runOnLoopAndWait(loop);
                                        }
                                        loop.execute(whileOpen::close);
                                    });
                    producer.start();
                    loop.run();
                    producer.join();
                    loop.close();
                });
    }

    /**
     * A producer makes a new segment between an odd index and the next even one. The moment is too
     * short to be met by chance, so it is held here.
     */
    @Test
    void aTaskThatNeedsANewSegmentIsNotOverlookedByALoopAboutToSleep() throws Exception {
        Loop loop = Loop.open();
        assertTrue(loop.tasks.isEmpty());
        moveProducerIndex(loop, 1);
        assertFalse(loop.tasks.isEmpty());
        loop.tasks.runShare();
        moveProducerIndex(loop, -1);
        assertTrue(loop.tasks.isEmpty());
        loop.close();
    }

    @Test
    void aTaskThatNeedsANewSegmentIsWaitedForByALoopThatCloses() throws Exception {
        Loop loop = Loop.open();
        moveProducerIndex(loop, 1);
        Thread closer = new Thread(loop.tasks::close);
        closer.start();
        closer.join(100);
        assertTrue(closer.isAlive());
        moveProducerIndex(loop, -1);
        closer.join(HANG.toMillis());
        assertFalse(closer.isAlive());
        loop.close();
    }

    /** Whoever hands over waits for the last of its tasks, so a wake-up that is lost hangs. */
    @Test
    void noBurstOfSeveralThreadsLosesItsWakeUp() throws Exception {
        assertTimeoutPreemptively(
                HANG,
                () -> {
                    Loop loop = Loop.open();
                    Wakeup whileOpen = Wakeup.open(loop);
                    CountDownLatch producing = new CountDownLatch(3);
                    for (int burst : new int[] {1, 2, 1023}) {
                        new Thread(() -> handOverBursts(loop, burst, producing)).start();
                    }
                    Thread end =
                            new Thread(
                                    () -> {
                                        await(producing);
                                        loop.execute(whileOpen::close);
                                    });
                    end.start();
                    loop.run();
                    end.join();
                    loop.close();
                });
    }

    private static void handOverBursts(Loop loop, int burst, CountDownLatch producing) {
        for (int round = 0; round < 1_000; round++) {
            for (int i = 1; i < burst; i++) {
                loop.execute(() -> {});
            }
            runOnLoopAndWait(loop);
        }
        producing.countDown();
    }

    /** What an offer does in the middle, which the queue keeps to itself. */
    private static void moveProducerIndex(Loop loop, long by) throws Exception {
        Field field = TaskQueue.class.getDeclaredField("tasks");
        field.setAccessible(true);
        Object queue = field.get(loop.tasks);
        Class<?> type = queue.getClass();
        while (!type.getSimpleName().endsWith("ProducerFields")
                || type.getSimpleName().contains("Cold")) {
            type = type.getSuperclass();
        }
        Field index = type.getDeclaredField("producerIndex");
        index.setAccessible(true);
        index.setLong(queue, index.getLong(queue) + by);
    }

    @Test
    void aClosedLoopTakesNoTasks() throws Exception {
        Loop loop = Loop.open();
        loop.close();
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    }

    @Test
    void whatATaskOwnsIsLetGoOfWhenTheLoopClosesBeforeItRuns() throws Exception {
        Loop loop = Loop.open();
        int[] letGo = new int[1];
        TaskQueue.Abandonable owner =
                new TaskQueue.Abandonable() {
                    @Override
                    public void run() {
                        throw new AssertionError("the loop is closed");
                    }

                    @Override
                    public void abandon() {
                        letGo[0]++;
                    }
                };
        loop.execute(owner);
        loop.execute(() -> {});
        loop.execute(owner);
        loop.close();
        assertEquals(2, letGo[0]);
    }

    private static void runOnLoopAndWait(EventLoop loop) {
        CountDownLatch done = new CountDownLatch(1);
        loop.execute(done::countDown);
        await(done);
    }

    private static void await(CountDownLatch done) {
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A loop that hangs is stopped by the watchdog, so that the assertion after it can fail. */
    private static void assertTimeoutPreemptivelyOnThisThread(EventLoop loop) throws IoException {
        Thread watchdog =
                new Thread(
                        () -> {
                            try {
                                Thread.sleep(HANG.toMillis());
                                loop.stop();
                            } catch (InterruptedException finished) {
                                Thread.currentThread().interrupt();
                            }
                        });
        watchdog.setDaemon(true);
        watchdog.start();
        loop.run();
        watchdog.interrupt();
    }
}
