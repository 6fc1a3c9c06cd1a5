// SPDX-License-Identifier: Apache-2.0
package io.millrace.epoll;

import io.millrace.posix.Libc;

/** Duplicates descriptors, as a child process or dup(2) does. */
public final class Duplicates {
    /** For jnr-ffi. */
    public interface Functions {
        int dup(int fd);
    }

    private static final Functions FUNCTIONS = Libc.bind(Functions.class);

    private Duplicates() {}

    static int of(int fd) {
        return FUNCTIONS.dup(fd);
    }
}
