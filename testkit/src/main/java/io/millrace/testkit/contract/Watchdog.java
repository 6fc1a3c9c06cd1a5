// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.EventLoop;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Stops loops that would otherwise wait for ever, so that a hang is a failure with a name. */
final class Watchdog implements AutoCloseable {
    private static final ScheduledExecutorService TIMER =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "millrace-testkit-watchdog");
                        thread.setDaemon(true);
                        return thread;
                    });

    private final List<EventLoop> loops;
    private final Future<?> bark;
    private volatile boolean barked;

    private Watchdog(List<EventLoop> loops, long nanos) {
        this.loops = List.copyOf(loops);
        bark = TIMER.schedule(this::bark, nanos, TimeUnit.NANOSECONDS);
    }

    static Watchdog over(List<EventLoop> loops, long nanos) {
        return new Watchdog(loops, nanos);
    }

    boolean hasBarked() {
        return barked;
    }

    private void bark() {
        barked = true;
        loops.forEach(EventLoop::stop);
    }

    @Override
    public void close() {
        bark.cancel(false);
    }
}
