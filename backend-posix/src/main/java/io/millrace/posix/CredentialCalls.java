// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.spi.Code;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a Unix-domain connection, which every system tells in its own way.
 * Sources: Linux unix(7); the records of FreeBSD, DragonFly and xnu, sys/ucred.h, and of OpenBSD,
 * sys/socket.h, were compared with those headers. The numbers of the options beside them, sys/un.h
 * and SO_PEERCRED of OpenBSD, were written from memory, and none of these systems was asked: they
 * were only played. Loop thread only.
 */
final class CredentialCalls {
    /** In place of a process that the system does not tell. */
    static final int UNKNOWN_PROCESS = 0;

    /** SOL_LOCAL, LOCAL_PEERCRED and LOCAL_PEERPID of macOS, FreeBSD and DragonFly. */
    private static final int SOL_LOCAL = 0;

    private static final int LOCAL_PEERCRED = 1;
    private static final int LOCAL_PEERPID = 2;

    /** SO_PEERCRED of OpenBSD. */
    private static final int SO_PEERCRED_OPENBSD = 0x1022;

    /** {@code struct ucred} and {@code struct sockpeercred}: three numbers, in different orders. */
    private static final int THREE_NUMBERS = 12;

    /** {@code struct xucred}: version, user, count of groups, 16 groups; FreeBSD's process. */
    private static final int XUCRED_BYTES = 76;

    private static final int XUCRED_BYTES_FREEBSD = 88;
    private static final int XUCRED_USER = 4;
    private static final int XUCRED_GROUPS = 12;
    private static final int XUCRED_PROCESS = 80;

    private static final int LENGTH = 88;

    private final SystemCalls calls;
    private final Platform platform;

    /** Few loops ask. */
    private @Nullable NativeMemory memory;

    CredentialCalls(SystemCalls calls, Platform platform) {
        this.calls = calls;
        this.platform = platform;
    }

    /** Process, user, group; {@link Code#OK}, or why not. */
    int get(int fd, int[] into) {
        SocketConstants names = platform.constants();
        return switch (platform.system()) {
            case LINUX -> three(fd, names.solSocket, names.soPeercred, into, 0, 1, 2);
            case OPENBSD -> three(fd, names.solSocket, SO_PEERCRED_OPENBSD, into, 2, 0, 1);
            case MACOS -> ofMacos(fd, into);
            case FREEBSD -> record(fd, XUCRED_BYTES_FREEBSD, into);
            case DRAGONFLY -> record(fd, XUCRED_BYTES, into);
            default -> Code.NOT_SUPPORTED;
        };
    }

    private int three(int fd, int level, int number, int[] into, int process, int user, int group) {
        int result = fetch(fd, level, number, THREE_NUMBERS);
        if (result == Code.OK) {
            put(into, intAt(process), intAt(user), intAt(group));
        }
        return result;
    }

    private int ofMacos(int fd, int[] into) {
        int result = record(fd, XUCRED_BYTES, into);
        if (result == Code.OK && fetch(fd, SOL_LOCAL, LOCAL_PEERPID, Integer.BYTES) == Code.OK) {
            into[0] = intAt(0);
        }
        return result;
    }

    /** The first group is the effective one. DragonFly and older kernels tell no process. */
    private int record(int fd, int bytes, int[] into) {
        int result = fetch(fd, SOL_LOCAL, LOCAL_PEERCRED, bytes);
        if (result == Code.OK) {
            boolean told = bytes > XUCRED_BYTES && told() >= XUCRED_PROCESS + Integer.BYTES;
            int process = told ? at(XUCRED_PROCESS) : UNKNOWN_PROCESS;
            put(into, process, at(XUCRED_USER), at(XUCRED_GROUPS));
        }
        return result;
    }

    private static void put(int[] into, int process, int user, int group) {
        into[0] = process;
        into[1] = user;
        into[2] = group;
    }

    private int fetch(int fd, int level, int number, int length) {
        NativeMemory into = memory;
        if (into == null) {
            into = NativeMemory.allocate(LENGTH + Integer.BYTES);
            memory = into;
        }
        into.zero(0, LENGTH);
        into.putInt(LENGTH, length);
        return into.keptFor(
                calls.getsockopt(fd, level, number, into.address(), into.address(LENGTH)));
    }

    /** How many bytes the system has written. */
    private int told() {
        return at(LENGTH);
    }

    private int intAt(int index) {
        return at(index * Integer.BYTES);
    }

    private int at(int offset) {
        return Objects.requireNonNull(memory).getInt(offset);
    }
}
