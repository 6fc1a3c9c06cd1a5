// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.posix.LibcSystemCalls;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Platform;
import io.millrace.posix.SystemCalls;
import io.millrace.posix.Timespec;
import io.millrace.spi.Code;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The waits, by both ways into the kernel: every argument matters to what they answer. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "epoll is Linux's")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // a wait ignores interrupts
class EpollCallsTest {
    private static final int ADD = 1;
    private static final long WORD = 0x1234_5678_9abc_def0L;

    private final SystemCalls systemCalls = LibcSystemCalls.throughLibc();
    private final EpollEvents events = new EpollEvents(Platform.current().processor());

    static List<EpollCalls> bothWays() {
        return List.of(LibcEpollCalls.instance(), new LibcEpollCalls());
    }

    @ParameterizedTest
    @MethodSource("bothWays")
    void aReadyDescriptorIsReportedToBothWaits(EpollCalls calls) {
        int epoll = calls.epoll_create1(0);
        int counter = systemCalls.eventfd(1, 0);
        assertEquals(0, calls.epoll_ctl(epoll, ADD, counter, events.change(EpollEvents.IN, WORD)));

        assertEquals(1, calls.epoll_wait(epoll, events.address(), 32, -1));
        assertEquals(WORD, events.data(0));
        assertEquals(EpollEvents.IN, events.mask(0));
        Timespec second = new Timespec();
        assertEquals(1, calls.epoll_pwait2(epoll, events.address(), 32, second.set(1), 0));
        assertEquals(WORD, events.data(0));
        systemCalls.close(counter);
        systemCalls.close(epoll);
    }

    @ParameterizedTest
    @MethodSource("bothWays")
    void withNothingReadyTheTimeoutEndsTheWait(EpollCalls calls) {
        int epoll = calls.epoll_create1(0);
        assertEquals(0, calls.epoll_wait(epoll, events.address(), 32, 1));
        assertEquals(
                0,
                calls.epoll_pwait2(epoll, events.address(), 32, new Timespec().set(1_000_000), 0));
        systemCalls.close(epoll);
    }

    @ParameterizedTest
    @MethodSource("bothWays")
    void aFailureIsACode(EpollCalls calls) {
        assertEquals(Code.BAD_DESCRIPTOR, calls.epoll_wait(-1, events.address(), 32, 0));
        int epoll = calls.epoll_create1(0);
        assertEquals(Code.INVALID_ARGUMENT, calls.epoll_wait(epoll, events.address(), 0, 0));
        NativeMemory bad = NativeMemory.allocate(16);
        bad.putLong(0, -1);
        assertEquals(
                Code.INVALID_ARGUMENT,
                calls.epoll_pwait2(epoll, events.address(), 32, bad.address(), 0));
        systemCalls.close(epoll);
    }
}
