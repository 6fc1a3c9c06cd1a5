// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
        CountDownLatch worked = new CountDownLatch(1);
        CountDownLatch measured = new CountDownLatch(1);
        Thread server = new Thread(() -> workAndStay(worked, measured));
        server.start();
        work();
        worked.await();
        CpuMeter.end();
        measured.countDown();
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

    /** One that has ended takes its account along, so it does so after the window. */
    private static void workAndStay(CountDownLatch worked, CountDownLatch measured) {
        work();
        worked.countDown();
        try {
            measured.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void work() {
        long begun = THREADS.getCurrentThreadCpuTime();
        while (THREADS.getCurrentThreadCpuTime() - begun < WORK_NANOS) {
            Thread.onSpinWait();
        }
    }
}
