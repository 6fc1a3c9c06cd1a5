// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** The way from other threads to the loop: nothing is lost, and a sleeping loop wakes. */
class TaskQueueTest {
    private static final Duration HANG = Duration.ofSeconds(60);

    @Test
    void everyTaskOfSeveralThreadsRunsAndInTheOrderOfItsThread() throws Exception {
        int producers = 4;
        int tasksEach = 20_000;
        EventLoop loop = EventLoop.open();
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

    @Test
    void aTaskForASleepingLoopWakesItEveryTime() throws Exception {
        assertTimeoutPreemptively(
                HANG,
                () -> {
                    EventLoop loop = EventLoop.open();
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

    @Test
    void aClosedLoopTakesNoTasks() throws Exception {
        EventLoop loop = EventLoop.open();
        loop.close();
        assertThrows(RejectedExecutionException.class, () -> loop.execute(() -> {}));
    }

    @Test
    void whatATaskOwnsIsLetGoOfWhenTheLoopClosesBeforeItRuns() throws Exception {
        EventLoop loop = EventLoop.open();
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
        var done = new java.util.concurrent.CountDownLatch(1);
        loop.execute(done::countDown);
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
