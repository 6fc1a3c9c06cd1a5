// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.CompletionFlag;
import io.millrace.iouring.UringAbi.RegisterCode;
import io.millrace.iouring.UringAbi.RingCode;
import io.millrace.spi.Code;
import io.millrace.testkit.script.ScriptedContext;
import io.millrace.testkit.script.ScriptedStream;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The turn itself: when the kernel is entered, on which thread, and what wakes it. */
class UringDriverTest {
    @Test
    void anIdlePollThatDoesNotWaitEntersNothing() throws IoException {
        FakeRig rig = new FakeRig();
        rig.driver.poll(0);
        rig.kernel.entries.clear();
        rig.driver.poll(0);
        assertTrue(rig.kernel.entries.isEmpty());
    }

    @Test
    void deferredCompletionsAreFetchedWithoutWaiting() throws IoException {
        FakeRig rig = new FakeRig();
        ScriptedStream stream = rig.receiving();
        rig.kernel.entries.clear();
        rig.complete(Kind.RECEIVE, 0, 0);
        assertEquals(1, rig.driver.poll(0));
        assertEquals(1, rig.kernel.entries.size());
        assertEquals(List.of("stopped 0"), stream.log());
    }

    @Test
    void openedOnOneThreadItRunsOnAnother() throws IoException {
        FakeRig rig =
                CompletableFuture.supplyAsync(
                                () -> {
                                    try {
                                        FakeRig opened = new FakeRig();
                                        openManyStreams(opened);
                                        return opened;
                                    } catch (IoException e) {
                                        throw new AssertionError(e);
                                    }
                                })
                        .join();
        assertTrue(rig.kernel.entries.isEmpty());
        rig.driver.poll(0);
        assertEquals(100, rig.submitted(Kind.RECEIVE).size());
    }

    /** Many more than the submission queue holds, which nobody may empty yet. */
    private static void openManyStreams(FakeRig rig) throws IoException {
        for (int i = 0; i < 100; i++) {
            rig.stream().port().startReceive();
        }
    }

    @Test
    void aWakeUpEndsTheWaitAndReportsNothing() throws IoException {
        FakeRig rig = new FakeRig();
        rig.kernel.whenWaiting = () -> rig.complete(Kind.WAKE, 1, CompletionFlag.MORE);
        assertEquals(0, rig.driver.poll(-1));
        assertEquals(1, rig.submitted(Kind.WAKE).size());
    }

    @Test
    void aWakeUpPollThatTheKernelEndedIsArmedBeforeTheNextWait() throws IoException {
        FakeRig rig = new FakeRig();
        rig.driver.poll(0);
        rig.complete(Kind.WAKE, 1, 0);
        rig.driver.poll(0);
        rig.kernel.whenWaiting = () -> rig.complete(Kind.WAKE, 1, CompletionFlag.MORE);
        rig.driver.poll(-1);
        assertEquals(2, rig.submitted(Kind.WAKE).size());
    }

    @Test
    void itNeverWaitsWithoutAWakeUpPoll() throws IoException {
        FakeRig rig = new FakeRig();
        rig.driver.poll(0);
        rig.kernel.takesAtMost = 0;
        for (int i = 0; i < 15; i++) {
            rig.stream().port().startReceive();
        }
        rig.complete(Kind.WAKE, 1, 0);
        rig.driver.poll(0);
        rig.kernel.entries.clear();
        rig.driver.poll(-1);
        assertTrue(rig.kernel.entries.stream().allMatch(entry -> entry.completions() == 0));
    }

    @Test
    void aSignalEndsTheWaitEarly() throws IoException {
        FakeRig rig = new FakeRig();
        rig.driver.poll(0);
        rig.kernel.nextEntries.add(Code.INTERRUPTED);
        assertEquals(0, rig.driver.poll(-1));
    }

    @Test
    void lostCompletionsEndTheLoop() throws IoException {
        FakeRig rig = new FakeRig();
        rig.driver.poll(0);
        rig.kernel.nextEntries.add(RingCode.COMPLETIONS_LOST);
        assertThrows(IoException.class, () -> rig.driver.poll(-1));
    }

    @Test
    void systemCallsAreCounted() throws IoException {
        FakeRig rig = new FakeRig();
        rig.driver.poll(0);
        rig.driver.poll(1000);
        assertEquals(rig.kernel.entries.size(), rig.context.systemCalls());
    }

    @Test
    void closingReleasesEverything() throws IoException {
        FakeRig rig = new FakeRig();
        rig.driver.poll(0);
        rig.driver.wakeup();
        rig.close();
        rig.close();
        rig.driver.wakeup();
        assertEquals(rig.sockets.opened, rig.sockets.closed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mmap", "buffer ring", "eventfd"})
    void whatWasOpenedIsReleasedWhenTheRestCannotBe(String failing) {
        FakeKernel kernel = new FakeKernel();
        SocketCalls sockets = new SocketCalls();
        switch (failing) {
            case "mmap" -> kernel.mapAnswer = Code.NO_MEMORY;
            case "buffer ring" ->
                    kernel.registerAnswers.put(RegisterCode.BUFFER_RING, Code.NO_MEMORY);
            default -> sockets.answers.put("eventfd", Code.TOO_MANY_FILES);
        }
        UringOptions options = new UringOptions(new RingSizes(16, 64), 8, 64);
        ScriptedContext context = new ScriptedContext(System::nanoTime);
        assertThrows(
                IoException.class,
                () ->
                        UringResources.open(
                                kernel,
                                sockets.asSystemCalls(),
                                KernelRecords.linux6_1(),
                                options,
                                context));
        assertTrue(kernel.isReleased());
    }

    /** The kernel writes into its buffers as long as the ring is open, whoever refers to them. */
    @Test
    void aDriverThatNobodyHasClosedIsNotCollected() throws Exception {
        WeakReference<UringDriver> driver = abandonedDriver();
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        UringDriver found = driver.get();
        assertNotNull(found, "its buffers were freed with it");
        assertTrue(found.isHeld());
        found.close();
        assertFalse(found.isHeld());
    }

    private static WeakReference<UringDriver> abandonedDriver() throws IoException {
        return new WeakReference<>(new FakeRig().driver);
    }
}
