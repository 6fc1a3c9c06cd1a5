// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static io.millrace.epoll.EpollFixture.NO_LIMIT;
import static io.millrace.epoll.EpollFixture.NO_WAIT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.millrace.IoException;
import io.millrace.epoll.EpollFixture.Pipe;
import io.millrace.spi.Code;
import io.millrace.spi.reactor.Poller;
import io.millrace.testkit.script.Readiness;
import io.millrace.testkit.script.Watched;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Level-triggered epoll on real pipes. */
@Timeout(120)
class EpollPollerTest {
    private EpollFixture fixture;

    @BeforeEach
    void open() throws IoException {
        fixture = new EpollFixture(false);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void readinessIsReportedAsLongAsItLasts() throws IoException {
        Pipe pipe = fixture.pipe();
        assertEquals(Code.OK, fixture.poller.add(pipe.reader(), Poller.READ));
        assertEquals(0, fixture.select(NO_WAIT).size());
        fixture.fill(pipe, 2);
        assertEquals(Poller.READ, fixture.select(NO_LIMIT).of(pipe.reader()));
        assertEquals(Poller.READ, fixture.select(NO_LIMIT).of(pipe.reader()));
        fixture.empty(pipe);
        assertEquals(0, fixture.select(NO_WAIT).size());
    }

    @Test
    void onlyWhatIsWantedIsReported() throws IoException {
        Pipe pipe = fixture.pipe();
        fixture.poller.add(pipe.writer(), Poller.READ);
        assertEquals(0, fixture.select(NO_WAIT).size());
        assertEquals(Code.OK, fixture.poller.modify(pipe.writer(), Poller.WRITE));
        assertEquals(Poller.WRITE, fixture.select(NO_LIMIT).of(pipe.writer()));
    }

    @Test
    void eachChangeIsOneEpollCtlAndEachWaitOneCall() throws IoException {
        Pipe pipe = fixture.pipe();
        int ctl = fixture.epoll.count("epoll_ctl");
        long counted = fixture.context.systemCalls();
        fixture.poller.add(pipe.reader(), Poller.READ);
        fixture.poller.modify(pipe.reader(), Poller.READ | Poller.WRITE);
        fixture.select(NO_WAIT);
        fixture.poller.remove(pipe.reader());
        assertEquals(ctl + 3, fixture.epoll.count("epoll_ctl"));
        assertEquals(1, fixture.epoll.count("epoll_wait"));
        assertEquals(counted + 4, fixture.context.systemCalls(), "and the loop's metric says so");
    }

    @Test
    void aHangUpIsReportedWithWhateverCanFindItOut() throws IoException {
        Pipe pipe = fixture.pipe();
        fixture.poller.add(pipe.reader(), Poller.READ);
        fixture.closeDescriptor(pipe.writer());
        assertEquals(
                Poller.READ | Poller.WRITE | Poller.HANGUP,
                fixture.select(NO_LIMIT).of(pipe.reader()));
    }

    /** A thousand at once do not fit into the first wait; the rest comes with the next ones. */
    @Test
    void noEventIsLostWhenTheListIsFull() throws IoException {
        List<Pipe> pipes = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Pipe pipe = fixture.pipe();
            fixture.fill(pipe, 1);
            fixture.poller.add(pipe.reader(), Poller.READ);
            pipes.add(pipe);
        }
        Readiness readiness = new Readiness();
        while (readiness.size() < pipes.size()) {
            fixture.poller.select(NO_WAIT, readiness);
        }
        assertEquals(EpollEvents.CAPACITY, fixture.select(NO_WAIT).size());
    }

    /**
     * A duplicate keeps the registration alive in the kernel after close; we must have ended it.
     */
    @Test
    void aDuplicatedDescriptorDoesNotHauntTheLoop() throws IoException {
        Pipe pipe = fixture.pipe();
        int copy = Duplicates.of(pipe.reader().descriptor());
        fixture.poller.add(pipe.reader(), Poller.READ);
        fixture.poller.remove(pipe.reader());
        fixture.closeDescriptor(pipe.reader());
        fixture.fill(pipe, 1);
        fixture.poller.select(NO_WAIT, (pollable, mask) -> {});
        assertEquals(0, fixture.poller.select(NO_WAIT, new Readiness()), "no event at all");
        fixture.real.close(copy);
    }

    @Test
    void theSameDescriptorTwiceIsRefusedAndTakesNoPlace() throws IoException {
        Pipe pipe = fixture.pipe();
        fixture.fill(pipe, 1);
        fixture.poller.add(pipe.reader(), Poller.READ);
        Watched twin = new Watched(pipe.reader().descriptor());
        assertEquals(Code.EXISTS, fixture.poller.add(twin, Poller.READ));
        assertEquals(-1, twin.slot);
        assertNotEquals(0, fixture.select(NO_LIMIT).of(pipe.reader()));
    }
}
