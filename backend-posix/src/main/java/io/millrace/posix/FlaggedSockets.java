// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

/**
 * Systems whose sockets get their flags at birth: SOCK_NONBLOCK and SOCK_CLOEXEC, accept4(2),
 * pipe2(2), and MSG_NOSIGNAL with each send. All but macOS.
 */
abstract class FlaggedSockets implements SocketDialect {
    final SystemCalls calls;
    private final SocketConstants constants;
    private final int flags;

    FlaggedSockets(SystemCalls calls, SocketConstants constants) {
        this.calls = calls;
        this.constants = constants;
        flags = constants.sockNonblock | constants.sockCloexec;
    }

    @Override
    public final int socket(int family, int type) {
        return calls.socket(family, type | flags, 0);
    }

    @Override
    public final int accept(int listener, long address, long lengthAddress) {
        return calls.accept4(listener, address, lengthAddress, flags);
    }

    @Override
    public final int pipe(long pair) {
        return calls.pipe2(pair, constants.openNonblock | constants.openCloexec);
    }

    @Override
    public final int prepare(int fd) {
        return calls.setNonBlocking(fd);
    }

    @Override
    public final int sendFlags() {
        return constants.msgNosignal;
    }

    @Override
    public final int failedSend(int code) {
        return code;
    }
}
