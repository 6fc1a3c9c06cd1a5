// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.reactor.Poller;
import io.millrace.testkit.kernel.Interposer;
import io.millrace.testkit.script.Readiness;
import io.millrace.testkit.script.Watched;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What poll and select owe the reactor, on real pipes with a kernel that can be interfered with.
 */
@Timeout(120)
abstract class LevelPollerContract {
    static final long NO_WAIT = 0;
    static final long NO_LIMIT = -1;

    final Interposer<SystemCalls> kernel =
            Interposer.over(SystemCalls.class, LibcSystemCalls.instance());
    final SystemCalls real = LibcSystemCalls.instance();
    final SocketConstants constants = Platform.current().constants();
    private final NativeMemory bytes = NativeMemory.allocate(64);
    private final List<Integer> opened = new ArrayList<>();

    Poller poller;

    abstract Poller open(SystemCalls calls, WakeupDescriptor wakeup);

    /** The name of the call that waits. */
    abstract String waitingCall();

    @BeforeEach
    void openPoller() throws IoException {
        poller = open(kernel.calls(), WakeupDescriptor.open(kernel.calls(), Platform.current()));
    }

    @AfterEach
    void closeEverything() {
        poller.close();
        opened.forEach(real::close);
    }

    /** A pipe: the end to read and the end to write. */
    record Pipe(Watched reader, Watched writer) {}

    Pipe pipe() {
        assertEquals(0, real.pipe2(bytes.address(), constants.openNonblock));
        Pipe pipe = new Pipe(new Watched(bytes.getInt(0)), new Watched(bytes.getInt(4)));
        opened.add(pipe.reader().descriptor());
        opened.add(pipe.writer().descriptor());
        return pipe;
    }

    void fill(Pipe pipe) {
        assertEquals(1, real.write(pipe.writer().descriptor(), bytes.address(), 1));
    }

    void empty(Pipe pipe) {
        assertEquals(1, real.read(pipe.reader().descriptor(), bytes.address(), 1));
    }

    Readiness select(long timeoutNanos) throws IoException {
        Readiness readiness = new Readiness();
        poller.select(timeoutNanos, readiness);
        return readiness;
    }

    @Test
    void readinessIsReportedAsLongAsItLasts() throws IoException {
        Pipe pipe = pipe();
        assertEquals(Code.OK, poller.add(pipe.reader(), Poller.READ));
        assertEquals(0, select(NO_WAIT).size());
        fill(pipe);
        assertEquals(Poller.READ, select(NO_LIMIT).of(pipe.reader()));
        assertEquals(Poller.READ, select(NO_LIMIT).of(pipe.reader()), "level-triggered");
        empty(pipe);
        assertEquals(0, select(NO_WAIT).size());
    }

    @Test
    void onlyWhatIsWantedIsReported() throws IoException {
        Pipe pipe = pipe();
        fill(pipe);
        poller.add(pipe.reader(), Poller.READ);
        poller.add(pipe.writer(), Poller.WRITE);
        assertEquals(Poller.WRITE, select(NO_LIMIT).of(pipe.writer()));
        assertEquals(Code.OK, poller.modify(pipe.writer(), Poller.READ));
        assertEquals(0, select(NO_LIMIT).of(pipe.writer()));
        assertEquals(Code.OK, poller.modify(pipe.writer(), Poller.READ | Poller.WRITE));
        assertEquals(Poller.WRITE, select(NO_LIMIT).of(pipe.writer()));
    }

    @Test
    void whatIsRemovedIsNotReportedAndCanBeAddedAgain() throws IoException {
        Pipe pipe = pipe();
        fill(pipe);
        poller.add(pipe.reader(), Poller.READ);
        poller.remove(pipe.reader());
        assertEquals(0, select(NO_WAIT).size());
        poller.add(pipe.reader(), Poller.READ);
        assertEquals(Poller.READ, select(NO_WAIT).of(pipe.reader()));
    }

    /** Removal moves entries about; nobody else's interest may be lost or reported twice. */
    @Test
    void anyOrderOfAddingAndRemovingKeepsTheOthers() throws IoException {
        List<Pipe> pipes = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            pipes.add(pipe());
            fill(pipes.get(i));
        }
        Random random = new Random(7);
        List<Pipe> watched = new ArrayList<>();
        for (int round = 0; round < 1_000; round++) {
            Pipe pipe = pipes.get(random.nextInt(pipes.size()));
            if (watched.remove(pipe)) {
                poller.remove(pipe.reader());
            } else {
                poller.add(pipe.reader(), Poller.READ);
                watched.add(pipe);
            }
            Readiness readiness = select(NO_WAIT);
            assertEquals(watched.size(), readiness.size());
            for (Pipe one : watched) {
                assertEquals(Poller.READ, readiness.of(one.reader()));
            }
        }
    }

    /** The reactor never does this inside, but a poller must not fall over it. */
    @Test
    void removingWhileOthersAreReportedLosesNobody() throws IoException {
        List<Pipe> pipes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            pipes.add(pipe());
            fill(pipes.get(i));
            poller.add(pipes.get(i).reader(), Poller.READ);
        }
        List<Object> reported = new ArrayList<>();
        poller.select(
                NO_WAIT,
                (pollable, mask) -> {
                    reported.add(pollable);
                    poller.remove(pollable);
                });
        assertEquals(10, reported.size());
        assertEquals(10, reported.stream().distinct().count());
        assertEquals(0, select(NO_WAIT).size());
    }

    @Test
    void aClosedPeerIsReported() throws IoException {
        Pipe pipe = pipe();
        poller.add(pipe.reader(), Poller.READ);
        real.close(pipe.writer().descriptor());
        opened.remove((Integer) pipe.writer().descriptor());
        assertNotEquals(0, select(NO_LIMIT).of(pipe.reader()) & Poller.READ);
    }

    /** The owner's next call gets EBADF; the other descriptors go on. */
    @Test
    void aDescriptorClosedBehindOurBackFailsAlone() throws IoException {
        Pipe healthy = pipe();
        Pipe broken = pipe();
        fill(healthy);
        poller.add(healthy.reader(), Poller.READ);
        poller.add(broken.reader(), Poller.READ);
        real.close(broken.reader().descriptor());
        opened.remove((Integer) broken.reader().descriptor());
        assertEquals(
                Poller.READ | Poller.WRITE | Poller.HANGUP, select(NO_LIMIT).of(broken.reader()));
        poller.remove(broken.reader());
        assertEquals(Poller.READ, select(NO_LIMIT).of(healthy.reader()));
    }

    @Test
    void eintrEndsTheWaitWithoutEvents() throws IoException {
        kernel.answer(waitingCall(), Code.INTERRUPTED);
        assertEquals(0, poller.select(NO_LIMIT, new Readiness()));
    }

    @Test
    void enomemFromTheWaitIsTold() {
        kernel.answer(waitingCall(), Code.NO_MEMORY);
        IoException failure =
                assertThrows(IoException.class, () -> poller.select(NO_LIMIT, new Readiness()));
        assertEquals(Code.NO_MEMORY, failure.code());
        assertEquals(waitingCall(), failure.operation());
    }

    @Test
    void aTimedWaitIsNotCutShort() throws IoException {
        long begun = System.nanoTime();
        select(1_500_001);
        assertTrue(System.nanoTime() - begun >= 1_500_001);
    }

    @Test
    void aWakeupEndsTheWaitOfAnotherThread() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        Thread waker =
                new Thread(
                        () -> {
                            started.countDown();
                            poller.wakeup();
                        });
        waker.start();
        started.await();
        assertEquals(0, select(NO_LIMIT).size());
        waker.join();
    }

    @Test
    void aWakeupBeforeTheWaitEndsItAndIsThenUsedUp() throws IoException {
        poller.wakeup();
        poller.wakeup();
        assertEquals(0, select(NO_LIMIT).size());
        int before = kernel.count("read");
        select(NO_WAIT);
        assertEquals(before, kernel.count("read"), "the second wait was not woken");
    }

    @Test
    void wakeupCounterOverflowStillWakes() throws IoException {
        kernel.answer("write", Code.WOULD_BLOCK);
        poller.wakeup();
        assertEquals(0, select(NO_LIMIT).size());
    }

    @Test
    void wakeupAfterCloseTouchesNobodysDescriptor() {
        poller.close();
        int written = kernel.count("write");
        poller.wakeup();
        assertEquals(written, kernel.count("write"));
        poller.close();
    }

    @Test
    void aThousandWaitsMakeNoSystemCallBesides() throws IoException {
        Pipe pipe = pipe();
        poller.add(pipe.reader(), Poller.READ);
        int before = kernel.count(waitingCall());
        for (int i = 0; i < 1_000; i++) {
            poller.modify(pipe.reader(), i % 2 == 0 ? Poller.WRITE : Poller.READ);
            select(NO_WAIT);
        }
        assertEquals(before + 1_000, kernel.count(waitingCall()));
        assertFalse(poller.edgeTriggered());
    }
}
