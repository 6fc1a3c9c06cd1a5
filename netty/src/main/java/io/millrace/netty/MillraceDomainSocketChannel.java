// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.net.AbstractUnixAddress;
import io.millrace.spi.Accepted;
import io.netty.channel.socket.DuplexChannelConfig;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.UnsupportedAddressTypeException;

/**
 * A Unix-domain connection, of a client or accepted by a {@link MillraceServerDomainSocketChannel}.
 * Addresses are the JDK's {@link UnixDomainSocketAddress}, as for Netty's {@code
 * NioDomainSocketChannel}, or an {@link AbstractUnixAddress}.
 */
public final class MillraceDomainSocketChannel extends MillraceStreamChannel {
    private final DomainConfig config = new DomainConfig(this);

    /** A channel that is to connect. */
    public MillraceDomainSocketChannel() {
        super(null, null);
    }

    MillraceDomainSocketChannel(MillraceServerDomainSocketChannel parent, Accepted connection) {
        super(parent, connection);
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
        if (!(address instanceof UnixDomainSocketAddress)
                && !(address instanceof AbstractUnixAddress)) {
            throw new UnsupportedAddressTypeException();
        }
        return address;
    }
}
