// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.epoll.EpollFunctions;
import io.millrace.posix.Libc;
import io.millrace.posix.LibcSystemCalls;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Processor;
import io.millrace.spi.Code;

/** One epoll instance, as far as the emulated kqueue needs it. Each socket's data is its number. */
final class Epoll {
    static final int IN = 0x1;
    static final int OUT = 0x4;
    static final int ERR = 0x8;
    static final int HUP = 0x10;
    static final int RDHUP = 0x2000;
    static final int ONESHOT = 1 << 30;
    static final int EDGE = 1 << 31;

    private static final int CTL_ADD = 1;
    private static final int CTL_DEL = 2;
    private static final int CTL_MOD = 3;
    private static final int CLOEXEC = 0x80000;
    private static final int CAPACITY = 4096;

    /** Packed on x86-64 alone. */
    private static final int DATA = Processor.current() == Processor.X86_64 ? 4 : 8;

    private static final int EVENT_BYTES = DATA + Long.BYTES;

    private static final EpollFunctions LIBC = Libc.bind(EpollFunctions.class);

    private final NativeMemory change = NativeMemory.allocate(EVENT_BYTES);
    private final NativeMemory events = NativeMemory.allocate(CAPACITY * EVENT_BYTES);
    private final int fd;

    Epoll() {
        fd = answer(LIBC.epoll_create1(CLOEXEC));
        if (fd < 0) {
            throw new IllegalStateException("epoll_create1: " + Code.name(fd));
        }
    }

    int descriptor() {
        return fd;
    }

    int add(int watched, int mask) {
        return control(CTL_ADD, watched, mask);
    }

    int modify(int watched, int mask) {
        return control(CTL_MOD, watched, mask);
    }

    int delete(int watched) {
        return control(CTL_DEL, watched, 0);
    }

    private int control(int operation, int watched, int mask) {
        change.putInt(0, mask);
        change.putLong(DATA, watched);
        return answer(LIBC.epoll_ctl(fd, operation, watched, change.address()));
    }

    /** How many events there are, at most {@code maximum}, or a code. */
    int await(int maximum, int timeoutMillis) {
        int room = Math.min(maximum, CAPACITY);
        return answer(LIBC.epoll_wait(fd, events.address(), room, timeoutMillis));
    }

    int watched(int index) {
        return (int) events.getLong(index * EVENT_BYTES + DATA);
    }

    int mask(int index) {
        return events.getInt(index * EVENT_BYTES);
    }

    void close() {
        LibcSystemCalls.instance().close(fd);
    }

    private static int answer(int result) {
        return result >= 0 ? result : -Libc.lastError();
    }
}
