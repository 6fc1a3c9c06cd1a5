// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.Accepted;
import io.netty.channel.socket.DuplexChannelConfig;
import java.net.SocketAddress;

/**
 * A Unix-domain connection, of a client or accepted by a {@link MillraceServerDomainSocketChannel}.
 * Addresses are the JDK's {@link java.net.UnixDomainSocketAddress}, as for Netty's {@code
 * NioDomainSocketChannel}, or an {@link io.millrace.net.AbstractUnixAddress}; or those of Netty's
 * native transports, {@code io.netty.channel.unix.DomainSocketAddress}, which a channel that was
 * given one has its own addresses in as well.
 *
 * <p>A client may be bound before it connects. The file of a path stays when it is closed.
 */
public final class MillraceDomainSocketChannel extends MillraceStreamChannel {
    private final DomainConfig config = new DomainConfig(this);
    private final DomainAddresses addresses = new DomainAddresses();

    /** A channel that is to connect. */
    public MillraceDomainSocketChannel() {
        super(null, null);
    }

    MillraceDomainSocketChannel(MillraceServerDomainSocketChannel parent, Accepted connection) {
        super(parent, connection);
        addresses.showAs(parent.addresses());
    }

    @Override
    boolean isFastOpen() {
        return false;
    }

    @Override
    PortOptions options() {
        return config.options;
    }

    @Override
    public DuplexChannelConfig config() {
        return config;
    }

    @Override
    SocketAddress checked(SocketAddress address) {
        return addresses.checked(address);
    }

    @Override
    SocketAddress shown(SocketAddress address) {
        return addresses.shown(address);
    }
}
