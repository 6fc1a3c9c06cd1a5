// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/** OpenBSD: no sendfile(2), so files are copied through memory. One per loop. */
final class OpenbsdDialect extends FlaggedSockets {
    private final FileCopier copier;

    OpenbsdDialect(SystemCalls calls, SocketConstants constants) {
        super(calls, constants);
        copier = new FileCopier(calls, constants.msgNosignal);
    }

    @Override
    public long sendFile(int socket, int file, long position, long count) {
        return copier.sendFile(socket, file, position, count);
    }
}
