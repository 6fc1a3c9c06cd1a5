// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import jnr.ffi.annotations.Variadic;

/**
 * The C library functions behind terminals. Public only because jnr-ffi implements it from another
 * class loader.
 */
public interface TerminalFunctions {
    int tcgetattr(int fd, long mode);

    int tcsetattr(int fd, int when, long mode);

    void cfmakeraw(long mode);

    /** The process group that is in front, or -1. */
    int tcgetpgrp(int fd);

    int getpgrp();

    int sigemptyset(long set);

    int sigaddset(long set, int signal);

    /** Of this thread: Linux, BSDs and macOS do not differ from pthread_sigmask(3) there. */
    int sigprocmask(int how, long set, long before);

    /** Answers an errno. */
    int ttyname_r(int fd, long buffer, long length);

    @Variadic(fixedCount = 2)
    int ioctl(int fd, long request, long argument);

    int posix_openpt(int flags);

    int grantpt(int fd);

    int unlockpt(int fd);

    /** The address of a text that the next call overwrites, or zero. */
    long ptsname(int fd);
}
