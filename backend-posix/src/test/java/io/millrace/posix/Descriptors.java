// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import jnr.ffi.annotations.Variadic;

/** Looks at descriptors from outside the code under test. */
final class Descriptors {
    private static final int F_GETFD = 1;
    private static final int F_GETFL = 3;
    private static final int F_SETFL = 4;

    /** Public because jnr-ffi implements it elsewhere. */
    public interface Functions {
        int dup(int fd);

        @Variadic(fixedCount = 2)
        int fcntl(int fd, int command, int argument);
    }

    private static final Functions LIBC = Libc.bind(Functions.class);

    private Descriptors() {}

    /** A copy; the flags of both are cleared, as they share them. */
    static int blockingDuplicate(int fd) {
        int duplicate = LIBC.dup(fd);
        LIBC.fcntl(duplicate, F_SETFL, 0);
        return duplicate;
    }

    static boolean isNonBlocking(int fd) {
        return (LIBC.fcntl(fd, F_GETFL, 0) & Platform.current().constants().openNonblock) != 0;
    }

    /** 1 if child processes do not inherit it. */
    static int closeOnExec(int fd) {
        return LIBC.fcntl(fd, F_GETFD, 0);
    }
}
