// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import jnr.ffi.annotations.Variadic;

/**
 * The C library functions behind pipes, as {@link LibcFunctions} has those of sockets. Public only
 * because jnr-ffi implements it from another class loader.
 */
public interface SystemFunctions {
    @Variadic(fixedCount = 2)
    int fcntl(int fd, int command, int argument);

    /** With a mode, which is variadic in C. */
    @Variadic(fixedCount = 2)
    int open(long path, int flags, int mode);

    long writev(int fd, long segments, int count);

    int mkfifo(long path, int mode);

    int chmod(long path, int mode);
}
