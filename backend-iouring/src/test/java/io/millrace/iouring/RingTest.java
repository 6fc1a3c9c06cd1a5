// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.EnterFlag;
import io.millrace.iouring.UringAbi.RegisterCode;
import io.millrace.iouring.UringAbi.RingCode;
import io.millrace.spi.Code;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way into the kernel: what is asked, and what every answer means. */
class RingTest {
    private static final RingSizes SIZES = new RingSizes(16, 64);

    private final FakeKernel kernel = new FakeKernel();

    @Test
    void isEnabledByTheThreadThatRunsItAndEnteredByIndex() throws IoException {
        Ring ring = CompletableFuture.supplyAsync(this::openUnchecked).join();
        ring.enable();
        ring.submitAndPeek();
        FakeKernel.Entry entry = kernel.entries.get(0);
        assertEquals(EnterFlag.GET_EVENTS | EnterFlag.REGISTERED_RING, entry.flags());
        ring.close();
        assertTrue(kernel.isReleased());
    }

    @Test
    void doesWithoutTheThreadsTableWhenItIsFull() throws IoException {
        kernel.registerAnswers.put(RegisterCode.RING_DESCRIPTORS, RingCode.BUSY);
        try (Ring ring = enabled(KernelRecords.linux6_1())) {
            ring.submitAndPeek();
        }
        assertEquals(EnterFlag.GET_EVENTS, kernel.entries.get(0).flags());
    }

    @Test
    void saysThatAnotherThreadCannotRunIt() throws IoException {
        try (Ring ring = enabled(KernelRecords.linux6_1())) {
            IoException failure =
                    CompletableFuture.supplyAsync(
                                    () -> assertThrows(IoException.class, ring::submitAndPeek))
                            .join();
            assertEquals(Code.EXISTS, failure.code());
            assertTrue(failure.getMessage().contains("thread that ran it first"));
        }
    }

    @Test
    void waitsWithATimeLimitOnlyWhenThereIsOne() throws IoException {
        try (Ring ring = enabled(KernelRecords.linux6_18())) {
            kernel.whenWaiting = () -> kernel.complete(1, 0, 0);
            ring.submitAndWait(-1);
            ring.completions().take();
            kernel.whenWaiting = () -> {};
            ring.submitAndWait(3_000_000_007L);
        }
        int common = EnterFlag.GET_EVENTS | EnterFlag.REGISTERED_RING | EnterFlag.NO_IOWAIT;
        assertEquals(
                List.of(
                        new FakeKernel.Entry(0, 1, common, -1),
                        new FakeKernel.Entry(
                                0, 1, common | EnterFlag.EXTENDED_ARGUMENT, 3_000_000_007L)),
                kernel.entries);
    }

    @ParameterizedTest
    @ValueSource(ints = {Code.INTERRUPTED, Code.WOULD_BLOCK, RingCode.BUSY})
    void submitsInTheNextEntryWhatThisOneDidNotTake(int answer) throws IoException {
        kernel.nextEntries.add(answer);
        try (Ring ring = enabled(KernelRecords.linux6_1())) {
            new Requests(ring.submissions()).nothing(5);
            ring.submitAndPeek();
            assertTrue(kernel.submissions.isEmpty());
            assertEquals(List.of(Ring.BUSY_PAUSE_NANOS), kernel.pauses);
            ring.submitAndPeek();
            assertEquals(5, kernel.submissions.get(0).userData());
            assertEquals(0, ring.submissions().pending());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {Code.INTERRUPTED, Code.WOULD_BLOCK, RingCode.BUSY})
    void worksOffCompletionsWhenTheKernelTakesNothing(int answer) throws IoException {
        try (Ring ring = enabled(KernelRecords.linux6_1())) {
            new Requests(ring.submissions()).nothing(5);
            kernel.complete(1, 0, 0);
            kernel.nextEntries.add(answer);
            ring.submitAndWait(-1);
            assertEquals(1, ring.completions().ready());
            assertTrue(kernel.pauses.isEmpty());
        }
    }

    @Test
    void worksOffCompletionsWhenTheKernelTakesOnlySome() throws IoException {
        kernel.takesAtMost = 1;
        try (Ring ring = enabled(KernelRecords.linux6_1())) {
            new Requests(ring.submissions()).nothing(5);
            new Requests(ring.submissions()).nothing(6);
            kernel.complete(1, 0, 0);
            ring.submitAndPeek();
            assertEquals(1, ring.completions().ready());
        }
    }

    @Test
    void givesUpWhenTheKernelLostCompletions() throws IoException {
        kernel.nextEntries.add(RingCode.COMPLETIONS_LOST);
        try (Ring ring = enabled(KernelRecords.linux6_1())) {
            IoException failure = assertThrows(IoException.class, ring::submitAndPeek);
            assertEquals(RingCode.COMPLETIONS_LOST, failure.code());
            assertTrue(failure.getMessage().contains("io_uring.completions"));
        }
    }

    @Test
    void keepsWhatTheKernelTookOnlyInPart() throws IoException {
        kernel.takesAtMost = 3;
        try (Ring ring = enabled(KernelRecords.linux6_1())) {
            Requests requests = new Requests(ring.submissions());
            for (int i = 0; i < 5; i++) {
                requests.nothing(i);
            }
            ring.submitAndPeek();
            assertEquals(2, ring.submissions().pending());
            ring.submitAndPeek();
            assertEquals(0, ring.submissions().pending());
        }
        assertEquals(
                List.of(0L, 1L, 2L, 3L, 4L),
                kernel.submissions.stream().map(FakeSubmission::userData).toList());
    }

    @Test
    void closesTheDescriptorWhenMappingFails() {
        kernel.mapAnswer = Code.NO_MEMORY;
        assertThrows(IoException.class, () -> open(KernelRecords.linux6_1()));
        assertTrue(kernel.isReleased());
    }

    private Ring enabled(Features features) throws IoException {
        Ring ring = open(features);
        ring.enable();
        return ring;
    }

    private Ring open(Features features) throws IoException {
        kernel.features = features;
        return new RingSetup(kernel).open(features, SIZES);
    }

    private Ring openUnchecked() {
        try {
            return open(KernelRecords.linux6_1());
        } catch (IoException e) {
            throw new AssertionError(e);
        }
    }
}
