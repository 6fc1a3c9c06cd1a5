// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.spi.Driver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * How other threads reach a loop: a queue of tasks, and the wake-up of a loop that sleeps.
 *
 * <p>The flag {@code asleep} makes at most one wake-up per sleep. The loop sets it and then looks
 * at the queue; a producer queues and then looks at the flag. So one of the two sees the other, and
 * whoever turns the flag back has to wake the driver. Both steps are volatile accesses in that
 * order: were the flag set after the look, a task could be missed until the next event.
 */
public final class TaskQueue {
    /** How many tasks a segment of the unbounded queue holds: one allocation for that many. */
    static final int SEGMENT = 1024;

    private final MpscUnboundedAtomicArrayQueue<Runnable> tasks;
    private final AtomicBoolean asleep = new AtomicBoolean();
    private final MessagePassingQueue.Consumer<Runnable> runner;
    private final Driver driver;
    private final CallbackGuard guard;
    private volatile boolean closed;

    TaskQueue(Driver driver, CallbackGuard guard, MpscUnboundedAtomicArrayQueue<Runnable> tasks) {
        this.tasks = tasks;
        this.driver = driver;
        this.guard = guard;
        runner = task -> run(task, guard);
    }

    /** Any thread. */
    public void add(Runnable task) {
        if (closed) {
            throw new RejectedExecutionException("the loop is closed");
        }
        tasks.offer(task);
        added();
    }

    /**
     * The same for the end of what somebody waits for, which must not be lost because there is no
     * memory for it just then: that is waited for. Not on the loop's thread.
     */
    void addSurely(Runnable end) {
        boolean added = false;
        while (!added) {
            if (closed) {
                throw new RejectedExecutionException("the loop is closed");
            }
            try {
                added = tasks.offer(end);
            } catch (OutOfMemoryError lacking) {
                Scarcity.pause();
            }
        }
        added();
    }

    private void added() {
        if (closed) {
            // Perhaps too late for close() to have seen it.
            abandonAll();
        }
        wake();
    }

    /** Makes the loop look around: ends its sleep, if it sleeps. Any thread. */
    void wake() {
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            wakeDriver();
        }
    }

    /**
     * Before a wait: from here on producers wake the driver. The caller must look at everything
     * next.
     */
    void fallAsleep() {
        asleep.set(true);
    }

    /** Later accesses may overtake this one: whoever sees the flag too late wakes in vain. */
    void wakeUp() {
        asleep.setRelease(false);
    }

    /**
     * Whether no task is there and none is on its way. While a producer makes room for a new
     * segment, the queue's own answer leaves its task out, and no fence lies between the end of
     * that and the producer's look at the flag: a loop that believed it could sleep on a task. So
     * the indices are compared, of which the producer's is odd from the beginning to the end.
     */
    boolean isEmpty() {
        return tasks.lvConsumerIndex() == tasks.lvProducerIndex();
    }

    /**
     * Runs the tasks that are there now, as many as a turn has room for; those they add wait for
     * the next turn.
     */
    void runShare() {
        if (!isEmpty()) {
            tasks.drain(runner, Math.min(tasks.size(), TurnShares.CALLBACKS));
        }
    }

    /**
     * No tasks from here on, and no wake-up of the driver once this has returned. Tasks that are
     * left do not run any more, but for {@link #abandon}.
     */
    void close() {
        synchronized (tasks) {
            closed = true;
        }
        abandonAll();
    }

    /** One by one, since a list of them would need memory, and what was in it would be lost. */
    private void abandonAll() {
        for (Runnable task = take(); task != null; task = take()) {
            try {
                abandon(task);
            } catch (Throwable failure) {
                guard.failed(failure);
            }
        }
    }

    /** The lock stands in for the loop's thread, which takes no more tasks. */
    private @Nullable Runnable take() {
        synchronized (tasks) {
            while (!isEmpty()) {
                Runnable task = tasks.poll();
                if (task != null) {
                    return task;
                }
                Thread.onSpinWait();
            }
            return null;
        }
    }

    /** A task that somebody may wait for has to end; a step of a stage can only by being taken. */
    private static void abandon(Runnable task) {
        if (task instanceof Abandonable owner) {
            owner.abandon();
        } else if (task instanceof CompletableFuture.AsynchronousCompletionTask) {
            task.run();
        } else if (task instanceof Future<?> future) {
            future.cancel(false);
        }
    }

    /** Rare, once per sleep; the lock keeps a late producer away from a closed driver. */
    private void wakeDriver() {
        synchronized (tasks) {
            if (!closed) {
                driver.wakeup();
            }
        }
    }

    /** A task that owns something, which must be let go of if the loop closes before it runs. */
    public interface Abandonable extends Runnable {
        void abandon();
    }

    /** Any thread; may be stale. */
    @Override
    public String toString() {
        return "TaskQueue[tasks "
                + tasks.size()
                + (asleep.get() ? ", asleep" : "")
                + (closed ? ", closed" : "")
                + "]";
    }

    private static void run(Runnable task, CallbackGuard guard) {
        long began = guard.begins();
        try {
            task.run();
        } catch (Throwable failure) {
            guard.failed(failure);
        }
        guard.ended(began);
    }
}
