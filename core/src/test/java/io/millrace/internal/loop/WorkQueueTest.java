// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The queue of the work threads: in order, whole, and a wait that ends when it is to. */
@Timeout(60)
class WorkQueueTest {
    private final WorkQueue queue = new WorkQueue();
    private final Runnable first = () -> {};
    private final Runnable second = () -> {};

    @Test
    void tasksComeInTheirOrder() throws InterruptedException {
        queue.put(first);
        assertTrue(queue.offer(second, 0, TimeUnit.NANOSECONDS));
        assertSame(first, queue.peek());
        assertEquals(2, queue.size());
        assertSame(first, queue.take());
        assertSame(second, queue.poll());
        assertNull(queue.poll());
        assertNull(queue.peek());
        assertThrows(NullPointerException.class, () -> queue.offer(null));
    }

    @Test
    void tasksAreTakenOutAndLookedAt() {
        queue.addAll(List.of(first, second, first));
        Iterator<Runnable> all = queue.iterator();
        assertTrue(queue.remove(first));
        assertSame(first, all.next());
        List<Runnable> drained = new ArrayList<>();
        assertEquals(1, queue.drainTo(drained, 1));
        assertEquals(1, queue.drainTo(drained));
        assertEquals(List.of(second, first), drained);
        assertFalse(queue.remove(first));
        assertTrue(queue.remainingCapacity() > 1 << 30);
    }

    /** As ArrayDeque does, which has stored the task when it finds no memory to grow. */
    @Test
    void aTaskThatFindsNoMemoryIsNotThereAndTheOthersAre() {
        boolean[] isFull = {false};
        WorkQueue full =
                new WorkQueue(
                        new ArrayDeque<>() {
                            @Override
                            public void addLast(Runnable task) {
                                super.addLast(task);
                                if (isFull[0]) {
                                    throw new OutOfMemoryError("on purpose");
                                }
                            }
                        });
        full.offer(first);
        isFull[0] = true;
        assertThrows(OutOfMemoryError.class, () -> full.offer(second));
        isFull[0] = false;
        assertEquals(1, full.size());
        assertSame(first, full.poll());
        assertNull(full.poll());
    }

    @Test
    void aWaitForNothingEnds() throws InterruptedException {
        assertNull(queue.poll(0, TimeUnit.SECONDS));
        assertNull(queue.poll(1, TimeUnit.NANOSECONDS));
        queue.offer(first);
        assertSame(first, queue.poll(1, TimeUnit.DAYS));
        Thread.currentThread().interrupt();
        assertThrows(InterruptedException.class, queue::take);
    }

    @Test
    void everyTaskOfManyThreadsIsRunOnce() throws InterruptedException {
        int threads = 4;
        int each = 5_000;
        CountDownLatch run = new CountDownLatch(threads * each);
        ThreadPoolExecutor pool = new ThreadPoolExecutor(3, 3, 1, TimeUnit.MINUTES, queue);
        for (int i = 0; i < threads; i++) {
            new Thread(
                            () -> {
                                for (int task = 0; task < each; task++) {
                                    pool.execute(run::countDown);
                                }
                            })
                    .start();
        }
        run.await();
        assertTrue(queue.isEmpty());
        pool.shutdown();
        assertTrue(pool.awaitTermination(1, TimeUnit.MINUTES));
    }
}
