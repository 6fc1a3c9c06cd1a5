// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.RunMode;
import io.millrace.Wakeup;
import io.millrace.Work;
import io.millrace.fixture.FakeBackend;
import io.millrace.fixture.ScarcityFails;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * News that somebody waits for gets to its loop although there is no memory for its way there:
 * nobody would bring it again, and the loop would wait for it for ever.
 */
@Timeout(60)
@ExtendWith(ScarcityFails.class)
class DeliveryTest {
    private final List<String> journal = new ArrayList<>();
    private final List<Runnable> executed = new ArrayList<>();
    private int refusals;
    private final Loop loop;

    DeliveryTest() throws IOException {
        MpscUnboundedAtomicArrayQueue<Runnable> scarce =
                new MpscUnboundedAtomicArrayQueue<>(TaskQueue.SEGMENT) {
                    @Override
                    public boolean offer(Runnable task) {
                        if (refusals > 0) {
                            refusals--;
                            throw new OutOfMemoryError("thrown on purpose");
                        }
                        return super.offer(task);
                    }
                };
        LoopOptions options =
                LoopOptions.builder()
                        .provider(new FakeBackend.Good())
                        .workExecutor(executed::add)
                        .build();
        loop = Loop.open(options, scarce);
    }

    /** What has lost its end would be waited for in vain. */
    @AfterEach
    void letGo() {
        loop.letGo();
    }

    /** A user's task is: who has it hears that it could not be taken. */
    @Test
    void aTaskIsRefused() throws IOException {
        refusals = 1;
        EventLoop asLoop = loop;
        assertThrows(OutOfMemoryError.class, () -> asLoop.execute(() -> {}));
        assertFalse(loop.run(RunMode.NOWAIT));
    }

    @Test
    void workThatIsCancelledOnItsLoopEnds() throws IOException {
        Work<String> work = loop.work(() -> "done");
        work.result()
                .whenComplete(
                        (answer, failure) -> journal.add(((IoException) failure).errorName()));
        refusals = 1;
        work.cancel();
        assertEquals(List.of(), journal, "not on the caller's stack");
        loop.run();
        assertEquals(List.of("ECANCELED"), journal);
        assertEquals(0, refusals);
    }

    @Test
    void workThatIsCancelledOnALoopThatClosesEndsOnce() {
        Work<String> work = loop.work(() -> "done");
        work.result().whenComplete((answer, failure) -> journal.add("end"));
        refusals = 1;
        work.cancel();
        loop.letGo();
        assertEquals(List.of("end"), journal);
    }

    /** It was, and every send after it found it pending. */
    @Test
    void aSendIsNotTheLast() throws IOException {
        Wakeup wakeup = Wakeup.open(loop, () -> journal.add("called"));
        refusals = 1;
        wakeup.send();
        loop.run(RunMode.NOWAIT);
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("called"), journal);
        wakeup.send();
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("called", "called"), journal);
    }

    @Test
    void aSendOfAnotherThreadWaitsForTheMemory() throws Exception {
        Wakeup wakeup = Wakeup.open(loop, () -> journal.add("called"));
        refusals = 3;
        Thread sender = new Thread(wakeup::send);
        sender.start();
        sender.join();
        assertEquals(0, refusals);
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("called"), journal);
    }
}
