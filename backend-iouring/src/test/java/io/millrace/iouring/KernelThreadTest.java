// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.EnterFlag;
import io.millrace.iouring.UringAbi.SetupFlag;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Rings whose submissions a kernel thread takes: when it must be woken, and when nothing is done.
 */
class KernelThreadTest {
    private final FakeKernel kernel = new FakeKernel();
    private Ring ring;
    private Requests requests;

    @BeforeEach
    void open() throws IoException {
        kernel.features = KernelRecords.linux6_18().withKernelThread();
        ring = new RingSetup(kernel, 50).open(kernel.features, new RingSizes(16, 64));
        requests = new Requests(ring.submissions());
        ring.enable();
    }

    @AfterEach
    void close() {
        ring.close();
        assertTrue(kernel.isReleased());
    }

    @Test
    void theRingIsMadeWithoutWhatTheThreadRulesOut() {
        int flags = kernel.setupFlags.get(0);
        assertEquals(SetupFlag.KERNEL_THREAD, flags & SetupFlag.KERNEL_THREAD);
        assertEquals(0, flags & (SetupFlag.DEFER_TASK_RUN | SetupFlag.TASK_RUN_FLAG));
    }

    @Test
    void anAwakeThreadNeedsNoEntry() throws IoException {
        requests.nothing(1);
        ring.submitAndPeek();
        assertEquals(List.of(), kernel.entries);
    }

    @Test
    void aSleepingThreadIsWoken() throws IoException {
        kernel.kernelThreadSleeps();
        requests.nothing(1);
        ring.submitAndPeek();
        assertEquals(1, kernel.entries.size());
        assertTrue((kernel.entries.get(0).flags() & EnterFlag.WAKE_KERNEL_THREAD) != 0);
    }

    @Test
    void waitingForTheThreadDoesNotCountAsFailure() throws IoException {
        requests.nothing(1);
        kernel.whenWaiting = () -> kernel.complete(1, 0, 0);
        ring.submitAndWait(-1);
        assertEquals(1, ring.completions().ready());
        assertEquals(List.of(), kernel.pauses);
    }

    @Test
    void aFullQueueIsWaitedFor() throws IoException {
        for (int i = 0; i < 16; i++) {
            requests.nothing(i);
        }
        ring.submit();
        assertTrue((kernel.entries.get(0).flags() & EnterFlag.AWAIT_ROOM) != 0);
        assertEquals(16, ring.submissions().room());
    }
}
