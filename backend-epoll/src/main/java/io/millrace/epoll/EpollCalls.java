// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

/**
 * The epoll system calls, under their own names: the seam at which tests play the kernel.
 *
 * <p>Each answers the call's result or a negative {@link io.millrace.spi.Code}, and retries
 * nothing. See epoll(7), epoll_ctl(2) and epoll_wait(2).
 */
interface EpollCalls {
    int epoll_create1(int flags);

    int epoll_ctl(int epoll, int operation, int fd, long event);

    int epoll_wait(int epoll, long events, int maximum, int timeoutMillis);

    /**
     * Waits as long as the timespec at {@code timeout} says. {@link
     * io.millrace.spi.Code#NOT_IMPLEMENTED} where libc or the kernel (before 5.11) lacks it.
     */
    int epoll_pwait2(int epoll, long events, int maximum, long timeout, long signals);
}
