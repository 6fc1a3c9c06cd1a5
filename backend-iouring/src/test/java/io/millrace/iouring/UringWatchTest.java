// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.WatchEngine;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Watches on a kernel that the test plays: one request at a time, made anew, cancelled, ended. */
class UringWatchTest {
    private static final int DESCRIPTOR = 7;
    private static final int POLLIN = 1;

    private final FakeRig rig = new FakeRig();
    private final List<String> log = new ArrayList<>();
    private final WatchPort watch =
            rig.driver
                    .watches()
                    .watch(
                            DESCRIPTOR,
                            new WatchSink() {
                                @Override
                                public void onReady(int events) {
                                    log.add("ready " + events);
                                }

                                @Override
                                public void onFailed(int code) {
                                    log.add("failed " + Code.name(code));
                                }

                                @Override
                                public void onClosed() {
                                    log.add("closed");
                                }
                            });

    UringWatchTest() throws IoException {}

    private void await(int events) throws IoException {
        watch.await(events);
        rig.driver.poll(0);
    }

    /** What poll(2) has to say of a hint is that there is nothing. */
    @Test
    void aHintThatComesToNothingIsToldToNobodyAndAskedForAnew() throws IoException {
        await(WatchEngine.READABLE);
        rig.complete(Kind.WATCH, POLLIN, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of(), log);
        assertEquals(2, rig.submitted(Kind.WATCH).size());
    }

    @Test
    void aStopCancelsTheRequestThatHoldsTheFile() throws IoException {
        await(WatchEngine.READABLE);
        await(0);
        assertEquals(1, rig.submitted(Kind.CANCEL).size());
        rig.driver.poll(0);
        assertEquals(1, rig.submitted(Kind.CANCEL).size());
        rig.complete(Kind.WATCH, Code.CANCELLED, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of(), log);
        assertEquals(1, rig.submitted(Kind.WATCH).size());
    }

    @Test
    void aChangeCancelsAndAsksForTheRest() throws IoException {
        await(WatchEngine.READABLE);
        await(WatchEngine.WRITABLE);
        rig.complete(Kind.WATCH, Code.CANCELLED, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(2, rig.submitted(Kind.WATCH).size());
        assertEquals(List.of(), log);
    }

    @Test
    void whatTheKernelRefusesIsToldOnce() throws IoException {
        await(WatchEngine.READABLE);
        rig.complete(Kind.WATCH, Code.BAD_DESCRIPTOR, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        rig.complete(Kind.WATCH_REPORT, 0, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        assertEquals(List.of("failed EBADF"), log);
        assertEquals(1, rig.submitted(Kind.WATCH).size());
        await(WatchEngine.READABLE);
        assertEquals(2, rig.submitted(Kind.WATCH).size());
    }

    @Test
    void aCloseAwaitsTheRequestInFlightAndLeavesTheDescriptorAlone() throws IoException {
        await(WatchEngine.READABLE);
        watch.close();
        rig.driver.poll(0);
        assertEquals(1, rig.submitted(Kind.CANCEL).size());
        assertEquals(List.of(), log);
        rig.complete(Kind.WATCH, Code.CANCELLED, 0);
        rig.driver.poll(0);
        rig.driver.poll(0);
        rig.complete(Kind.WATCH_REPORT, 0, 0);
        rig.driver.poll(0);
        assertEquals(List.of("closed"), log);
        assertFalse(rig.sockets.closed.contains(DESCRIPTOR));
        assertEquals(0, rig.submitted(Kind.CLOSE).size());
    }

    @Test
    void anEventThatCrossesTheCloseIsToldToNobody() throws IoException {
        await(WatchEngine.READABLE);
        rig.complete(Kind.WATCH, POLLIN, 0);
        watch.close();
        rig.driver.poll(0);
        rig.driver.poll(0);
        rig.complete(Kind.WATCH_REPORT, 0, 0);
        rig.driver.poll(0);
        assertEquals(List.of("closed"), log);
    }

    @Test
    void aRingIsWaitedForByAnEventDescriptorThatIsMadeOnce() throws IoException {
        int descriptor = rig.driver.descriptor();
        assertEquals(descriptor, rig.driver.descriptor());
        assertEquals(2, rig.sockets.opened.size());
        rig.driver.wakeup();
        rig.driver.poll(0);
    }

    @Test
    void aRingThatCannotHaveOneSaysSo() throws IoException {
        rig.sockets.answers.put("eventfd", Code.TOO_MANY_FILES);
        IoException failure = assertThrows(IoException.class, rig.driver::descriptor);
        assertEquals("EMFILE", failure.errorName());
        assertEquals(0, rig.driver.untilPollNanos());
    }
}
