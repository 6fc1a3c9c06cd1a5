// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.Accepted;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;

/**
 * A listening Unix-domain socket, see {@link MillraceDomainSocketChannel} for its addresses. The
 * file that binding has made is removed by the close.
 */
public final class MillraceServerDomainSocketChannel extends MillraceListenerChannel {
    private final DomainAddresses addresses = new DomainAddresses();

    /** A channel that is to be bound. */
    public MillraceServerDomainSocketChannel() {}

    @Override
    Channel child(Accepted connection) {
        return new MillraceDomainSocketChannel(this, connection);
    }

    @Override
    SocketAddress checked(SocketAddress address) {
        return addresses.checked(address);
    }

    @Override
    SocketAddress shown(SocketAddress address) {
        return addresses.shown(address);
    }

    DomainAddresses addresses() {
        return addresses;
    }

    /** The file goes first: who finds it is to find somebody who listens. */
    @Override
    void closeSocket() {
        SocketAddress local = localAddress();
        if (port() != null
                && local != null
                && DomainAddresses.known(local) instanceof UnixDomainSocketAddress path) {
            try {
                Files.deleteIfExists(path.getPath());
            } catch (IOException failure) {
                MillraceIoHandler.tell("a socket's file could not be removed", failure);
            }
        }
        super.closeSocket();
    }
}
