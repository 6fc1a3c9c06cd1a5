// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import static io.millrace.kqueue.PollerFixture.NO_WAIT;
import static io.millrace.kqueue.PollerFixture.PATIENTLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.millrace.IoException;
import io.millrace.kqueue.Connections.Pair;
import io.millrace.spi.Code;
import io.millrace.spi.reactor.Pollable;
import io.millrace.spi.reactor.Poller;
import io.millrace.testkit.script.Readiness;
import io.millrace.testkit.script.Watched;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What the poller tells the kernel and hears from it, with every record layout. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the double is made of epoll")
@Timeout(120)
@ParameterizedClass
@EnumSource(
        value = KqueueAbi.class,
        names = {"MACOS", "FREEBSD", "NETBSD", "NETBSD11"})
class KqueuePollerTest {
    @Parameter KqueueAbi abi;

    private PollerFixture fixture;
    private KqueuePoller poller;

    @BeforeEach
    void open() throws IoException {
        fixture = new PollerFixture(abi);
        poller = fixture.poller;
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void readinessIsReportedAsLongAsItLasts() throws IoException {
        Pair pair = fixture.connect();
        assertFalse(poller.edgeTriggered());
        assertEquals(Code.OK, poller.add(pair.local(), Poller.READ));
        assertEquals(0, fixture.select(NO_WAIT).size());
        fixture.send(pair.peer(), 2);
        assertEquals(Poller.READ, fixture.select(PATIENTLY).of(pair.local()));
        assertEquals(Poller.READ, fixture.select(PATIENTLY).of(pair.local()));
        fixture.receive(pair.local());
        assertEquals(0, fixture.select(NO_WAIT).size());
    }

    @Test
    void additionsAndChangesRideAlongWithTheWait() throws IoException {
        Pair pair = fixture.connect();
        int before = fixture.kernel.count("kevent");
        long counted = fixture.context.systemCalls();
        int fd = pair.local().descriptor();
        poller.add(pair.local(), Poller.READ);
        poller.modify(pair.local(), Poller.READ | Poller.WRITE);
        poller.modify(pair.local(), Poller.WRITE);
        assertEquals(List.of(), fixture.submissions);
        assertEquals(Poller.WRITE, fixture.select(PATIENTLY).of(pair.local()));
        fixture.select(PATIENTLY);
        String expected = "add %d R, add %d W, delete %d R".formatted(fd, fd, fd);
        assertEquals(List.of(expected), fixture.submissions, "and only once");
        assertEquals(before + 2, fixture.kernel.count("kevent"));
        assertEquals(counted + 2, fixture.context.systemCalls(), "and the loop's metric says so");
    }

    @Test
    void nothingIsAddedTwiceOrDeletedUnregistered() throws IoException {
        Pair pair = fixture.connect();
        int fd = pair.local().descriptor();
        poller.add(pair.local(), Poller.READ | Poller.WRITE);
        poller.modify(pair.local(), Poller.READ | Poller.WRITE);
        fixture.select(PATIENTLY);
        poller.modify(pair.local(), Poller.READ);
        poller.remove(pair.local());
        assertEquals(
                List.of(
                        "add %d R, add %d W".formatted(fd, fd),
                        "delete %d W, delete %d R".formatted(fd, fd)),
                fixture.submissions);
    }

    /** The caller may close the descriptor as soon as remove is back. */
    @Test
    void aRemovalIsSubmittedAtOnceWithWhateverCameBefore() throws IoException {
        Pair first = fixture.connect();
        Pair second = fixture.connect();
        fixture.send(first.peer(), 1);
        fixture.send(second.peer(), 1);
        poller.add(first.local(), Poller.READ);
        poller.add(second.local(), Poller.READ);
        assertEquals(Code.OK, poller.remove(first.local()));
        assertEquals(1, fixture.submissions.size());
        Readiness readiness = fixture.select(NO_WAIT);
        assertEquals(1, readiness.size());
        assertEquals(Poller.READ, readiness.of(second.local()));
        poller.add(first.local(), Poller.READ);
        assertEquals(Poller.READ, fixture.select(NO_WAIT).of(first.local()));
    }

    @Test
    void bothFiltersOfASocketMakeOneReadiness() throws IoException {
        Pair pair = fixture.connect();
        fixture.send(pair.peer(), 1);
        poller.add(pair.local(), Poller.READ | Poller.WRITE);
        assertEquals(Poller.READ | Poller.WRITE, fixture.select(PATIENTLY).of(pair.local()));
    }

    @Test
    void aPeersEndIsAHintToReadOn() throws IoException {
        Pair pair = fixture.connect();
        fixture.send(pair.peer(), 1);
        pair.peer().shutdownOutput();
        poller.add(pair.local(), Poller.READ);
        assertEquals(Poller.READ | Poller.HANGUP, fixture.select(PATIENTLY).of(pair.local()));
        assertEquals(1, fixture.receive(pair.local()), "there were bytes before the end");
        assertEquals(Code.OK, pair.local().takenError);
    }

    /** It says nothing about the bytes that the peer has sent before. */
    @Test
    void aPeerThatIsGoneWhileWritingIsNoHintToRead() throws IoException {
        Pair pair = fixture.connect();
        poller.add(pair.local(), Poller.WRITE);
        Connections.reset(pair.peer());
        assertEquals(Poller.WRITE, fixture.select(PATIENTLY).of(pair.local()));
        assertEquals(Code.RESET, pair.local().takenError);
    }

    /** Writing is going to fail, and who is told so may close the stream with the bytes in it. */
    @Test
    void readComesBeforeWriteThoughItsEventFoundNoPlace() throws IoException {
        Pair pair = fixture.connect();
        poller.add(pair.local(), Poller.READ | Poller.WRITE);
        Connections.reset(pair.peer());
        fixture.kernel.intercept(
                "kevent", (real, arguments) -> fixture.keventOnly(abi.filterWrite, arguments));
        assertEquals(Poller.READ | Poller.WRITE, fixture.select(PATIENTLY).of(pair.local()));
    }

    /** The kernel may have taken the error out of the socket by reporting it. */
    @Test
    void theErrorOfAResetIsHandedOn() throws IoException {
        Pair pair = fixture.connect();
        poller.add(pair.local(), Poller.READ);
        Connections.reset(pair.peer());
        assertEquals(Poller.READ | Poller.HANGUP, fixture.select(PATIENTLY).of(pair.local()));
        assertEquals(Code.RESET, pair.local().takenError, "not in this system's numbering");
        assertEquals(Code.RESET, fixture.receive(pair.local()), "though the socket has it no more");
    }

    @Test
    void eintrEndsTheWaitWithTheChangesApplied() throws IoException {
        Pair pair = fixture.connect();
        fixture.send(pair.peer(), 1);
        poller.add(pair.local(), Poller.READ);
        fixture.kernel.intercept(
                "kevent",
                (real, arguments) -> {
                    arguments[4] = 0;
                    fixture.kevent(arguments);
                    return Code.INTERRUPTED;
                });
        assertEquals(0, poller.select(PATIENTLY, new Readiness()));
        assertEquals(Poller.READ, fixture.select(PATIENTLY).of(pair.local()));
        assertEquals(1, fixture.submissions.size(), "and not applied again");
    }

    /** A thousand sockets have two thousand events; those that find no place come next time. */
    @Test
    void noEventIsLostWhenTheListIsFull() throws IoException {
        List<Pollable> sockets = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            Pair pair = fixture.connect();
            fixture.send(pair.peer(), 1);
            fixture.send(pair.local(), 1);
            sockets.add(pair.local());
            sockets.add(pair.peer());
        }
        for (int i = 0; i < sockets.size(); i += 50) {
            sockets.subList(i, i + 50).forEach(each -> poller.add(each, Poller.READ));
            fixture.select(NO_WAIT);
        }
        sockets.forEach(each -> poller.modify(each, Poller.READ | Poller.WRITE));
        Readiness all = new Readiness();
        for (int i = 0; i < 20; i++) {
            poller.select(NO_WAIT, all);
        }
        for (Pollable socket : sockets) {
            assertEquals(Poller.READ | Poller.WRITE, all.of(socket));
        }
        assertEquals(2_000, poller.select(NO_WAIT, all), "by now the list has grown");
    }

    /**
     * Two sockets are in one batch; the first one's handler closes the second and opens a third,
     * which gets the second's descriptor and place. The second's event must reach nobody.
     */
    @Test
    void fdNumberReuseWithinOneBatchReachesNobody() throws IoException {
        Pair pair = fixture.connect();
        poller.add(pair.local(), Poller.READ);
        fixture.send(pair.peer(), 1);
        Watched successor = new Watched(pair.local().descriptor());
        int place = pair.local().slot;
        fixture.kernel.intercept(
                "kevent",
                (real, arguments) -> {
                    int count = fixture.kevent(arguments);
                    poller.remove(pair.local());
                    poller.add(successor, Poller.READ);
                    return count;
                });
        Readiness readiness = new Readiness();
        assertEquals(1, poller.select(PATIENTLY, readiness), "the kernel had an event");
        assertEquals(place, successor.slot, "same place");
        assertEquals(0, readiness.size(), "but it was for somebody gone");
        assertEquals(Poller.READ, fixture.select(PATIENTLY).of(successor));
    }

    @Test
    void aWakeupEndsTheWaitOfAnotherThread() throws Exception {
        Thread waker = new Thread(poller::wakeup);
        waker.start();
        assertEquals(0, fixture.select(PATIENTLY).size());
        waker.join();
    }

    @Test
    void anyNumberOfWakeupsEndsOneWait() throws IoException {
        poller.wakeup();
        poller.wakeup();
        assertEquals(1, poller.select(PATIENTLY, new Readiness()));
        assertEquals(0, poller.select(NO_WAIT, new Readiness()));
    }

    @Test
    void aWakeupInterruptedByASignalIsRepeated() throws IoException {
        fixture.kernel.answer("kevent", Code.INTERRUPTED);
        poller.wakeup();
        assertEquals(1, poller.select(NO_WAIT, new Readiness()));
    }

    @Test
    void wakeupAfterCloseTouchesNobodysQueue() {
        poller.close();
        int before = fixture.kernel.count("kevent");
        poller.wakeup();
        poller.close();
        assertEquals(before, fixture.kernel.count("kevent"));
        assertEquals(1, fixture.kernel.count("close"));
    }
}
