// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * The system calls of Linux on files, beside those of {@link SystemCalls}, under their own names:
 * the seam at which tests play the kernel. As there, every method returns the call's result or a
 * negative {@link io.millrace.spi.Code}, and nothing retries. What this libc does not have answers
 * {@link io.millrace.spi.Code#NOT_IMPLEMENTED}. Any thread.
 */
interface FileSystemCalls {
    int open(NativeMemory path, int flags, int mode);

    int close(int fd);

    int pread(int fd, long buffer, int length, long position);

    int pwrite(int fd, long buffer, int length, long position);

    long preadv(int fd, NativeMemory vector, int count, long position);

    long preadv2(int fd, NativeMemory vector, int count, long position, int flags);

    long pwritev(int fd, NativeMemory vector, int count, long position);

    int fsync(int fd);

    int fdatasync(int fd);

    int ftruncate(int fd, long size);

    int fallocate(int fd, int mode, long position, long length);

    int fadvise(int fd, long position, long length, int advice);

    /** {@code positions} are two 64-bit numbers, of which the call moves each on. */
    long copyFileRange(int fromFd, int toFd, NativeMemory positions, long length);

    int statx(int directory, NativeMemory path, int flags, int mask, NativeMemory into);

    int mkdir(NativeMemory path, int mode);

    int unlink(NativeMemory path, int flags);

    int rename(NativeMemory from, NativeMemory to, int flags);

    int statvfs(NativeMemory path, NativeMemory into);

    long getdents(int fd, NativeMemory into);
}
