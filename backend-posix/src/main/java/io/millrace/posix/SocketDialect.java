// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * The few socket operations on which systems disagree: everything else about libc sockets is the
 * same everywhere.
 *
 * <p>Whatever a system needs for it, every descriptor that comes out of here never blocks, is not
 * inherited by child processes, and raises no SIGPIPE when {@link #sendFlags} go with each send.
 * Answers are those of {@link SystemCalls}; EINTR is for the caller.
 */
public interface SocketDialect {
    /** Whether {@link #of} knows a system. */
    static boolean isKnown(OperatingSystem system) {
        return switch (system) {
            case LINUX, MACOS, FREEBSD, OPENBSD, DRAGONFLY -> true;
            case NETBSD, OTHER -> false;
        };
    }

    /** The dialect of a known system, for one loop. */
    static SocketDialect of(Platform platform, SystemCalls calls) {
        return of(platform.system(), platform.constants(), calls);
    }

    /** The same with numbers of another system, for tests. */
    static SocketDialect of(OperatingSystem system, SocketConstants constants, SystemCalls calls) {
        return switch (system) {
            case LINUX -> new LinuxDialect(calls, constants);
            case MACOS -> new MacosDialect(calls, constants);
            case FREEBSD, DRAGONFLY -> new FreebsdDialect(calls, constants);
            case OPENBSD -> new OpenbsdDialect(calls, constants);
            case NETBSD, OTHER ->
                    throw new UnsupportedOperationException("no socket dialect for " + system);
        };
    }

    /** A new socket of {@code type}, without flags. */
    int socket(int family, int type);

    /** Accepts, with the peer's address written where the arguments say. */
    int accept(int listener, long address, long lengthAddress);

    /** Writes the two ends of a new pipe, the one to read from first. */
    int pipe(long pair);

    /** Makes a descriptor that somebody else opened fit for the loop. */
    int prepare(int fd);

    /** What to or into the flags of send and sendmsg. */
    int sendFlags();

    /** What a send that failed with {@code code} means. */
    int failedSend(int code);

    /** Bytes sent from the file's {@code position} on, 0 at its end, or a code. */
    long sendFile(int socket, int file, long position, long count);
}
