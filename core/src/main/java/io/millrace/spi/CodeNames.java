// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.util.Map;

/** The symbols and meanings of {@link Code}s, apart from it because only messages need them. */
final class CodeNames {
    private record Entry(String symbol, String meaning) {}

    private static final Map<Integer, Entry> ENTRIES =
            Map.ofEntries(
                    entry(Code.OK, "OK", "success"),
                    entry(Code.NOT_PERMITTED, "EPERM", "operation not permitted"),
                    entry(Code.NO_SUCH_FILE, "ENOENT", "no such file or directory"),
                    entry(Code.INTERRUPTED, "EINTR", "interrupted by a signal"),
                    entry(Code.IO_ERROR, "EIO", "input/output error"),
                    entry(Code.NO_SUCH_DEVICE_OR_ADDRESS, "ENXIO", "no such device or address"),
                    entry(Code.BAD_DESCRIPTOR, "EBADF", "bad file descriptor"),
                    entry(Code.WOULD_BLOCK, "EAGAIN", "would block"),
                    entry(Code.NO_MEMORY, "ENOMEM", "out of memory"),
                    entry(Code.ACCESS_DENIED, "EACCES", "permission denied"),
                    entry(Code.BUSY, "EBUSY", "device or resource busy"),
                    entry(Code.EXISTS, "EEXIST", "already exists"),
                    entry(Code.NO_SUCH_DEVICE, "ENODEV", "no such device"),
                    entry(Code.NOT_A_DIRECTORY, "ENOTDIR", "not a directory"),
                    entry(Code.IS_DIRECTORY, "EISDIR", "is a directory"),
                    entry(Code.INVALID_ARGUMENT, "EINVAL", "invalid argument"),
                    entry(Code.FILE_TABLE_OVERFLOW, "ENFILE", "too many open files in system"),
                    entry(Code.TOO_MANY_FILES, "EMFILE", "too many open files in process"),
                    entry(Code.TEXT_BUSY, "ETXTBSY", "the file is a program that runs"),
                    entry(Code.FILE_TOO_LARGE, "EFBIG", "file too large"),
                    entry(Code.NO_SPACE, "ENOSPC", "no space left"),
                    entry(Code.ILLEGAL_SEEK, "ESPIPE", "has no positions"),
                    entry(Code.READ_ONLY, "EROFS", "read-only file system"),
                    entry(Code.BROKEN_PIPE, "EPIPE", "peer no longer reads"),
                    entry(Code.NAME_TOO_LONG, "ENAMETOOLONG", "file name too long"),
                    entry(Code.NOT_IMPLEMENTED, "ENOSYS", "not implemented by this kernel"),
                    entry(Code.LINK_LOOP, "ELOOP", "too many symbolic links"),
                    entry(Code.PROTOCOL_ERROR, "EPROTO", "protocol error"),
                    entry(Code.VALUE_TOO_LARGE, "EOVERFLOW", "value too large"),
                    entry(Code.NOT_A_SOCKET, "ENOTSOCK", "not a socket"),
                    entry(Code.NOT_SUPPORTED, "EOPNOTSUPP", "operation not supported"),
                    entry(
                            Code.FAMILY_NOT_SUPPORTED,
                            "EAFNOSUPPORT",
                            "address family not supported"),
                    entry(Code.ADDRESS_IN_USE, "EADDRINUSE", "address already in use"),
                    entry(Code.ADDRESS_NOT_AVAILABLE, "EADDRNOTAVAIL", "address not available"),
                    entry(Code.NETWORK_DOWN, "ENETDOWN", "network is down"),
                    entry(Code.NETWORK_UNREACHABLE, "ENETUNREACH", "network unreachable"),
                    entry(Code.ABORTED, "ECONNABORTED", "connection aborted"),
                    entry(Code.RESET, "ECONNRESET", "connection reset by peer"),
                    entry(Code.NO_CHUNKS, "ENOBUFS", "no buffer space available"),
                    entry(Code.IS_CONNECTED, "EISCONN", "already connected"),
                    entry(Code.NOT_CONNECTED, "ENOTCONN", "not connected"),
                    entry(Code.TIMED_OUT, "ETIMEDOUT", "timed out"),
                    entry(Code.REFUSED, "ECONNREFUSED", "connection refused"),
                    entry(Code.HOST_DOWN, "EHOSTDOWN", "host is down"),
                    entry(Code.HOST_UNREACHABLE, "EHOSTUNREACH", "host unreachable"),
                    entry(Code.ALREADY, "EALREADY", "already in progress"),
                    entry(Code.IN_PROGRESS, "EINPROGRESS", "in progress"),
                    entry(Code.STALE, "ESTALE", "the file is gone from its server"),
                    entry(Code.QUOTA_EXCEEDED, "EDQUOT", "disk quota exceeded"),
                    entry(Code.CANCELLED, "ECANCELED", "cancelled"));

    private CodeNames() {}

    static String symbol(int code) {
        Entry entry = ENTRIES.get(code);
        return entry == null ? "E" + Math.abs((long) code) : entry.symbol();
    }

    static String meaning(int code) {
        Entry entry = ENTRIES.get(code);
        return entry == null ? "error number " + Math.abs((long) code) : entry.meaning();
    }

    private static Map.Entry<Integer, Entry> entry(int code, String symbol, String meaning) {
        return Map.entry(code, new Entry(symbol, meaning));
    }
}
