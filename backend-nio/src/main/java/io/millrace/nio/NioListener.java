// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.RawListener;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Accepts from a {@link ServerSocketChannel}. */
final class NioListener extends RawListener implements NioSocket {
    private final ServerSocketChannel channel;
    private final Registration registration;
    private @Nullable Accepted accepted;

    NioListener(ServerSocketChannel channel) {
        this.channel = channel;
        registration = new Registration(channel, SelectionKey.OP_ACCEPT, 0);
        NioErrors.load();
    }

    @Override
    public int accept() {
        try {
            SocketChannel connection = channel.accept();
            if (connection == null) {
                return Code.WOULD_BLOCK;
            }
            try {
                accepted = new NioAccepted(connection);
            } catch (Throwable failure) {
                connection.close();
                throw failure;
            }
            return 1;
        } catch (IOException e) {
            return NioErrors.codeOf(e, Code.IO_ERROR);
        }
    }

    @Override
    public @Nullable Accepted accepted() {
        Accepted connection = accepted;
        accepted = null;
        return connection;
    }

    @Override
    public Registration registration() {
        return registration;
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return NioOptions.localAddress(channel);
    }

    @Override
    public int setOption(PortOption option, int value) {
        return NioOptions.set(channel, option, value);
    }

    @Override
    public int getOption(PortOption option) {
        return NioOptions.get(channel, option);
    }

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public void close() {
        registration.close();
    }
}
