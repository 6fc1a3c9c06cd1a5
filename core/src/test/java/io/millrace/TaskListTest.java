// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Order, and that nothing is lost or given out twice, with one thread and with several. */
class TaskListTest {
    private final TaskList tasks = new TaskList();
    private final List<String> taken = new ArrayList<>();

    @Test
    void whatComesFirstIsTakenFirst() {
        assertTrue(tasks.isEmpty());
        assertNull(tasks.poll());
        add("a", "b");
        tasks.drain(Runnable::run, 1);
        add("c");
        assertEquals(2, tasks.size());
        tasks.drain(Runnable::run, 9);
        assertEquals(List.of("a", "b", "c"), taken);
        assertTrue(tasks.isEmpty());
    }

    @Test
    void whatIsAddedMeanwhileStays() {
        tasks.offer(() -> add("later"));
        add("sooner");
        tasks.drain(Runnable::run, Integer.MAX_VALUE);
        assertEquals(List.of("sooner"), taken);
        tasks.drain(Runnable::run, Integer.MAX_VALUE);
        assertEquals(List.of("sooner", "later"), taken);
    }

    /** As a loop that runs a task which throws an Error: the rest is not lost. */
    @Test
    void whatThrowsTakesNobodyElseWithIt() {
        tasks.offer(
                () -> {
                    throw new IllegalStateException();
                });
        add("after");
        try {
            tasks.drain(Runnable::run, 2);
        } catch (IllegalStateException expected) {
            assertEquals(1, tasks.size());
        }
        tasks.drain(Runnable::run, 2);
        assertEquals(List.of("after"), taken);
    }

    /** A turn takes a share; were the rest counted anew each time, this would take minutes. */
    @Test
    void sharesOfVeryManyCostNoMoreThanTheyAreThemselves() {
        int many = 1_000_000;
        int[] run = new int[1];
        for (int i = 0; i < many; i++) {
            tasks.offer(() -> run[0]++);
        }
        while (!tasks.isEmpty()) {
            tasks.drain(Runnable::run, Math.min(tasks.size(), 16));
        }
        assertEquals(many, run[0]);
    }

    @Test
    void nothingIsLostBetweenThreads() throws Exception {
        int each = 20_000;
        int[] next = new int[4];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < next.length; i++) {
            int producer = i;
            Thread thread = new Thread(() -> produce(producer, each, next));
            thread.start();
            threads.add(thread);
        }
        int count = 0;
        while (count < each * next.length) {
            Runnable task = tasks.poll();
            if (task == null) {
                Thread.onSpinWait();
            } else {
                task.run();
                count++;
            }
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertTrue(tasks.isEmpty());
        for (int i = 0; i < next.length; i++) {
            assertEquals(each, next[i], "in the order of producer " + i);
        }
    }

    private void produce(int producer, int count, int[] next) {
        for (int i = 0; i < count; i++) {
            int number = i;
            tasks.offer(
                    () -> {
                        if (next[producer] == number) {
                            next[producer]++;
                        }
                    });
        }
    }

    private void add(String... names) {
        for (String name : names) {
            tasks.offer(() -> taken.add(name));
        }
    }
}
