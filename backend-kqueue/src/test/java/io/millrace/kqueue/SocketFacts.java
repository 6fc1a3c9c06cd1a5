// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.posix.ErrnoTable;
import io.millrace.posix.Libc;
import io.millrace.posix.LibcSystemCalls;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Platform;
import io.millrace.posix.SocketConstants;
import io.millrace.spi.Code;
import java.util.Arrays;

/**
 * What an emulated queue finds out about sockets besides readiness. Linux gives a socket's error
 * away only once, so it is kept here for both filters. Guarded by the queue.
 */
final class SocketFacts {
    /** Variadic in C, which makes no difference on Linux. Public because jnr-ffi implements it. */
    public interface Functions {
        int ioctl(int fd, long request, long argument);
    }

    private static final Functions LIBC = Libc.bind(Functions.class);
    private static final long FIONREAD = 0x541B;
    private static final int LENGTH = 8;

    private final SocketConstants constants = Platform.current().constants();
    private final NativeMemory memory = NativeMemory.allocate(16);
    private final ErrnoTable numbering;
    private int[] errors = new int[256];

    SocketFacts(ErrnoTable numbering) {
        this.numbering = numbering;
    }

    /** For a new socket under this number. */
    void forget(int fd) {
        if (fd >= errors.length) {
            errors = Arrays.copyOf(errors, 2 * fd);
        }
        errors[fd] = 0;
    }

    /**
     * The socket's error in the platform's numbering, which the socket itself has no more; or 0.
     */
    int takeError(int fd) {
        int error = option(fd, constants.soError);
        if (error > 0) {
            errors[fd] = platformErrno(-error);
        }
        return errors[fd];
    }

    /** A listener has no bytes but something to accept. */
    long unreadBytes(int fd) {
        int result = LIBC.ioctl(fd, FIONREAD, memory.address());
        return result < 0 ? 1 : memory.getInt(0);
    }

    long sendBufferBytes(int fd) {
        return Math.max(1, option(fd, constants.soSndbuf));
    }

    private int option(int fd, int option) {
        memory.putInt(LENGTH, Integer.BYTES);
        int result =
                LibcSystemCalls.instance()
                        .getsockopt(
                                fd,
                                constants.solSocket,
                                option,
                                memory.address(),
                                memory.address(LENGTH));
        return result < 0 ? result : memory.getInt(0);
    }

    /** What the emulated system calls a code. */
    int platformErrno(int code) {
        for (int number = 1; number < 256; number++) {
            if (numbering.code(number) == code) {
                return number;
            }
        }
        throw new AssertionError("the emulated system has no " + Code.name(code));
    }
}
