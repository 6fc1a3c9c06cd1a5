// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import static io.millrace.kqueue.PollerFixture.NO_WAIT;
import static io.millrace.kqueue.PollerFixture.PATIENTLY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.IoException;
import io.millrace.kqueue.Connections.Pair;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Registrations;
import io.millrace.spi.Code;
import io.millrace.spi.reactor.Pollable;
import io.millrace.spi.reactor.Poller;
import io.millrace.spi.reactor.RawStream;
import io.millrace.testkit.script.Readiness;
import io.millrace.testkit.script.Watched;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What fails: a change, the wait, the queue itself. On macOS a receipt keeps the flags of the
 * change, on FreeBSD it does not, and libkqueue tells of failures only by receipts.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the double is made of epoll")
@Timeout(120)
@ParameterizedClass
@EnumSource(
        value = KqueueAbi.class,
        names = {"MACOS", "FREEBSD", "LIBKQUEUE"})
class KqueueFaultsTest {
    /** No test opens so many. */
    private static final int CLOSED_FD = 60_000;

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
    void anAdditionThatFailsRefusesOneSocket() throws IoException {
        Pair pair = fixture.connect();
        Watched broken = new Watched(CLOSED_FD);
        assertEquals(Code.OK, poller.add(broken, Poller.READ | Poller.WRITE), "so far");
        poller.add(pair.local(), Poller.WRITE);
        Readiness readiness = fixture.select(PATIENTLY);
        assertEquals("EBADF", readiness.refusal(broken), "once");
        assertEquals(0, readiness.of(broken));
        assertEquals(-1, broken.slot, "it counts as removed");
        assertEquals(Poller.WRITE, fixture.select(PATIENTLY).of(pair.local()));
        assertEquals(1, fixture.select(PATIENTLY).size(), "and is not told again");
    }

    @Test
    void aRefusedSocketIsNotWatchedByHalf() throws IoException {
        Pair pair = fixture.connect();
        RawStream socket = pair.local();
        poller.add(socket, Poller.WRITE);
        fixture.select(PATIENTLY);
        fixture.kernel.intercept(
                "kevent",
                (real, arguments) -> failOnly(socket, abi.filterRead, Code.NO_MEMORY, arguments));
        poller.modify(socket, Poller.READ | Poller.WRITE);
        assertEquals("ENOMEM", fixture.select(PATIENTLY).refusal(socket));
        assertEquals(0, fixture.select(NO_WAIT).size());
        poller.add(socket, Poller.WRITE);
        assertEquals(Poller.WRITE, fixture.select(PATIENTLY).of(socket));
    }

    /** Answers as the kernel does if it applies nothing but fails this one filter. */
    private int failOnly(Pollable socket, int filter, int code, Object[] arguments) {
        long into = (long) arguments[3];
        Kevents events = new Kevents(abi.layout, NativeMemory.at(into, 4 * abi.layout.bytes));
        long word = Registrations.word(socket);
        events.put(0, socket.descriptor(), filter, KeventFlag.ERROR, word);
        events.putData(0, new SocketFacts(fixture.emulated.errors()).platformErrno(code));
        return 1;
    }

    @Test
    void aFailureFoundByARemovalIsToldByTheNextWaitWithoutWaiting() throws IoException {
        Pair pair = fixture.connect();
        Watched broken = new Watched(CLOSED_FD);
        poller.add(broken, Poller.READ);
        poller.add(pair.local(), Poller.READ);
        poller.remove(pair.local());
        assertEquals("EBADF", fixture.select(PATIENTLY).refusal(broken));
    }

    @Test
    void aFailureOfSomebodyRemovedMeanwhileIsForgotten() throws IoException {
        Watched broken = new Watched(CLOSED_FD);
        poller.add(broken, Poller.READ);
        poller.remove(broken);
        assertEquals(0, fixture.select(NO_WAIT).size());
    }

    @Test
    void aFailureOfWhatIsNoLongerWantedIsForgotten() throws IoException {
        Pair pair = fixture.connect();
        RawStream socket = pair.local();
        poller.add(socket, Poller.READ | Poller.WRITE);
        fixture.select(PATIENTLY);
        socket.close();
        poller.modify(socket, Poller.WRITE);
        assertEquals("none", fixture.select(NO_WAIT).refusal(socket), "deleting nothing is fine");
        poller.remove(socket);
        assertEquals(0, fixture.select(NO_WAIT).size());
    }

    /** Each failure needs a place in the list, or the first without one would end the call. */
    @Test
    void moreFailuresThanTheListHadPlacesAreAllTold() throws IoException {
        Pair pair = fixture.connect();
        List<Watched> broken = new ArrayList<>();
        IntStream.range(0, 700).forEach(i -> broken.add(new Watched(CLOSED_FD + i)));
        broken.forEach(each -> poller.add(each, Poller.READ));
        poller.add(pair.local(), Poller.WRITE);
        Readiness readiness = fixture.select(PATIENTLY);
        broken.forEach(each -> assertEquals("EBADF", readiness.refusal(each)));
        assertEquals(Poller.WRITE, fixture.select(PATIENTLY).of(pair.local()));
    }

    @Test
    void aWaitThatFailsIsTold() {
        fixture.kernel.answer("kevent", Code.NO_MEMORY);
        IoException failure = assertThrows(IoException.class, () -> fixture.select(PATIENTLY));
        assertEquals(Code.NO_MEMORY, failure.code());
        assertEquals("kevent", failure.operation());
    }

    @Test
    void aRemovalThatCannotBeSubmittedIsDoneWithTheNextWait() throws IoException {
        Pair pair = fixture.connect();
        fixture.send(pair.peer(), 1);
        poller.add(pair.local(), Poller.READ);
        fixture.select(PATIENTLY);
        fixture.kernel.answer("kevent", Code.NO_MEMORY);
        assertEquals(Code.NO_MEMORY, poller.remove(pair.local()));
        assertEquals(0, fixture.select(NO_WAIT).size());
        assertEquals(0, poller.select(NO_WAIT, new Readiness()), "no event at all");
    }

    @Test
    void emfileWhenOpeningIsTold() {
        fixture.kernel.answer("kqueue", Code.TOO_MANY_FILES);
        IoException failure = assertThrows(IoException.class, fixture::open);
        assertEquals(Code.TOO_MANY_FILES, failure.code());
        assertEquals(0, fixture.kernel.count("close"));
    }

    @Test
    void aRefusedUserEventLeavesNothingOpen() {
        fixture.kernel.answer("kevent", Code.INVALID_ARGUMENT);
        IoException failure = assertThrows(IoException.class, fixture::open);
        assertEquals(Code.INVALID_ARGUMENT, failure.code());
        assertEquals(1, fixture.kernel.count("close"));
    }

    @Test
    void waitsAreExactAndEndWithinADay() throws IoException {
        List<Long> timeouts = new ArrayList<>();
        fixture.kernel.always(
                "kevent",
                (real, arguments) -> {
                    long address = (long) arguments[5];
                    if (address == 0) {
                        timeouts.add(-1L);
                    } else {
                        NativeMemory timespec = NativeMemory.at(address, 16);
                        timeouts.add(timespec.getLong(0));
                        timeouts.add(timespec.getLong(8));
                    }
                    return 0;
                });
        fixture.select(-1);
        fixture.select(NO_WAIT);
        fixture.select(3_000_000_017L);
        fixture.select(Long.MAX_VALUE);
        assertEquals(List.of(-1L, 0L, 0L, 3L, 17L, 86_399L, 0L), timeouts);
    }
}
