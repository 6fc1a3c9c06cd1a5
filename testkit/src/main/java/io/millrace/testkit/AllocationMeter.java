// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Counts the bytes that one thread allocates, as the virtual machine counts them: exactly.
 *
 * <p>Created on any thread; {@link #allocatedBytes} may be called from any as well, while the
 * metered one runs. The count lags behind by what is left of the thread's allocation buffer only if
 * it is read by another thread; a metered thread that reads its own count reads it right.
 */
public final class AllocationMeter {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final int ROUNDS = 5;

    private final long threadId;
    private long mark;

    private AllocationMeter(long threadId) {
        this.threadId = threadId;
        restart();
    }

    /** Whether this virtual machine counts; HotSpot and its relatives do. */
    public static boolean isSupported() {
        return THREADS instanceof com.sun.management.ThreadMXBean counting
                && counting.isThreadAllocatedMemorySupported()
                && counting.isThreadAllocatedMemoryEnabled();
    }

    /** A meter of the calling thread, at zero. */
    public static AllocationMeter ofCurrentThread() {
        return of(Thread.currentThread());
    }

    /** A meter of a thread that has been started, at zero. */
    @SuppressWarnings("deprecation") // threadId() is newer than the oldest JDK that we run on
    public static AllocationMeter of(Thread thread) {
        return new AllocationMeter(thread.getId());
    }

    /**
     * What the calling thread allocates in {@code times} runs of {@code work}: the least of a few
     * rounds, because the first pay for compilation.
     */
    public static long leastAllocated(int times, Runnable work) {
        AllocationMeter meter = ofCurrentThread();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            meter.restart();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            least = Math.min(least, meter.allocatedBytes());
        }
        return least;
    }

    /** Back to zero. */
    public void restart() {
        mark = total();
    }

    /** What the thread has allocated since the meter was at zero. */
    public long allocatedBytes() {
        return total() - mark;
    }

    private long total() {
        if (THREADS instanceof com.sun.management.ThreadMXBean counting) {
            return counting.getThreadAllocatedBytes(threadId);
        }
        throw new UnsupportedOperationException("this virtual machine does not count allocation");
    }
}
