// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.timer;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The JDK's scheduler with one thread, which removes what is cancelled. */
record SchedulerKind() implements TimerKind {
    @Override
    public String name() {
        return JDK_SCHEDULER;
    }

    @Override
    public TimerSet open(int capacity) {
        ScheduledThreadPoolExecutor scheduler =
                new ScheduledThreadPoolExecutor(1, task -> new Thread(task, JDK_SCHEDULER));
        scheduler.setRemoveOnCancelPolicy(true);
        return new Timers(scheduler, capacity);
    }

    private static final class Timers implements TimerSet {
        private final ScheduledThreadPoolExecutor scheduler;
        private final Future<?>[] futures;
        private final FiredCount fired = new FiredCount();
        private final Runnable callback = fired::increment;
        private @Nullable Gate gate;
        private int count;

        Timers(ScheduledThreadPoolExecutor scheduler, int capacity) {
            this.scheduler = scheduler;
            futures = new Future<?>[capacity];
            scheduler.prestartAllCoreThreads();
        }

        @Override
        public void holdBack() {
            Gate closed = new Gate();
            scheduler.execute(closed);
            closed.awaitEntered();
            gate = closed;
        }

        @Override
        public void insert(long delayNanos) {
            futures[count++] = scheduler.schedule(callback, delayNanos, TimeUnit.NANOSECONDS);
        }

        @Override
        public void cancel(int number) {
            futures[number].cancel(false);
        }

        @Override
        public void fireAll() {
            open();
            fired.await(count);
        }

        @Override
        public int fired() {
            return fired.get();
        }

        @Override
        public void close() {
            open();
            scheduler.shutdownNow();
        }

        private void open() {
            if (gate != null) {
                gate.open();
            }
        }
    }
}
