// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whose CPU time it was. */
class CpuMeterTest {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long WORK_NANOS = TimeUnit.MILLISECONDS.toNanos(60);

    /** Both accounts are a little behind each other. */
    private static final long LEAST_NANOS = WORK_NANOS * 3 / 4;

    @BeforeEach
    @AfterEach
    void forgetLoad() {
        LoadThreads.clear();
    }

    @Test
    void theLoadsThreadsAreTheLoadAndAllOthersAreTheServer() throws Exception {
        CpuMeter.want();
        LoadThreads.add();
        CpuMeter.begin(List.of());
        Thread server = new Thread(CpuMeterTest::work);
        server.start();
        work();
        // One that has ended takes its account along, so the window ends before it does.
        while (THREADS.getThreadCpuTime(server.getId()) >= 0
                && THREADS.getThreadCpuTime(server.getId()) < WORK_NANOS) {
            Thread.sleep(1);
        }
        CpuMeter.end();
        server.interrupt();
        server.join();

        Usage usage = CpuMeter.usage();
        assertNotNull(usage);
        assertTrue(usage.load().runningNanos() >= LEAST_NANOS, usage.toString());
        assertTrue(usage.server().runningNanos() >= LEAST_NANOS, usage.toString());
        assertTrue(usage.load().runningNanos() < 3 * WORK_NANOS, usage.toString());
        assertTrue(usage.nanos() > 0, usage.toString());
    }

    @Test
    void theWindowEndsOnce() throws Exception {
        CpuMeter.want();
        CpuMeter.begin(List.of());
        CpuMeter.end();
        Usage first = CpuMeter.usage();
        work();
        CpuMeter.end();

        assertEquals(first, CpuMeter.usage());
    }

    /** Then sleeps until it is interrupted, if another thread calls it. */
    private static void work() {
        long begun = THREADS.getCurrentThreadCpuTime();
        while (THREADS.getCurrentThreadCpuTime() - begun < WORK_NANOS) {
            Thread.onSpinWait();
        }
        if (Thread.currentThread().getName().startsWith("Thread-")) {
            try {
                Thread.sleep(TimeUnit.MINUTES.toMillis(1));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
