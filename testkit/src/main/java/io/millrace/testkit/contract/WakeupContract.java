// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.EventLoop;
import io.millrace.RunMode;
import io.millrace.Timer;
import io.millrace.Wakeup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** How other threads reach a loop: wake-ups, which coalesce, and tasks, which do not. */
public abstract class WakeupContract extends ContractTest {
    private static final int SENDS = 1000;

    private final Journal journal = new Journal();

    private static Thread started(Runnable task) {
        Thread thread = new Thread(task, "millrace-testkit-sender");
        thread.start();
        return thread;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while joining " + thread, e);
        }
    }

    @Test
    void sendsBeforeTheCallbackAreOne() throws IOException {
        Wakeup wakeup = Wakeup.open(loop(), journal.line("woken"));
        wakeup.send();
        wakeup.send();
        wakeup.send();
        journal.assertIs();
        loop().run(RunMode.NOWAIT);
        journal.assertIs("woken");
        loop().run(RunMode.NOWAIT);
        journal.assertIs("woken");
    }

    @Test
    void aSendInTheCallbackBringsAnotherOneInTheNextTurn() throws IOException {
        Wakeup[] wakeup = new Wakeup[1];
        wakeup[0] =
                Wakeup.open(
                        loop(),
                        () -> {
                            journal.add("woken");
                            wakeup[0].send();
                        });
        wakeup[0].send();
        loop().run(RunMode.NOWAIT);
        journal.assertIs("woken");
        loop().run(RunMode.NOWAIT);
        journal.assertIs("woken", "woken");
    }

    @Test
    void severalWakeupsAreServedInTheOrderOfTheirFirstSends() throws IOException {
        Wakeup first = Wakeup.open(loop(), journal.line("first"));
        Wakeup second = Wakeup.open(loop(), journal.line("second"));
        second.send();
        first.send();
        second.send();
        loop().run(RunMode.NOWAIT);
        journal.assertIs("second", "first");
    }

    @Test
    void aWakeupKeepsTheLoopUntilClosedUnlessUnreferenced() throws IOException {
        Wakeup wakeup = Wakeup.open(loop(), journal.line("woken"));
        assertTrue(wakeup.isActive());
        assertTrue(loop().isAlive());
        wakeup.unref();
        assertFalse(loop().isAlive());
        wakeup.send();
        until("woken", () -> journal.has("woken"));
        assertFalse(loop().run());
        wakeup.ref();
        wakeup.close();
        assertFalse(loop().run());
        journal.assertIs("woken");
    }

    @Test
    void afterCloseNothingIsHeardOfASend() throws IOException {
        Wakeup wakeup = Wakeup.open(loop(), journal.line("woken"));
        wakeup.send();
        wakeup.close();
        wakeup.send();
        until("closed", wakeup::isClosed);
        wakeup.send();
        loop().run(RunMode.NOWAIT);
        journal.assertIs();
    }

    @Test
    void aSendFromAnotherThreadEndsTheWait() throws IOException {
        assumeReal("another thread");
        Timer far = Timer.open(loop());
        far.start(Duration.ofHours(1), journal.line("far"));
        Wakeup wakeup = Wakeup.open(loop(), journal.line("woken"));
        Thread sender = started(wakeup::send);
        until("woken", () -> journal.has("woken"));
        join(sender);
        journal.assertIs("woken");
    }

    @Test
    void aWakeupWithoutACallbackEndsTheWait() throws IOException {
        assumeReal("another thread");
        Wakeup wakeup = Wakeup.open(loop());
        long before = loop().metrics().turns();
        Thread sender = started(wakeup::send);
        until("a turn has ended", () -> loop().metrics().turns() > before);
        join(sender);
        assertTrue(loop().isAlive());
    }

    @Test
    void theLastSendOfABurstIsNeverLost() throws IOException {
        assumeReal("another thread");
        AtomicInteger sent = new AtomicInteger();
        int[] seen = new int[2];
        Wakeup wakeup =
                Wakeup.open(
                        loop(),
                        () -> {
                            seen[0]++;
                            seen[1] = sent.get();
                        });
        Thread sender =
                started(
                        () -> {
                            for (int i = 0; i < SENDS; i++) {
                                sent.incrementAndGet();
                                wakeup.send();
                            }
                        });
        until("the last send was seen", () -> seen[1] == SENDS);
        join(sender);
        assertTrue(seen[0] >= 1 && seen[0] <= SENDS, "callbacks: " + seen[0]);
    }

    @Test
    void everyTaskOfEachThreadRunsInTheOrderOfItsCalls() throws IOException {
        assumeReal("other threads");
        List<Integer> first = new ArrayList<>();
        List<Integer> second = new ArrayList<>();
        Wakeup open = Wakeup.open(loop());
        EventLoop loop = loop();
        Thread one = started(() -> addAll(loop, first));
        Thread two = started(() -> addAll(loop, second));
        until("all tasks", () -> first.size() == SENDS && second.size() == SENDS);
        join(one);
        join(two);
        for (int i = 0; i < SENDS; i++) {
            assertEquals(i, first.get(i));
            assertEquals(i, second.get(i));
        }
        open.close();
    }

    private static void addAll(EventLoop loop, List<Integer> numbers) {
        for (int i = 0; i < SENDS; i++) {
            int number = i;
            loop.execute(() -> numbers.add(number));
        }
    }

    @Test
    void stopFromAnotherThreadEndsTheWait() throws IOException {
        assumeReal("another thread");
        Timer far = Timer.open(loop());
        far.start(Duration.ofHours(1), journal.line("far"));
        EventLoop loop = loop();
        Thread stopper = started(loop::stop);
        try (Watchdog watchdog = Watchdog.over(List.of(loop), LoopRig.DEADLINE_NANOS)) {
            assertTrue(loop.run());
            assertFalse(watchdog.hasBarked(), "stopped only by the watchdog");
        }
        join(stopper);
        journal.assertIs();
    }

    @Test
    void tasksRunInOrderAndThoseTheyAddInTheNextTurn() throws IOException {
        loop().execute(
                        () -> {
                            journal.add("first");
                            loop().execute(journal.line("third"));
                        });
        loop().execute(journal.line("second"));
        loop().run(RunMode.NOWAIT);
        journal.assertIs("first", "second");
        assertTrue(loop().isAlive());
        loop().run(RunMode.NOWAIT);
        journal.assertIs("first", "second", "third");
        assertFalse(loop().isAlive());
    }

    @Test
    void aClosedLoopRefusesTasksAndIgnoresSendsAndStops() throws IOException {
        EventLoop other = rig().open(serverBackend(), isRefereed(), UnaryOperator.identity());
        Wakeup wakeup = Wakeup.open(other, journal.line("woken"));
        other.closeAll();
        assertThrows(RejectedExecutionException.class, () -> other.execute(() -> {}));
        wakeup.send();
        other.stop();
        other.close();
        journal.assertIs();
    }
}
