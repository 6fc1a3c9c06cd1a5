// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that cannot be interrupted, for calls that an interrupt would spoil. As many as there are
 * callers at once; each of those waits for its own, so they are no more than callers have threads.
 */
final class SteadyThreads {
    private static final long IDLE_SECONDS = 30;

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private static final ThreadPoolExecutor POOL =
            new ThreadPoolExecutor(
                    0,
                    Integer.MAX_VALUE,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new SynchronousQueue<>(),
                    SteadyThread::new);

    private SteadyThreads() {}

    static <T> Future<T> submit(Callable<T> call) {
        return POOL.submit(call);
    }

    /** Whoever interrupts all threads that there are does not know what this one is for. */
    private static final class SteadyThread extends Thread {
        SteadyThread(Runnable task) {
            super(null, task, "millrace-file-" + NUMBER.incrementAndGet(), 0, false);
            setDaemon(true);
        }

        @Override
        public void interrupt() {}
    }
}
