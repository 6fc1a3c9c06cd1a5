// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.posix.ErrnoTable;
import io.millrace.posix.KernelEntry;
import io.millrace.posix.Libc;
import io.millrace.posix.Platform;
import io.millrace.spi.Code;

/** {@link EpollCalls} as the kernel answers them. Remembers nothing; one serves the process. */
class LibcEpollCalls implements EpollCalls {
    private static final class Instance {
        static final LibcEpollCalls ONLY =
                KernelEntry.unusableReason() == null
                        ? new DirectEpollCalls()
                        : new LibcEpollCalls();
    }

    private final EpollFunctions libc = Libc.bind(EpollFunctions.class);
    private final ErrnoTable errors = Platform.current().errors();
    private final boolean hasPwait2 = Libc.functionAddress("epoll_pwait2") != 0;

    /** The process's; only after {@link Libc#unusableReason} returned null. */
    static LibcEpollCalls instance() {
        return Instance.ONLY;
    }

    @Override
    public int epoll_create1(int flags) {
        return answer(libc.epoll_create1(flags));
    }

    @Override
    public int epoll_ctl(int epoll, int operation, int fd, long event) {
        return answer(libc.epoll_ctl(epoll, operation, fd, event));
    }

    @Override
    public int epoll_wait(int epoll, long events, int maximum, int timeoutMillis) {
        return answer(libc.epoll_wait(epoll, events, maximum, timeoutMillis));
    }

    @Override
    public int epoll_pwait2(int epoll, long events, int maximum, long timeout, long signals) {
        return hasPwait2
                ? answer(libc.epoll_pwait2(epoll, events, maximum, timeout, signals))
                : Code.NOT_IMPLEMENTED;
    }

    private int answer(int result) {
        return result >= 0 ? result : errors.code(Libc.lastError());
    }
}
