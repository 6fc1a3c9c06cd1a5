// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static io.millrace.epoll.EpollFixture.NO_LIMIT;
import static io.millrace.epoll.EpollFixture.NO_WAIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.epoll.EpollFixture.Pipe;
import io.millrace.posix.NativeMemory;
import io.millrace.spi.Code;
import io.millrace.spi.reactor.Poller;
import io.millrace.testkit.contract.OpenDescriptors;
import io.millrace.testkit.script.Readiness;
import io.millrace.testkit.script.Watched;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What epoll does rarely or on old kernels: each answer given on purpose, some for real. */
@Timeout(120)
class EpollFaultsTest {
    private static final int O_RDONLY = 0;
    private static final int EVENTS = 2;

    private final List<EpollFixture> fixtures = new ArrayList<>();

    @AfterEach
    void close() {
        fixtures.forEach(EpollFixture::close);
    }

    private EpollFixture fixture(boolean edge) throws IoException {
        EpollFixture fixture = new EpollFixture(edge);
        fixtures.add(fixture);
        return fixture;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eintrEndsTheWaitWithoutEvents(boolean edge) throws IoException {
        EpollFixture fixture = fixture(edge);
        fixture.epoll.answer("epoll_wait", Code.INTERRUPTED);
        assertEquals(0, fixture.poller.select(NO_LIMIT, new Readiness()));
        fixture.epoll.answer("epoll_pwait2", Code.INTERRUPTED);
        assertEquals(0, fixture.poller.select(1_000_000_000, new Readiness()));
        assertEquals(1, fixture.epoll.count("epoll_wait"));
    }

    @Test
    void enomemWhenAddingFailsOneSocketAndFreesItsPlace() throws IoException {
        EpollFixture fixture = fixture(false);
        Pipe first = fixture.pipe();
        Pipe second = fixture.pipe();
        fixture.fill(second, 1);
        fixture.epoll.answer("epoll_ctl", Code.NO_MEMORY, Code.NO_SPACE);
        assertEquals(Code.NO_MEMORY, fixture.poller.add(first.reader(), Poller.READ));
        assertEquals(Code.NO_SPACE, fixture.poller.add(first.reader(), Poller.READ));
        assertEquals(Code.OK, fixture.poller.add(second.reader(), Poller.READ));
        assertEquals(0, second.reader().slot);
        assertEquals(Poller.READ, fixture.select(NO_LIMIT).of(second.reader()));
    }

    @Test
    void emfileWhenOpeningLeavesNothingOpen() throws IOException {
        EpollFixture fixture = fixture(false);
        OpenDescriptors before = OpenDescriptors.ofLoops();
        fixture.epoll.answer("epoll_create1", Code.TOO_MANY_FILES);
        int closed = fixture.kernel.count("close");
        IoException failure = assertThrows(IoException.class, () -> fixture.open(false));
        assertEquals(Code.TOO_MANY_FILES, failure.code());
        assertEquals(closed + 1, fixture.kernel.count("close"), "the wake-up was closed");
        assertTrue(OpenDescriptors.ofLoops().count() < before.count(), "one was closed");
    }

    @Test
    void enospcForTheWakeupLeavesNothingOpen() throws IOException {
        EpollFixture fixture = fixture(false);
        OpenDescriptors before = OpenDescriptors.ofLoops();
        fixture.epoll.answer("epoll_ctl", Code.NO_SPACE);
        assertThrows(IoException.class, () -> fixture.open(true));
        assertTrue(OpenDescriptors.ofLoops().count() < before.count(), "one was closed");
    }

    @Test
    void aClosedEpollDescriptorIsTold() throws IoException {
        EpollFixture fixture = fixture(false);
        fixture.epoll.always(
                "epoll_wait", (kernel, arguments) -> kernel.epoll_wait(-1, 0, EVENTS, 0));
        IoException failure = assertThrows(IoException.class, () -> fixture.select(NO_LIMIT));
        assertEquals(Code.BAD_DESCRIPTOR, failure.code());
        assertEquals("epoll_wait", failure.operation());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void epollOnARegularFileIsRefused(boolean edge, @TempDir Path directory) throws IOException {
        EpollFixture fixture = fixture(edge);
        Path path = Files.createFile(directory.resolve("file"));
        NativeMemory name = NativeMemory.allocate(1024);
        name.putBytes(0, path.toString().getBytes(StandardCharsets.US_ASCII));
        Watched file = new Watched(fixture.real.open(name, O_RDONLY));
        assertEquals(Code.NOT_PERMITTED, fixture.poller.add(file, Poller.READ));
        fixture.real.close(file.descriptor());
    }

    /** The counter is full for real: one more signal would block, and must wake all the same. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wakeupCounterOverflowStillWakes(boolean edge) throws IoException {
        EpollFixture fixture = fixture(edge);
        fixture.poller.wakeup();
        fixture.poller.select(NO_LIMIT, new Readiness());
        NativeMemory nearlyFull = NativeMemory.allocate(8);
        nearlyFull.putLong(0, -3L);
        int eventfd = fixture.wakeup.descriptor();
        assertEquals(8, fixture.real.write(eventfd, nearlyFull.address(), 8));
        fixture.poller.select(NO_LIMIT, new Readiness());
        fixture.poller.wakeup();
        assertEquals(1, fixture.poller.select(NO_LIMIT, new Readiness()));
        fixture.poller.wakeup();
        assertEquals(1, fixture.poller.select(NO_LIMIT, new Readiness()));
        assertTrue(fixture.kernel.count("read") > 0, "the full counter was emptied");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theWakeupIsNeverRead(boolean edge) throws IoException {
        EpollFixture fixture = fixture(edge);
        for (int i = 0; i < 100; i++) {
            fixture.poller.wakeup();
            assertEquals(1, fixture.poller.select(NO_LIMIT, new Readiness()));
            assertEquals(0, fixture.poller.select(NO_WAIT, new Readiness()));
        }
        assertEquals(0, fixture.kernel.count("read"));
    }

    @Test
    void wakeupAfterCloseTouchesNobodysDescriptor() throws IoException {
        EpollFixture fixture = fixture(false);
        fixture.poller.close();
        int written = fixture.kernel.count("write");
        fixture.poller.wakeup();
        assertEquals(written, fixture.kernel.count("write"));
    }

    /**
     * Two sockets are in one batch; the first one's handler closes the second and opens a third,
     * which gets the second's descriptor and place. The second's event must reach nobody.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fdNumberReuseWithinOneBatchReachesNobody(boolean edge) throws IoException {
        EpollFixture fixture = fixture(edge);
        Pipe victim = fixture.pipe();
        fixture.poller.add(victim.reader(), Poller.READ);
        fixture.fill(victim, 1);
        Watched successor = new Watched(victim.reader().descriptor());
        int place = victim.reader().slot;
        fixture.epoll.intercept(
                "epoll_wait",
                (kernel, arguments) -> {
                    int count =
                            kernel.epoll_wait(
                                    (int) arguments[0],
                                    (long) arguments[1],
                                    (int) arguments[2],
                                    (int) arguments[3]);
                    fixture.poller.remove(victim.reader());
                    fixture.empty(victim);
                    assertEquals(Code.OK, fixture.poller.add(successor, Poller.READ));
                    return count;
                });
        Readiness readiness = new Readiness();
        assertEquals(1, fixture.poller.select(NO_LIMIT, readiness), "the kernel had an event");
        assertEquals(place, successor.slot, "same place");
        assertEquals(0, readiness.size(), "but it was for somebody gone");
        fixture.fill(victim, 1);
        assertEquals(Poller.READ, fixture.select(NO_LIMIT).of(successor));
    }

    @ParameterizedTest
    @CsvSource({"-38", "-1"})
    void epollPwait2MissingOrForbiddenFallsBackToMillisecondsRoundedUp(int refusal)
            throws IoException {
        EpollFixture fixture = fixture(false);
        fixture.epoll.answer("epoll_pwait2", refusal);
        List<Object> timeouts = new ArrayList<>();
        fixture.epoll.always(
                "epoll_wait",
                (kernel, arguments) -> {
                    timeouts.add(arguments[3]);
                    return 0;
                });
        fixture.select(1_500_000);
        fixture.select(2_000_001);
        fixture.select(NO_WAIT);
        fixture.select(NO_LIMIT);
        assertEquals(List.of(2, 3, 0, -1), timeouts);
        assertEquals(1, fixture.epoll.count("epoll_pwait2"), "and is not asked again");
    }

    @Test
    void timedWaitsTakeNanosecondsWhereTheKernelDoes() throws IoException {
        EpollFixture fixture = fixture(false);
        List<Long> timeouts = new ArrayList<>();
        fixture.epoll.always(
                "epoll_pwait2",
                (kernel, arguments) -> {
                    NativeMemory timespec = NativeMemory.at((long) arguments[3], 16);
                    timeouts.add(timespec.getLong(0));
                    timeouts.add(timespec.getLong(8));
                    return 0;
                });
        fixture.select(1);
        fixture.select(3_000_000_017L);
        fixture.select(Long.MAX_VALUE);
        assertEquals(List.of(0L, 1L, 3L, 17L, 86_399L, 0L), timeouts);
        assertEquals(0, fixture.epoll.count("epoll_wait"));
    }

    @Test
    void aTimedWaitIsNotCutShort() throws IoException {
        EpollFixture fixture = fixture(false);
        long begun = System.nanoTime();
        fixture.select(1_500_001);
        assertTrue(System.nanoTime() - begun >= 1_500_001);
    }
}
