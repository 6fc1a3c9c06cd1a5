// SPDX-License-Identifier: Apache-2.0
package io.millrace.kqueue;

import io.millrace.posix.OperatingSystem;
import io.millrace.posix.SocketConstants;
import io.millrace.posix.SocketDialect;
import io.millrace.posix.SystemCalls;

/**
 * Sockets used as another system wants it, where this kernel can be used so: it has the older calls
 * that macOS is confined to, but its own sendfile, and accept does not hand on O_NONBLOCK.
 */
final class EmulatedDialect implements SocketDialect {
    private final SocketDialect emulated;
    private final SocketDialect linux;
    private final SystemCalls calls;
    private final boolean inheritsFlags;

    EmulatedDialect(OperatingSystem system, SocketConstants constants, SystemCalls calls) {
        this.calls = calls;
        emulated = SocketDialect.of(system, constants, calls);
        linux = SocketDialect.of(OperatingSystem.LINUX, constants, calls);
        inheritsFlags = system == OperatingSystem.MACOS;
    }

    @Override
    public int socket(int family, int type) {
        return emulated.socket(family, type);
    }

    @Override
    public int accept(int listener, long address, long lengthAddress) {
        int fd = emulated.accept(listener, address, lengthAddress);
        if (fd >= 0 && inheritsFlags) {
            calls.setNonBlocking(fd);
        }
        return fd;
    }

    @Override
    public int pipe(long pair) {
        return emulated.pipe(pair);
    }

    @Override
    public int prepare(int fd) {
        return emulated.prepare(fd);
    }

    @Override
    public int sendFlags() {
        return emulated.sendFlags();
    }

    @Override
    public int failedSend(int code) {
        return emulated.failedSend(code);
    }

    @Override
    public long sendFile(int socket, int file, long position, long count) {
        return linux.sendFile(socket, file, position, count);
    }
}
