// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.reactor.Poller;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Waiting with a selector: for how long, and what ends it. */
@Timeout(120)
class NioPollerTest {
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final Poller.Ready NOBODY = (pollable, mask) -> {};

    private final NullContext context = new NullContext();
    private NioPoller poller;

    @BeforeEach
    void open() throws IoException {
        poller = NioPoller.open(context);
    }

    @AfterEach
    void close() {
        poller.close();
        assertFalse(Thread.interrupted(), "a test left the flag set");
    }

    @ParameterizedTest
    @CsvSource({
        "-1,0",
        "1,1",
        "999999,1",
        "1000000,1",
        "1000001,2",
        "9223372036854775807,9223372036855"
    })
    void timeoutsAreRoundedUpToMilliseconds(long nanos, long millis) {
        assertEquals(millis, NioPoller.millisAtLeast(nanos));
    }

    @Test
    void aWaitIsNeverShorterThanAsked() throws IoException {
        for (long nanos : new long[] {1, 1_500_000, SHORT_NANOS}) {
            long began = System.nanoTime();
            assertEquals(0, poller.select(nanos, NOBODY));
            assertTrue(System.nanoTime() - began >= nanos, nanos + " ns were cut short");
        }
    }

    @Test
    void onlyAWaitThatMayBlockIsAnnounced() throws IoException {
        poller.select(0, NOBODY);
        assertEquals(0, context.waits);
        poller.select(1, NOBODY);
        assertEquals(1, context.waits);
        assertEquals(2, context.systemCalls);
    }

    @Test
    void interruptedThreadStillWaitsAndStaysInterrupted() throws IoException {
        Thread.currentThread().interrupt();
        for (int i = 0; i < 3; i++) {
            long began = System.nanoTime();
            poller.select(SHORT_NANOS, NOBODY);
            assertTrue(
                    System.nanoTime() - began >= SHORT_NANOS, "the interrupt cut the wait short");
            assertTrue(Thread.currentThread().isInterrupted(), "the interrupt was swallowed");
        }
        assertTrue(Thread.interrupted());
    }

    @Test
    void anInterruptDuringTheWaitEndsItAndIsKept() throws Exception {
        Thread waiting = Thread.currentThread();
        Thread interrupter = new Thread(() -> interruptOnceBlocked(waiting));
        interrupter.start();

        poller.select(-1, NOBODY);

        assertTrue(Thread.interrupted());
        interrupter.join();
    }

    private static void interruptOnceBlocked(Thread waiting) {
        while (!isInSelect(waiting)) {
            Thread.onSpinWait();
        }
        waiting.interrupt();
    }

    private static boolean isInSelect(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getMethodName().equals("select")) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aWakeupEndsTheNextWait() throws IoException {
        poller.wakeup();
        poller.select(-1, NOBODY);
    }

    @Test
    void aWakeupEndsTheCurrentWait() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        NioPoller announced =
                new NioPoller(
                        new NullContext() {
                            @Override
                            public void waitBegins() {
                                begun.countDown();
                            }
                        },
                        Selector::open);
        Thread waker =
                new Thread(
                        () -> {
                            try {
                                begun.await();
                                announced.wakeup();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        });
        waker.start();
        announced.select(-1, NOBODY);
        waker.join();
        announced.close();
    }

    @Test
    void aWakeupUsedUpWhileSettlingIsNotLost() throws IoException {
        poller.select(0, NOBODY);
        poller.wakeup();
        poller.channelClosed();
        poller.settle();

        poller.select(-1, NOBODY);
    }

    @Test
    void aWakeupEndsOnlyOneWait() throws IoException {
        poller.wakeup();
        poller.select(-1, NOBODY);
        long began = System.nanoTime();
        poller.select(SHORT_NANOS, NOBODY);
        assertTrue(System.nanoTime() - began >= SHORT_NANOS);
    }

    @Test
    void aSelectorThatKeepsReturningEarlyIsReplaced() throws IOException {
        List<DefectiveSelector> opened = new ArrayList<>();
        NioPoller defective =
                new NioPoller(
                        context,
                        () -> {
                            DefectiveSelector selector = new DefectiveSelector();
                            opened.add(selector);
                            return selector;
                        });
        for (int i = 0; i < NioPoller.PREMATURE_RETURNS - 1; i++) {
            defective.select(-1, NOBODY);
        }
        assertEquals(1, opened.size());

        defective.select(-1, NOBODY);

        assertEquals(2, opened.size());
        assertFalse(opened.get(0).isOpen());
        assertTrue(opened.get(1).isOpen());
        defective.close();
    }

    @Test
    void waitsThatEndInTimeOrByAWakeupAreNotPremature() throws IOException {
        List<DefectiveSelector> opened = new ArrayList<>();
        NioPoller slow =
                new NioPoller(
                        new NullContext() {
                            @Override
                            public long nanoTime() {
                                return systemCalls * TimeUnit.SECONDS.toNanos(1) + waits++;
                            }
                        },
                        () -> {
                            DefectiveSelector selector = new DefectiveSelector();
                            opened.add(selector);
                            return selector;
                        });
        for (int i = 0; i < 2 * NioPoller.PREMATURE_RETURNS; i++) {
            slow.select(1, NOBODY);
        }
        for (int i = 0; i < 2 * NioPoller.PREMATURE_RETURNS; i++) {
            opened.get(0).duringSelect = slow::wakeup;
            slow.select(-1, NOBODY);
        }
        assertEquals(1, opened.size());
        slow.close();
    }

    @Test
    void emfileWhenReplacingASelectorDoesNotEndTheLoop() throws IOException {
        int[] asked = {0};
        NioPoller spinning =
                new NioPoller(
                        new NullContext(),
                        () -> {
                            if (asked[0]++ > 0) {
                                throw new IOException("Too many open files");
                            }
                            return new DefectiveSelector();
                        });
        for (int i = 0; i < 2 * NioPoller.PREMATURE_RETURNS; i++) {
            assertEquals(0, spinning.select(-1, NOBODY));
        }
        assertEquals(3, asked[0]);
        spinning.close();
    }

    @Test
    void channelsKeepTheirInterestInANewSelector() throws IOException {
        NioSockets sockets = new NioSockets(poller.lossProbe());
        RawListener listener = sockets.listen(new ListenSpec(loopback(), 8, true, false, 0));
        assertEquals(0, poller.add(listener, Poller.READ));
        RawStream idle = sockets.stream(StandardProtocolFamily.INET);
        assertEquals(0, poller.add(idle, Poller.WRITE));
        idle.close();

        poller.replaceSelector();
        RawStream client = sockets.stream(StandardProtocolFamily.INET);
        client.connect(listener.localAddress());

        List<Object> ready = new ArrayList<>();
        while (ready.isEmpty()) {
            poller.select(-1, (pollable, mask) -> ready.add(pollable));
        }
        assertEquals(List.of(listener), ready);
        assertEquals(0, poller.remove(listener));
        client.close();
        listener.close();
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
