// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.Code;

/**
 * macOS: flags after birth, SO_NOSIGPIPE instead of MSG_NOSIGNAL, sendfile(2) that tells how much
 * it sent even when it fails. One per loop.
 *
 * <p>An accepted socket has what its listener has, O_NONBLOCK and SO_NOSIGPIPE included (xnu
 * uipc_syscalls.c and uipc_socket2.c); only close-on-exec belongs to the descriptor.
 */
final class MacosDialect implements SocketDialect {
    /** EPROTOTYPE, in Linux's numbering. */
    private static final int WRONG_TYPE = -91;

    private final SystemCalls calls;
    private final SocketConstants constants;
    private final NativeMemory memory = NativeMemory.allocate(Long.BYTES);

    MacosDialect(SystemCalls calls, SocketConstants constants) {
        this.calls = calls;
        this.constants = constants;
    }

    @Override
    public int socket(int family, int type) {
        int fd = calls.socket(family, type, 0);
        if (fd < 0) {
            return fd;
        }
        try {
            int result = prepare(fd);
            if (result < 0) {
                calls.close(fd);
                return result;
            }
            return fd;
        } catch (Throwable failure) {
            calls.close(fd);
            throw failure;
        }
    }

    @Override
    public int accept(int listener, long address, long lengthAddress) {
        int fd = calls.accept(listener, address, lengthAddress);
        if (fd >= 0) {
            try {
                calls.setCloseOnExec(fd);
            } catch (Throwable failure) {
                calls.close(fd);
                throw failure;
            }
        }
        return fd;
    }

    @Override
    public int pipe(long pair) {
        int result = calls.pipe(pair);
        if (result < 0) {
            return result;
        }
        NativeMemory ends = NativeMemory.at(pair, 2 * Integer.BYTES);
        int readEnd = ends.getInt(0);
        int writeEnd = ends.getInt(Integer.BYTES);
        try {
            result = prepare(readEnd);
            if (result == Code.OK) {
                result = prepare(writeEnd);
            }
        } catch (Throwable failure) {
            calls.close(readEnd);
            calls.close(writeEnd);
            throw failure;
        }
        if (result < 0) {
            calls.close(readEnd);
            calls.close(writeEnd);
        }
        return result;
    }

    /** SIGPIPE is kept away as well as possible: what is no socket has no such option. */
    @Override
    public int prepare(int fd) {
        memory.putInt(0, 1);
        calls.setsockopt(
                fd, constants.solSocket, constants.soNosigpipe, memory.address(), Integer.BYTES);
        int result = calls.setCloseOnExec(fd);
        return result < 0 ? result : calls.setNonBlocking(fd);
    }

    @Override
    public int sendFlags() {
        return 0;
    }

    /** A socket that is just being torn down answers EPROTOTYPE; a moment later it is EPIPE. */
    @Override
    public int failedSend(int code) {
        return code == WRONG_TYPE ? Code.BROKEN_PIPE : code;
    }

    /** A length of 0 would mean the whole file. */
    @Override
    public long sendFile(int socket, int file, long position, long count) {
        if (count == 0) {
            return 0;
        }
        memory.putLong(0, count);
        int result =
                memory.keptFor(calls.sendfileOnMacos(file, socket, position, memory.address()));
        return result == Code.OK || wasCutShort(result) ? memory.getLong(0) : result;
    }

    /**
     * The socket was full, or a signal came, after something was sent; the length says how much.
     */
    private boolean wasCutShort(int result) {
        return (result == Code.WOULD_BLOCK || result == Code.INTERRUPTED) && memory.getLong(0) > 0;
    }
}
