// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.util.HashMap;
import java.util.Map;

/**
 * Why an operation failed, by the name that errno(3) gives it. The same reason has the same name on
 * every backend and system; numbers are Linux's everywhere. Immutable; any thread.
 */
public enum ErrorCode {
    /** A reason that has no name here; {@link IoException#number} is what there is to know. */
    UNKNOWN(0, "unknown error"),
    EPERM(1, "operation not permitted"),
    ENOENT(2, "no such file or directory"),
    ESRCH(3, "no such process"),
    EINTR(4, "interrupted by a signal"),
    EIO(5, "input/output error"),
    ENXIO(6, "no such device or address"),
    E2BIG(7, "too many arguments or too large an environment"),
    ENOEXEC(8, "not a program of this system"),
    EBADF(9, "bad file descriptor"),
    ECHILD(10, "no such child process"),
    EAGAIN(11, "would block"),
    ENOMEM(12, "out of memory"),
    EACCES(13, "permission denied"),
    EBUSY(16, "device or resource busy"),
    EEXIST(17, "already exists"),
    EXDEV(18, "on another file system"),
    ENODEV(19, "no such device"),
    ENOTDIR(20, "not a directory"),
    EISDIR(21, "is a directory"),
    EINVAL(22, "invalid argument"),
    ENFILE(23, "too many open files in system"),
    EMFILE(24, "too many open files in process"),
    ENOTTY(25, "not a terminal"),
    ETXTBSY(26, "the file is a program that runs"),
    EFBIG(27, "file too large"),
    ENOSPC(28, "no space left"),
    ESPIPE(29, "has no positions"),
    EROFS(30, "read-only file system"),
    EMLINK(31, "too many links"),
    EPIPE(32, "peer no longer reads"),
    ENAMETOOLONG(36, "file name too long"),
    ENOSYS(38, "not implemented by this kernel"),
    ENOTEMPTY(39, "directory not empty"),
    ELOOP(40, "too many symbolic links"),
    EPROTO(71, "protocol error"),
    EOVERFLOW(75, "value too large"),
    ENOTSOCK(88, "not a socket"),
    EMSGSIZE(90, "message too long"),
    ENOPROTOOPT(92, "option not available for this socket"),
    EOPNOTSUPP(95, "operation not supported"),
    EAFNOSUPPORT(97, "address family not supported"),
    EADDRINUSE(98, "address already in use"),
    EADDRNOTAVAIL(99, "address not available"),
    ENETDOWN(100, "network is down"),
    ENETUNREACH(101, "network unreachable"),
    ECONNABORTED(103, "connection aborted"),
    ECONNRESET(104, "connection reset by peer"),
    ENOBUFS(105, "no buffer space available"),
    EISCONN(106, "already connected"),
    ENOTCONN(107, "not connected"),
    ETOOMANYREFS(109, "too many descriptors of this user are on their way"),
    ETIMEDOUT(110, "timed out"),
    ECONNREFUSED(111, "connection refused"),
    EHOSTDOWN(112, "host is down"),
    EHOSTUNREACH(113, "host unreachable"),
    EALREADY(114, "already in progress"),
    EINPROGRESS(115, "in progress"),
    ESTALE(116, "the file is gone from its server"),
    EDQUOT(122, "disk quota exceeded"),
    ECANCELED(125, "cancelled"),
    /** Of names as well: they could not be asked about, or not for now. */
    EAI_AGAIN(3001, "name servers cannot answer for now"),
    /** Of names, which have no errno: getaddrinfo's word for it, with libuv's number. */
    EAI_NONAME(3008, "host not found");

    private static final Map<Integer, ErrorCode> BY_NUMBER = new HashMap<>();

    static {
        for (ErrorCode each : values()) {
            BY_NUMBER.put(each.number, each);
        }
    }

    private final int number;
    private final String meaning;

    ErrorCode(int number, String meaning) {
        this.number = number;
        this.meaning = meaning;
    }

    /** The reason with Linux's number, or {@link #UNKNOWN}. */
    public static ErrorCode of(int number) {
        return BY_NUMBER.getOrDefault(number, UNKNOWN);
    }

    /** Linux's number for it; 0 for {@link #UNKNOWN}. */
    public int number() {
        return number;
    }

    /** What it means, in words for a message, such as {@code connection reset by peer}. */
    public String meaning() {
        return meaning;
    }
}
