// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import io.millrace.NumberedOption;
import io.millrace.spi.Accepted;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.RawListener;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** A listening socket of libc's. Loop thread only; the descriptor is -1 once it is closed. */
final class LibcListener extends RawListener {
    private final SocketCalls calls;
    private final SocketOptions options;
    private final int family;
    private int fd;
    private @Nullable Accepted accepted;

    LibcListener(SocketCalls calls, SocketOptions options, int family, int fd) {
        this.calls = calls;
        this.options = options;
        this.family = family;
        this.fd = fd;
    }

    @Override
    public int accept() {
        int result = calls.accept(fd);
        if (result < 0) {
            return result;
        }
        try {
            accepted = calls.accepted(result, family);
        } catch (Throwable failure) {
            calls.close(result);
            throw failure;
        }
        return 1;
    }

    @Override
    public @Nullable Accepted accepted() {
        Accepted taken = accepted;
        accepted = null;
        return taken;
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return fd < 0 ? null : calls.localAddress(fd);
    }

    @Override
    public int setOption(PortOption option, int value) {
        return options.set(fd, option, value);
    }

    @Override
    public int getOption(PortOption option) {
        return options.get(fd, option);
    }

    @Override
    public int setOption(NumberedOption option) {
        return options.set(fd, option.level(), option.name(), option.value());
    }

    @Override
    public int getOption(int level, int name, int[] into) {
        return options.get(fd, level, name, into);
    }

    @Override
    public int descriptor() {
        return fd;
    }

    @Override
    public void close() {
        if (fd >= 0) {
            calls.close(fd);
            fd = -1;
        }
    }
}
