// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.posix.KernelEntry;

/** {@link LibcEpollCalls}, of which the waits do without libc. */
final class DirectEpollCalls extends LibcEpollCalls {
    private static final int EPOLL_WAIT = 232;
    private static final int EPOLL_PWAIT2 = 441;

    /** Of a set of signals, as the kernel wants it to be told even where there is none. */
    private static final int SIGNALS_BYTES = 8;

    @Override
    public int epoll_wait(int epoll, long events, int maximum, int timeoutMillis) {
        return (int) KernelEntry.call(EPOLL_WAIT, epoll, events, maximum, timeoutMillis, 0, 0);
    }

    @Override
    public int epoll_pwait2(int epoll, long events, int maximum, long timeout, long signals) {
        return (int)
                KernelEntry.call(
                        EPOLL_PWAIT2, epoll, events, maximum, timeout, signals, SIGNALS_BYTES);
    }
}
