// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.util.AbstractQueue;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the threads of the {@link WorkPool}; without a bound. To add to it allocates
 * nothing but room for more than ever before: the JDK's queues make a node for each task, and their
 * locks one for each thread that meets another there, and both would be garbage on the loop's
 * thread. Any thread.
 */
final class WorkQueue extends AbstractQueue<Runnable> implements BlockingQueue<Runnable> {
    private final ArrayDeque<Runnable> tasks;

    WorkQueue() {
        this(new ArrayDeque<>());
    }

    /** With an empty one, for tests. */
    WorkQueue(ArrayDeque<Runnable> tasks) {
        this.tasks = tasks;
    }

    @Override
    public synchronized boolean offer(Runnable task) {
        try {
            tasks.addLast(Objects.requireNonNull(task, "task"));
        } catch (OutOfMemoryError noRoom) {
            // The JDK stores before it grows, and then takes a full one for an empty one.
            tasks.pollLast();
            throw noRoom;
        }
        notify();
        return true;
    }

    @Override
    public void put(Runnable task) {
        offer(task);
    }

    @Override
    public boolean offer(Runnable task, long time, TimeUnit unit) {
        return offer(task);
    }

    @Override
    public synchronized Runnable take() throws InterruptedException {
        while (tasks.isEmpty()) {
            wait();
        }
        return tasks.removeFirst();
    }

    @Override
    public synchronized @Nullable Runnable poll(long time, TimeUnit unit)
            throws InterruptedException {
        long start = System.nanoTime();
        long nanos = unit.toNanos(time);
        long left = nanos;
        while (tasks.isEmpty() && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
            left = nanos - (System.nanoTime() - start);
        }
        return tasks.pollFirst();
    }

    @Override
    public synchronized @Nullable Runnable poll() {
        return tasks.pollFirst();
    }

    @Override
    public synchronized @Nullable Runnable peek() {
        return tasks.peekFirst();
    }

    @Override
    public synchronized boolean remove(@Nullable Object task) {
        return tasks.remove(task);
    }

    @Override
    public synchronized int size() {
        return tasks.size();
    }

    @Override
    public int remainingCapacity() {
        return Integer.MAX_VALUE;
    }

    @Override
    public int drainTo(Collection<? super Runnable> target) {
        return drainTo(target, Integer.MAX_VALUE);
    }

    @Override
    public synchronized int drainTo(Collection<? super Runnable> target, int most) {
        int count = 0;
        while (count < most && !tasks.isEmpty()) {
            target.add(tasks.removeFirst());
            count++;
        }
        return count;
    }

    /** Of what was there when it was asked for. */
    @Override
    public synchronized Iterator<Runnable> iterator() {
        return List.copyOf(tasks).iterator();
    }
}
