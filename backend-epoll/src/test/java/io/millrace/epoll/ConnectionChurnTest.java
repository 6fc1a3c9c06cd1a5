// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.testkit.contract.OpenDescriptors;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * 100,000 connections later, everything is as it was: descriptors, chunks, memory. That is an hour
 * of a server that sees 28 of them a second, in the ways that its seed draws.
 */
@Timeout(300)
class ConnectionChurnTest {
    private static final int CYCLES = Integer.getInteger("millrace.churn.cycles", 100_000);

    /** Collectors, compilers and test machinery come and go by some hundred KiB. */
    private static final long NOISE_BYTES = 4 << 20;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leaksNoDescriptorNoChunkAndNoMemory(boolean edge) throws IOException {
        OpenDescriptors descriptors = OpenDescriptors.ofLoops();
        MeteredEpoll backend = new MeteredEpoll(edge);
        EventLoop loop = EventLoop.open(LoopOptions.builder().provider(backend).build());
        ConnectionChurn churn = new ConnectionChurn(loop, 42);
        churn.run(CYCLES / 2);
        long before = usedBytes();
        churn.run(CYCLES - CYCLES / 2);
        long grown = usedBytes() - before;
        assertTrue(grown < NOISE_BYTES, () -> "memory has grown by " + grown + " bytes");
        churn.stop();
        while (loop.isAlive()) {
            loop.run(RunMode.ONCE);
        }
        assertEquals(0, churn.surprises().size(), () -> "such as " + churn.surprises().get(0));
        assertEquals(0, backend.chunksOut());
        loop.close();
        descriptors.assertNoMore("of connections");
    }

    private static long usedBytes() {
        System.gc();
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            heap += pool.getMemoryUsed();
        }
        return heap;
    }
}
