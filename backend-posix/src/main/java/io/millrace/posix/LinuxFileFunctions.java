// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * What Linux's libc has for files, as jnr-ffi binds it; loaded on that system only. A function that
 * an old libc does not have throws {@link UnsatisfiedLinkError} when called. Public only because
 * jnr-ffi implements it from another class loader.
 */
public interface LinuxFileFunctions {
    /** Variadic in C; on Linux such arguments travel like any others. */
    int openat(int directory, long path, int flags, int mode);

    long pwrite(int fd, long buffer, long length, long position);

    long preadv(int fd, long vector, int count, long position);

    long preadv2(int fd, long vector, int count, long position, int flags);

    long pwritev(int fd, long vector, int count, long position);

    int fsync(int fd);

    int fdatasync(int fd);

    int ftruncate(int fd, long size);

    int fallocate(int fd, int mode, long position, long length);

    /** Answers the error's number instead of setting errno. */
    int posix_fadvise(int fd, long position, long length, int advice);

    int statx(int directory, long path, int flags, int mask, long into);

    int mkdir(long path, int mode);

    int unlinkat(int directory, long path, int flags);

    int renameat2(int fromDirectory, long from, int toDirectory, long to, int flags);

    int statvfs(long path, long into);

    long getdents64(int fd, long into, long length);
}
