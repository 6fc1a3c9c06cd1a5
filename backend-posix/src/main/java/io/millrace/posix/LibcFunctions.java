// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import jnr.ffi.annotations.IgnoreError;

/**
 * The C library functions that engines need, as jnr-ffi binds them: C names, C order, addresses as
 * {@code long}.
 *
 * <p>Not every system has every one of them; a missing one throws {@link UnsatisfiedLinkError} when
 * called, not when bound. Public only because jnr-ffi implements it from another class loader.
 */
public interface LibcFunctions {
    @IgnoreError
    int getpid();

    int socket(int family, int type, int protocol);

    int bind(int fd, long address, int length);

    int listen(int fd, int backlog);

    int accept(int fd, long address, long lengthAddress);

    int accept4(int fd, long address, long lengthAddress, int flags);

    int connect(int fd, long address, int length);

    int shutdown(int fd, int how);

    int getsockname(int fd, long address, long lengthAddress);

    int getpeername(int fd, long address, long lengthAddress);

    int getsockopt(int fd, int level, int option, long value, long lengthAddress);

    int setsockopt(int fd, int level, int option, long value, int length);

    long recv(int fd, long buffer, long length, int flags);

    long send(int fd, long buffer, long length, int flags);

    long sendmsg(int fd, long header, int flags);

    long recvmsg(int fd, long header, int flags);

    int recvmmsg(int fd, long headers, int count, int flags, long timeout);

    int sendmmsg(int fd, long headers, int count, int flags);

    long sendfile(int toFd, int fromFd, long offsetAddress, long count);

    /** Variadic in C; right as it is because no flag that asks for a mode is ever passed. */
    int open(long path, int flags);

    long lseek(int fd, long offset, int whence);

    long pread(int fd, long buffer, long length, long position);

    long read(int fd, long buffer, long length);

    long write(int fd, long buffer, long length);

    int close(int fd);

    int poll(long entries, long count, int timeoutMillis);

    int select(int limit, long reads, long writes, long exceptions, long timeout);

    int eventfd(int initial, int flags);

    int isatty(int fd);

    int epoll_create1(int flags);

    int epoll_ctl(int epoll, int operation, int fd, long event);

    int pipe(long pair);

    int pipe2(long pair, int flags);

    /** Variadic in C; right as it is because no request that takes an argument is ever made. */
    int ioctl(int fd, long request);

    int getrlimit(int resource, long limits);

    int mprotect(long address, long length, int protection);

    int munmap(long address, long length);
}
