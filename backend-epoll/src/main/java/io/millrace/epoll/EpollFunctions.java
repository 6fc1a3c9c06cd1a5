// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

/** What {@link LibcEpollCalls} binds. Public only because jnr-ffi implements it elsewhere. */
public interface EpollFunctions {
    int epoll_create1(int flags);

    int epoll_ctl(int epoll, int operation, int fd, long event);

    int epoll_wait(int epoll, long events, int maximum, int timeoutMillis);

    int epoll_pwait2(int epoll, long events, int maximum, long timeout, long signals);
}
