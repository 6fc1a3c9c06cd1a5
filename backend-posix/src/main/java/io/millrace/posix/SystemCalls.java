// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.Code;

/**
 * The system calls of the descriptor backends, one method each, under their own names; and {@link
 * #recvEach}, which is many.
 *
 * <p>This is the seam at which tests play the kernel: everything above it is ordinary Java that
 * takes a {@code SystemCalls} and never reads errno. <b>Every method returns the call's result, or
 * a negative {@link io.millrace.spi.Code}</b>, whatever the system's own numbering. Nothing
 * retries: what EINTR means is for the caller to know. Addresses are those of {@link NativeMemory}
 * or of a direct buffer, and lengths are the caller's responsibility.
 *
 * <p>Not every system has every one: {@link SocketDialect} knows which to use. Any thread may call,
 * as with the functions themselves. Semantics: the manual page of each name in section 2.
 */
public interface SystemCalls {
    int socket(int family, int type, int protocol);

    int bind(int fd, long address, int length);

    int listen(int fd, int backlog);

    int accept(int fd, long address, long lengthAddress);

    /** {@code accept4}; {@code flags} as for {@link #socket}'s type. */
    int accept4(int fd, long address, long lengthAddress, int flags);

    int connect(int fd, long address, int length);

    int shutdown(int fd, int how);

    int getsockname(int fd, long address, long lengthAddress);

    int getpeername(int fd, long address, long lengthAddress);

    int getsockopt(int fd, int level, int option, long value, long lengthAddress);

    int setsockopt(int fd, int level, int option, long value, int length);

    int recv(int fd, long buffer, int length, int flags);

    /**
     * A {@code recv} without flags for each entry of a table (descriptor, buffer, length), in their
     * order, until they have received as many bytes as are enough. A failure ends nothing. The
     * table gets the answers: bytes or codes.
     *
     * @param receives at least one
     * @param enough bytes, at least 1
     * @return how many were made
     */
    default int recvEach(CallTable receives, int enough) {
        int made = 0;
        int left = enough;
        while (made < receives.count() && left > 0) {
            int length = (int) receives.third(made);
            int answer = recv((int) receives.first(made), receives.second(made), length, 0);
            receives.setAnswer(made++, answer);
            left -= Math.max(answer, 0);
        }
        return made;
    }

    int send(int fd, long buffer, int length, int flags);

    int sendmsg(int fd, long header, int flags);

    int recvmsg(int fd, long header, int flags);

    /**
     * As many {@code recvmsg} as there are headers, until one would wait; each header is followed
     * by how much it got. Without a timeout. Answers how many were made.
     */
    int recvmmsg(int fd, long headers, int count, int flags);

    /** As many {@code sendmsg} as there are headers, until one fails: how many were made. */
    int sendmmsg(int fd, long headers, int count, int flags);

    /** Linux's {@code sendfile}: the 64-bit position at {@code offsetAddress} moves on. */
    long sendfile(int toFd, int fromFd, long offsetAddress, long count);

    /**
     * macOS's {@code sendfile}: the 64-bit number at {@code lengthAddress} says how much to send,
     * and afterwards, even if the call failed, how much was sent.
     */
    int sendfileOnMacos(int fromFd, int toFd, long position, long lengthAddress);

    /** FreeBSD's {@code sendfile}: how much was sent is written as on macOS. */
    int sendfileOnFreebsd(int fromFd, int toFd, long position, long count, long sentAddress);

    /** {@code open} of an existing file; {@code path} ends with a zero byte. */
    int open(NativeMemory path, int flags);

    long lseek(int fd, long offset, int whence);

    int pread(int fd, long buffer, int length, long position);

    int read(int fd, long buffer, int length);

    int write(int fd, long buffer, int length);

    /** {@code writev} of as many segments as there are, each of an address and a length. */
    int writev(int fd, long segments, int count);

    int close(int fd);

    int poll(long entries, int count, int timeoutMillis);

    int select(int limit, long reads, long writes, long exceptions, long timeout);

    int eventfd(int initial, int flags);

    int pipe(long pair);

    int pipe2(long pair, int flags);

    int getrlimit(int resource, long limits);

    /**
     * Whether the system can tell when {@code fd} is ready: 0, or why not. {@link
     * io.millrace.spi.Code#NOT_PERMITTED} is for what is always ready, such as a regular file. No
     * call of that name, but one question with several; for set-up only.
     */
    default int watchable(int fd) {
        long position = lseek(fd, 0, 1);
        return position == Code.BAD_DESCRIPTOR ? (int) position : 0;
    }

    /** Sets O_NONBLOCK: afterwards no call on {@code fd} waits. Slow, for set-up only. */
    int setNonBlocking(int fd);

    /** Takes O_NONBLOCK away. Slow, for set-up only. */
    int setBlocking(int fd);

    /** Sets FD_CLOEXEC: child processes do not inherit {@code fd}. */
    int setCloseOnExec(int fd);
}
