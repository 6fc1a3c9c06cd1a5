// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.Accepted;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import org.jspecify.annotations.Nullable;

/** A TCP connection, of a client or accepted by a {@link MillraceServerSocketChannel}. */
public final class MillraceSocketChannel extends MillraceStreamChannel implements SocketChannel {
    private final SocketConfig config = new SocketConfig(this);

    /** A channel that is to connect. */
    public MillraceSocketChannel() {
        super(null, null);
    }

    MillraceSocketChannel(MillraceServerSocketChannel parent, Accepted connection) {
        super(parent, connection);
    }

    @Override
    PortOptions options() {
        return config.options;
    }

    @Override
    boolean isFastOpen() {
        return config.isFastOpen();
    }

    @Override
    public SocketChannelConfig config() {
        return config;
    }

    @Override
    public @Nullable ServerSocketChannel parent() {
        return (ServerSocketChannel) super.parent();
    }

    @Override
    public @Nullable InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    @Override
    SocketAddress checked(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return inet;
    }
}
