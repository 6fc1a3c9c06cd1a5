// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.WatchPort;
import io.millrace.spi.WatchSink;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Watches over a poller that the test plays: what it is told, and what becomes of its answers. */
class WatchTest {
    private static final long LOOK_NANOS = 10_000_000;
    private static final int DESCRIPTOR = 7;

    /** Writes down what it is told, and does something then. */
    private static final class Sink implements WatchSink {
        private final List<String> log;
        Runnable action = () -> {};

        Sink(Reactor reactor) {
            log = reactor.log;
        }

        @Override
        public void onReady(int events) {
            log.add("ready " + events);
            action.run();
        }

        @Override
        public void onFailed(int code) {
            log.add("failed " + Code.name(code));
        }

        @Override
        public void onClosed() {
            log.add("closed");
        }
    }

    private final Reactor reactor = Reactor.level();
    private final Sink sink = new Sink(reactor);

    private WatchPort open() {
        return open(reactor, sink);
    }

    private static WatchPort open(Reactor reactor, Sink sink) {
        reactor.sockets.nextName = "w";
        try {
            return reactor.driver.watches().watch(DESCRIPTOR, sink);
        } catch (IoException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** One that the poller knows of, with everything up to there forgotten. */
    private WatchPort awaiting(int events) {
        WatchPort watch = open();
        watch.await(events);
        reactor.poll();
        reactor.log.clear();
        return watch;
    }

    private void report(int mask) {
        reactor.poller.reportWatch(reactor.sockets.lastWatch, mask);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void thePollerIsToldBeforeTheWaitWhateverItsTrigger(boolean edge) {
        Reactor other = new Reactor(edge);
        WatchPort watch = open(other, new Sink(other));
        other.expect();
        watch.await(Poller.READ);
        other.poll();
        watch.await(Poller.READ | Poller.PRIORITY);
        other.poll();
        watch.await(0);
        other.poll();
        other.poll();
        other.expect("add w R", "wait", "modify w RP", "wait", "remove w", "wait", "wait");
    }

    @ParameterizedTest
    @CsvSource({
        // READ, WRITE, HANGUP, PRIORITY and ERROR are 1, 2, 4, 8 and 16
        "1, 1, 1",
        "3, 1, 1",
        "1, 2, 0",
        "16, 1, 1",
        "16, 3, 3",
        "16, 7, 7",
        "16, 4, 4",
        "16, 8, 4",
        "24, 8, 8",
        "16, 9, 1",
        "4, 1, 0",
        "13, 12, 12"
    })
    void whatIsToldIsWhatIsAwaitedAndAnErrorWhateverIs(int mask, int awaited, int told) {
        assertEquals(told, ReactorWatch.events(mask, awaited));
    }

    @Test
    void afterItsCallbackItIsLookedAt() {
        awaiting(Poller.READ);
        report(Poller.READ);
        reactor.poll();
        reactor.expect("wait", "ready 1", "look w R");
    }

    @Test
    void twoReportsInOnePollAreOneCallback() {
        awaiting(Poller.READ | Poller.WRITE);
        report(Poller.READ);
        report(Poller.WRITE);
        reactor.poll();
        reactor.expect("wait", "ready 3", "look w RW");
    }

    @Test
    void whatWasFetchedIsNotToldAfterAStopOrAClose() {
        WatchPort first = awaiting(Poller.READ);
        RawWatch raw = reactor.sockets.lastWatch;
        report(Poller.READ);
        reactor.poller.reportWatch(raw, Poller.READ);
        sink.action = () -> first.await(0);
        reactor.poll();
        reactor.expect("wait", "ready 1", "look w R");
        reactor.poll();
        reactor.expect("remove w", "wait");
    }

    @Test
    void aCloseRemovesItAtOnceAndIsReportedByThePoll() {
        WatchPort watch = awaiting(Poller.READ);
        watch.close();
        watch.close();
        reactor.expect("remove w");
        report(Poller.READ);
        assertEquals(0, reactor.driver.untilPollNanos());
        reactor.poll();
        reactor.expect("wait 0", "settle", "closed");
        assertEquals(-1, reactor.driver.untilPollNanos());
    }

    @Test
    void whatThePollerRefusesIsToldOnce() {
        WatchPort watch = open();
        reactor.poller.answer = Code.NO_MEMORY;
        watch.await(Poller.READ);
        reactor.poll();
        reactor.poll();
        reactor.expect("add w R", "wait 0", "failed ENOMEM", "wait");
        reactor.poller.answer = Code.OK;
        watch.await(Poller.READ);
        reactor.poll();
        reactor.expect("add w R", "wait");
    }

    @Test
    void whatThePollerRefusesLaterIsToldOnceAndNotRemovedAgain() {
        WatchPort watch = awaiting(Poller.READ);
        reactor.poller.refuse(reactor.sockets.lastWatch, Code.BAD_DESCRIPTOR);
        reactor.poll();
        reactor.expect("wait", "failed EBADF");
        watch.close();
        reactor.poll();
        reactor.expect("wait 0", "settle", "closed");
    }

    @Test
    void aDescriptorThatThePollerKnowsToBeClosedIsToldOnce() {
        awaiting(Poller.READ);
        report(Poller.CLOSED | Poller.READ);
        reactor.poll();
        reactor.expect("wait", "remove w", "failed EBADF");
        report(Poller.CLOSED);
        reactor.poll();
        reactor.expect("wait");
    }

    @ParameterizedTest
    @ValueSource(ints = {Code.BAD_DESCRIPTOR, Code.NO_SUCH_FILE})
    void oneThatWasClosedInSilenceIsFoundNowAndThen(int answer) {
        awaiting(Poller.READ);
        reactor.poll();
        reactor.expect("wait");
        reactor.poller.lookAnswer = answer;
        reactor.time += LOOK_NANOS;
        reactor.poll();
        reactor.expect("wait", "look w R", "remove w", "failed EBADF");
        reactor.time += LOOK_NANOS;
        reactor.poll();
        reactor.expect("wait");
    }

    @Test
    void ofManyAFewAreLookedAtAtATimeAndInTheEndAll() {
        for (int i = 0; i < 12; i++) {
            open().await(Poller.READ);
        }
        reactor.poll();
        reactor.log.clear();
        reactor.time += LOOK_NANOS;
        reactor.poll();
        assertEquals(8, reactor.log.stream().filter("look w R"::equals).count());
        reactor.time += LOOK_NANOS;
        reactor.poll();
        assertEquals(16, reactor.log.stream().filter("look w R"::equals).count());
    }

    @Test
    void aNumberThatASocketGetsIsNotThatOfAWatchAnyMore() {
        WatchPort watch = awaiting(Poller.READ);
        reactor.driver.watches.numberIsGiven(DESCRIPTOR + 1);
        reactor.expect();
        reactor.driver.watches.numberIsGiven(DESCRIPTOR);
        reactor.expect("remove w");
        reactor.poll();
        reactor.expect("wait 0", "failed EBADF");
        watch.close();
        reactor.expect();
    }

    @Test
    void whatFailsInsideEndsThatWatchAlone() {
        reactor.failures = new ArrayList<>();
        awaiting(Poller.READ);
        report(Poller.READ);
        sink.action =
                () -> {
                    throw new OutOfMemoryError("on purpose");
                };
        reactor.poll();
        reactor.expect("wait", "ready 1", "remove w", "failed ENOMEM");
        assertEquals(1, reactor.failures.size());
    }
}
