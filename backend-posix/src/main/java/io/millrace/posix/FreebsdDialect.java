// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * FreeBSD and DragonFly: sendfile(2) that tells how much it sent even when it fails. One per loop.
 */
final class FreebsdDialect extends FlaggedSockets {
    private final NativeMemory sent = NativeMemory.allocate(Long.BYTES);

    FreebsdDialect(SystemCalls calls, SocketConstants constants) {
        super(calls, constants);
    }

    /** A count of 0 would mean the whole file. */
    @Override
    public long sendFile(int socket, int file, long position, long count) {
        if (count == 0) {
            return 0;
        }
        sent.putLong(0, 0);
        int result =
                sent.keptFor(
                        calls.sendfileOnFreebsd(file, socket, position, count, sent.address()));
        return sent.getLong(0) > 0 ? sent.getLong(0) : result;
    }
}
