// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.Accepted;
import io.netty.channel.Channel;
import io.netty.channel.socket.ServerSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import org.jspecify.annotations.Nullable;

/**
 * A listening TCP socket. Its connections can be served by any event loop whose handler is of the
 * same backend.
 */
public final class MillraceServerSocketChannel extends MillraceListenerChannel
        implements ServerSocketChannel {
    /** A channel that is to be bound. */
    public MillraceServerSocketChannel() {}

    @Override
    Channel child(Accepted connection) {
        return new MillraceSocketChannel(this, connection);
    }

    @Override
    public @Nullable InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public @Nullable InetSocketAddress remoteAddress() {
        return null;
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
