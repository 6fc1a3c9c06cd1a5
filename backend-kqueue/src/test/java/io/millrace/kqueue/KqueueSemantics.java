// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.Code;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What kqueue(2) promises, as tests. They run on the kqueue that other tests use, which is worth
 * something only if it keeps these promises, and on a real one where there is one, which shows
 * whether the promises are right.
 */
@Timeout(120)
abstract class KqueueSemantics {
    private static final int ADD = KeventFlag.ADD;
    private static final int CLEAR = KeventFlag.CLEAR;

    QueueFixture queue;
    int readFilter;
    int writeFilter;
    int userFilter;

    /** Opens a queue of the kqueue under test, or skips the test if it is not there. */
    abstract QueueFixture openQueue() throws IOException;

    @BeforeEach
    void open() throws IOException {
        queue = openQueue();
        readFilter = queue.abi.filterRead;
        writeFilter = queue.abi.filterWrite;
        userFilter = queue.abi.filterUser;
    }

    /** Not there if the test was skipped. */
    @AfterEach
    void close() {
        if (queue != null) {
            queue.close();
        }
    }

    /** Skips what libkqueue does otherwise; the number is that in docs/kqueue.md. */
    private void unlessLibkqueue(String difference) {
        Assumptions.assumeFalse(
                queue.abi == KqueueAbi.LIBKQUEUE,
                () -> "libkqueue is different: see " + difference + " in docs/kqueue.md");
    }

    @Test
    void levelTriggeredReadIsReportedUntilDrainedWithTheNumberOfBytes() {
        int fd = queue.connect();
        assertEquals(0, queue.change(fd, readFilter, ADD));
        assertEquals(0, queue.poll());
        queue.peerSends(3);
        for (int i = 0; i < 2; i++) {
            assertEquals(1, queue.poll());
            assertEquals(fd, queue.events.ident(0));
            assertEquals(readFilter, queue.events.filter(0));
            assertEquals(3, queue.events.data(0));
        }
        queue.drain();
        assertEquals(0, queue.poll());
    }

    @Test
    void clearReportsEachChangeOnce() {
        int fd = queue.connect();
        queue.change(fd, readFilter, ADD | CLEAR);
        queue.peerSends(1);
        assertEquals(1, queue.poll());
        assertEquals(0, queue.poll());
        queue.peerSends(1);
        assertEquals(1, queue.poll());
        assertEquals(2, queue.events.data(0));
    }

    /** The two filters of a descriptor are two events, and changing one leaves the other alone. */
    @Test
    void filtersAreIndependent() {
        unlessLibkqueue("D4");
        int fd = queue.connect();
        queue.change(fd, readFilter, ADD | CLEAR);
        queue.change(fd, writeFilter, ADD);
        queue.peerSends(1);
        assertEquals(2, queue.poll());
        assertEquals(1, queue.poll(), "writable goes on, readable was told");
        assertEquals(writeFilter, queue.events.filter(0));
        queue.change(fd, writeFilter, KeventFlag.DELETE);
        assertEquals(0, queue.poll());
        queue.peerSends(1);
        assertEquals(1, queue.poll());
        assertEquals(readFilter, queue.events.filter(0));
    }

    @Test
    void bothFiltersNeedAPlaceInTheListEach() {
        unlessLibkqueue("D1");
        int fd = queue.connect();
        queue.change(fd, readFilter, ADD | CLEAR);
        queue.change(fd, writeFilter, ADD | CLEAR);
        queue.peerSends(1);
        assertEquals(1, queue.poll(1));
        int first = queue.events.filter(0);
        assertEquals(1, queue.poll(1), "what did not fit comes next");
        assertEquals(readFilter + writeFilter, first + queue.events.filter(0));
        assertEquals(0, queue.poll(1));
    }

    @Test
    void oneshotDeletes() {
        int fd = queue.connect();
        queue.change(fd, readFilter, ADD | Knote.ONESHOT);
        queue.peerSends(1);
        assertEquals(1, queue.poll());
        assertEquals(0, queue.poll());
        assertEquals(Code.NO_SUCH_FILE, queue.change(fd, readFilter, KeventFlag.DELETE));
    }

    @Test
    void dispatchDisablesUntilEnabled() {
        int fd = queue.connect();
        queue.change(fd, readFilter, ADD | Knote.DISPATCH);
        queue.peerSends(1);
        assertEquals(1, queue.poll());
        assertEquals(0, queue.poll());
        assertEquals(0, queue.change(fd, readFilter, Knote.ENABLE));
        assertEquals(1, queue.poll());
    }

    @Test
    void aDisabledFilterIsSilentAndStays() {
        unlessLibkqueue("D3");
        int fd = queue.connect();
        queue.change(fd, readFilter, ADD | Knote.DISABLE);
        queue.peerSends(1);
        assertEquals(0, queue.poll());
        queue.change(fd, readFilter, Knote.ENABLE);
        assertEquals(1, queue.poll());
        queue.change(fd, readFilter, Knote.DISABLE);
        queue.peerCloses();
        assertEquals(0, queue.poll(), "not even a hang-up");
        assertEquals(0, queue.change(fd, readFilter, KeventFlag.DELETE));
    }

    @Test
    void addingAgainChangesTheWordAndReportsAgain() {
        unlessLibkqueue("D7");
        int fd = queue.connect();
        queue.change(fd, readFilter, ADD | CLEAR, 1);
        queue.peerSends(1);
        assertEquals(1, queue.poll());
        assertEquals(0, queue.change(fd, readFilter, ADD, 2));
        assertEquals(1, queue.poll());
        assertEquals(2, queue.events.udata(0));
    }

    @Test
    void eofComesWithBytesStillToBeRead() {
        int fd = queue.connect();
        queue.change(fd, readFilter, ADD);
        queue.peerSends(5);
        queue.peerCloses();
        assertEquals(1, queue.poll());
        assertTrue((queue.events.flags(0) & KeventFlag.EOF) != 0);
        assertEquals(5, queue.events.data(0));
        assertEquals(0, queue.events.fflags(0));
        queue.drain();
        assertEquals(1, queue.poll(), "and goes on without them");
        assertEquals(0, queue.events.data(0));
    }

    @Test
    void aResetIsEofWithTheError() {
        unlessLibkqueue("D5");
        int fd = queue.connect();
        queue.change(fd, readFilter, ADD);
        queue.change(fd, writeFilter, ADD);
        queue.peerResets();
        assertEquals(2, queue.poll());
        for (int i = 0; i < 2; i++) {
            assertTrue((queue.events.flags(i) & KeventFlag.EOF) != 0);
            assertEquals(Code.RESET, queue.errors.code(queue.events.fflags(i)));
        }
    }

    @Test
    void closingADescriptorEndsItsEventsAndASuccessorStartsAfresh() {
        unlessLibkqueue("D2");
        int fd = queue.connect();
        queue.change(fd, readFilter, ADD, 1);
        queue.change(fd, writeFilter, ADD | Knote.DISABLE, 1);
        queue.peerSends(1);
        queue.closeBoth();
        assertEquals(0, queue.poll());
        int successor = queue.connect();
        Assumptions.assumeTrue(fd == successor, "somebody else took the number");
        assertEquals(0, queue.poll());
        assertEquals(Code.NO_SUCH_FILE, queue.change(fd, writeFilter, Knote.ENABLE, 1));
        assertEquals(Code.NO_SUCH_FILE, queue.change(fd, readFilter, KeventFlag.DELETE));
        assertEquals(0, queue.change(fd, readFilter, ADD, 2));
        queue.peerSends(1);
        assertEquals(1, queue.poll());
        assertEquals(2, queue.events.udata(0));
    }

    @Test
    void wrongChangesAreRefusedAsKernelsDo() {
        int fd = queue.connect();
        assertEquals(Code.NO_SUCH_FILE, queue.change(fd, readFilter, KeventFlag.DELETE));
        assertEquals(Code.NO_SUCH_FILE, queue.change(fd, readFilter, Knote.ENABLE));
        assertEquals(Code.INVALID_ARGUMENT, queue.change(fd, -99, ADD));
        assertTrue(queue.change(9_999, readFilter, ADD) < 0);
        assertTrue(queue.change(9_999, readFilter, KeventFlag.DELETE) < 0);
    }

    @Test
    void whatIsNoDescriptorIsCalledSo() {
        unlessLibkqueue("D10");
        assertEquals(Code.BAD_DESCRIPTOR, queue.change(9_999, readFilter, ADD));
        assertEquals(Code.BAD_DESCRIPTOR, queue.change(9_999, readFilter, KeventFlag.DELETE));
    }

    @Test
    void aClosedQueueIsABadDescriptor() {
        unlessLibkqueue("D9");
        assertEquals(Code.BAD_DESCRIPTOR, queue.kqueue.kevent(9_999, 0, 0, 0, 0, 0));
    }

    @Test
    void receiptsAnswerEachChangeInPlaceAndNothingElse() {
        int fd = queue.connect();
        queue.peerSends(1);
        int receipt = KeventFlag.RECEIPT;
        queue.changes.put(0, fd, readFilter, ADD | receipt, 7);
        queue.changes.put(1, fd, writeFilter, KeventFlag.DELETE | receipt, 8);
        assertEquals(2, queue.applyInPlace(2));
        assertTrue((queue.changes.flags(0) & KeventFlag.ERROR) != 0);
        assertEquals(0, queue.changes.data(0));
        assertEquals(7, queue.changes.udata(0));
        assertEquals(Code.NO_SUCH_FILE, queue.errors.code((int) queue.changes.data(1)));
        assertEquals(8, queue.changes.udata(1));
        assertEquals(1, queue.poll(), "the readiness is still there");
    }

    @Test
    void aFailedChangeIsAnEventIfThereIsRoomAndEndsTheCallIfNot() {
        unlessLibkqueue("D6");
        int fd = queue.connect();
        queue.changes.put(0, fd, readFilter, KeventFlag.DELETE, 1);
        queue.changes.put(1, fd, writeFilter, ADD, 2);
        assertEquals(1, queue.apply(2, 8), "without waiting");
        assertTrue((queue.events.flags(0) & KeventFlag.ERROR) != 0);
        assertEquals(1, queue.events.udata(0));
        assertEquals(1, queue.poll(), "what follows a failure is applied");
        queue.changes.put(1, fd, writeFilter, KeventFlag.DELETE, 2);
        assertEquals(Code.NO_SUCH_FILE, queue.apply(2, 0));
        assertEquals(1, queue.poll(), "what follows a failure without room is not");
    }

    @Test
    void userEventsAreToldOnceHoweverOftenTheyAreTriggered() {
        assertEquals(Code.NO_SUCH_FILE, queue.trigger(1, 0, 5), "not there yet");
        queue.change(1, userFilter, ADD | CLEAR, 5);
        assertEquals(0, queue.poll());
        queue.trigger(1, 0, 5);
        queue.trigger(1, 0, 6);
        assertEquals(1, queue.poll());
        assertEquals(6, queue.events.udata(0), "a trigger overwrites the word");
        assertEquals(0, queue.poll());
    }

    @Test
    void aUserEventWithoutClearStaysTriggered() {
        queue.change(1, userFilter, ADD, 5);
        queue.trigger(1, 0xc000_0000 | 0x12, 5);
        assertEquals(1, queue.poll());
        assertEquals(1, queue.poll());
        assertEquals(0x12, queue.events.fflags(0));
        queue.trigger(1, 0x8000_0000 | 0x1, 5);
        queue.trigger(1, 0x4000_0000 | 0x3, 5);
        assertEquals(1, queue.poll());
        assertEquals(0x3, queue.events.fflags(0));
        queue.change(1, userFilter, KeventFlag.DELETE, 5);
        assertEquals(0, queue.poll());
    }

    @Test
    void aTriggerFromAnotherThreadEndsAWait() throws InterruptedException {
        queue.change(1, userFilter, ADD | CLEAR, 5);
        Thread other = new Thread(() -> queue.trigger(1, 0, 5));
        other.start();
        assertEquals(1, queue.await());
        other.join();
    }

    @Test
    void anAdditionFromAnotherThreadEndsAWait() throws InterruptedException {
        int fd = queue.connect();
        Thread other = new Thread(() -> queue.changeElsewhere(fd, writeFilter, ADD));
        other.start();
        assertEquals(1, queue.await());
        other.join();
    }

    @Test
    void impossibleTimeoutsAreRefused() {
        unlessLibkqueue("D8");
        assertEquals(Code.INVALID_ARGUMENT, queue.await(0, 1_000_000_000));
        assertEquals(Code.INVALID_ARGUMENT, queue.await(0, -1));
        assertEquals(Code.INVALID_ARGUMENT, queue.await(-1, 0));
    }

    @Test
    void aTimedWaitIsNotCutShort() {
        long begun = System.nanoTime();
        assertEquals(0, queue.await(0, 1_500_001));
        assertTrue(System.nanoTime() - begun >= 1_500_001);
    }
}
