// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * Functions with exactly six integer arguments, kept apart because of jnr-ffi's trap on x86-64: see
 * {@link Libc#bindSixArguments}. Get the one instance from {@link SixArguments#functions}.
 *
 * <p>They answer as in C: -1 on failure, with errno in {@link Libc#lastError}.
 */
public interface SixArgumentFunctions {
    /** Any system call by number with up to five arguments; see syscall(2). */
    long syscall(long number, long a, long b, long c, long d, long e);

    /** mmap(2). */
    long mmap(long address, long length, int protection, int flags, int fd, long offset);

    /** copy_file_range(2), of Linux. */
    long copy_file_range(
            int fromFd, long fromAddress, int toFd, long toAddress, long length, int flags);
}
