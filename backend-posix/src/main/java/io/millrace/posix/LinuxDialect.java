// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * Linux: sendfile(2) with a position. One per loop.
 *
 * <p>sendfile takes no MSG_NOSIGNAL, but the JVM ignores SIGPIPE, so a closed peer is EPIPE there
 * too.
 */
final class LinuxDialect extends FlaggedSockets {
    /** The kernel moves at most this much per call (MAX_RW_COUNT); more would only be cut. */
    private static final long MAXIMUM_TRANSFER = 0x7ffff000;

    private final NativeMemory offset = NativeMemory.allocate(Long.BYTES);

    LinuxDialect(SystemCalls calls, SocketConstants constants) {
        super(calls, constants);
    }

    @Override
    public long sendFile(int socket, int file, long position, long count) {
        offset.putLong(0, position);
        return offset.keptFor(
                calls.sendfile(socket, file, offset.address(), Math.min(count, MAXIMUM_TRANSFER)));
    }
}
