// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import io.millrace.EventLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The executor of {@link EventLoop#work} and of files for loops that are given none; shared by all
 * of them.
 */
public final class WorkPool {
    /** Blocking tasks wait more than they compute, so never fewer than this many run together. */
    private static final int LEAST_THREADS = 4;

    private static final long IDLE_SECONDS = 30;

    private WorkPool() {}

    public static Executor shared() {
        return Holder.POOL;
    }

    /**
     * Made when the first task comes, so that loops without such tasks have no threads for them.
     */
    private static final class Holder {
        static final ThreadPoolExecutor POOL = newPool();
    }

    private static ThreadPoolExecutor newPool() {
        int threads = Math.max(LEAST_THREADS, Runtime.getRuntime().availableProcessors());
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool =
                new ThreadPoolExecutor(
                        threads,
                        threads,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new WorkQueue(),
                        task -> {
                            Thread thread =
                                    new Thread(task, "millrace-work-" + number.incrementAndGet());
                            thread.setDaemon(true);
                            return thread;
                        });
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
