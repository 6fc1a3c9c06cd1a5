// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.CompletionFlag;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both queues against the kernel's side of the same memory, many times round. */
class QueuesTest {
    private static final int ROUNDS = 10;

    private final FakeKernel kernel = new FakeKernel();
    private Ring ring;
    private SubmissionQueue submissions;
    private CompletionQueue completions;
    private Requests requests;

    @BeforeEach
    void open() throws IoException {
        ring = new RingSetup(kernel).open(KernelRecords.linux6_1(), new RingSizes(16, 64));
        submissions = ring.submissions();
        completions = ring.completions();
        requests = new Requests(submissions);
        ring.enable();
    }

    @AfterEach
    void close() {
        ring.close();
        assertTrue(kernel.isReleased());
    }

    @Test
    void submissionsArriveInOrderManyTimesRound() throws IoException {
        long next = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < 13; i++) {
                requests.nothing(next++);
            }
            ring.submit();
        }
        assertEquals(
                LongStream.range(0, next).boxed().toList(),
                kernel.submissions.stream().map(FakeSubmission::userData).toList());
    }

    @Test
    void submissionsHaveRoomAgainOnlyWhenTheKernelTookSome() throws IoException {
        for (int i = 0; i < 16; i++) {
            requests.nothing(i);
        }
        assertEquals(0, submissions.room());
        assertEquals(16, submissions.pending());
        kernel.takesAtMost = 1;
        ring.submit();
        assertEquals(1, submissions.room());
    }

    @Test
    void anEntryIsZeroedBeforeItIsUsedAgain() throws IoException {
        for (int i = 0; i < 16; i++) {
            requests.receiveMultishot(9, 5, -1);
        }
        ring.submit();
        requests.nothing(1);
        ring.submit();
        FakeSubmission last = kernel.submissions.get(16);
        assertEquals(0, last.entryFlags() | last.priority() | last.bufferGroup());
    }

    @Test
    void completionsArriveInOrderManyTimesRound() throws IoException {
        int expected = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < 50; i++) {
                kernel.complete(round * 50L + i, -i, i << 16);
            }
            ring.submitAndPeek();
            assertEquals(50, completions.ready());
            for (int i = 0; i < 50; i++) {
                completions.take();
                assertEquals(expected++, completions.userData());
                assertEquals(-i, completions.result());
                assertEquals(i, CompletionFlag.bufferId(completions.flags()));
            }
            assertEquals(0, completions.ready());
        }
    }

    @Test
    void aTakenCompletionMakesRoomAtOnce() throws IoException {
        for (int i = 0; i < 70; i++) {
            kernel.complete(i, 0, 0);
        }
        ring.submitAndPeek();
        assertEquals(64, completions.ready());
        completions.take();
        assertEquals(63, kernel.unread());
    }

    @Test
    void whatFoundTheQueueFullComesWithTheNextEntry() throws IoException {
        for (int i = 0; i < 70; i++) {
            kernel.complete(i, 0, 0);
        }
        ring.submitAndPeek();
        assertTrue(submissions.needsEntry());
        for (int i = 0; i < 64; i++) {
            completions.take();
        }
        ring.submitAndPeek();
        assertEquals(6, completions.ready());
        assertFalse(submissions.needsEntry());
        completions.take();
        assertEquals(64, completions.userData());
    }

    @Test
    void deferredCompletionsAreAnnounced() {
        assertFalse(submissions.needsEntry());
        kernel.complete(1, 0, 0);
        assertTrue(submissions.needsEntry());
        assertEquals(0, completions.ready());
    }
}
