// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.net.AbstractUnixAddress;
import io.millrace.spi.Accepted;
import io.millrace.spi.ListenSpec;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.UnsupportedAddressTypeException;
import java.nio.file.Files;

/**
 * A listening Unix-domain socket, see {@link MillraceDomainSocketChannel} for its addresses. The
 * file that binding has made is removed by the close.
 */
public final class MillraceServerDomainSocketChannel extends MillraceListenerChannel {
    /** A channel that is to be bound. */
    public MillraceServerDomainSocketChannel() {}

    @Override
    Channel child(Accepted connection) {
        return new MillraceDomainSocketChannel(this, connection);
    }

    @Override
    ListenSpec spec(SocketAddress address) {
        return new ListenSpec(address, Math.max(1, config().getBacklog()), false, false, 0);
    }

    @Override
    SocketAddress checked(SocketAddress address) {
        if (!(address instanceof UnixDomainSocketAddress)
                && !(address instanceof AbstractUnixAddress)) {
            throw new UnsupportedAddressTypeException();
        }
        return address;
    }

    /** The file goes first: who finds it is to find somebody who listens. */
    @Override
    void closeSocket() {
        if (port() != null && localAddress() instanceof UnixDomainSocketAddress path) {
            try {
                Files.deleteIfExists(path.getPath());
            } catch (IOException failure) {
                MillraceIoHandler.tell("a socket's file could not be removed", failure);
            }
        }
        super.closeSocket();
    }
}
