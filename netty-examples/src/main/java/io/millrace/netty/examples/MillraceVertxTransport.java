// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import io.millrace.LoopOptions;
import io.millrace.netty.MillraceDatagramChannel;
import io.millrace.netty.MillraceDomainSocketChannel;
import io.millrace.netty.MillraceIoHandler;
import io.millrace.netty.MillraceServerDomainSocketChannel;
import io.millrace.netty.MillraceServerSocketChannel;
import io.millrace.netty.MillraceSocketChannel;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.InternetProtocolFamily;
import io.vertx.core.spi.transport.Transport;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import org.jspecify.annotations.Nullable;

/** Millrace as a transport of Vert.x 5: all that it asks of one. */
public final class MillraceVertxTransport implements io.vertx.core.transport.Transport, Transport {
    private final LoopOptions options;

    /** On the backend that {@code millrace.backend} says. */
    public MillraceVertxTransport() {
        this(LoopOptions.DEFAULT);
    }

    public MillraceVertxTransport(LoopOptions options) {
        this.options = options;
    }

    @Override
    public String name() {
        return "millrace";
    }

    /** A backend there always is, if Millrace's are on the class path at all. */
    @Override
    public boolean available() {
        return true;
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return null;
    }

    @Override
    public Transport implementation() {
        return this;
    }

    @Override
    public boolean supportsDomainSockets() {
        return true;
    }

    @Override
    public SocketAddress convert(io.vertx.core.net.SocketAddress address) {
        return address.isDomainSocket()
                ? UnixDomainSocketAddress.of(address.path())
                : Transport.super.convert(address);
    }

    @Override
    public io.vertx.core.net.SocketAddress convert(SocketAddress address) {
        return address instanceof UnixDomainSocketAddress unix
                ? io.vertx.core.net.SocketAddress.domainSocketAddress(unix.getPath().toString())
                : Transport.super.convert(address);
    }

    @Override
    public IoHandlerFactory ioHandlerFactory() {
        return MillraceIoHandler.newFactory(options);
    }

    @Override
    public DatagramChannel datagramChannel() {
        return new MillraceDatagramChannel();
    }

    @Override
    @SuppressWarnings("deprecation") // what Vert.x asks for
    public DatagramChannel datagramChannel(InternetProtocolFamily family) {
        return new MillraceDatagramChannel(family.toSocketProtocolFamily());
    }

    @Override
    public ChannelFactory<? extends Channel> channelFactory(boolean domainSocket) {
        return domainSocket ? MillraceDomainSocketChannel::new : MillraceSocketChannel::new;
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        return domainSocket
                ? MillraceServerDomainSocketChannel::new
                : MillraceServerSocketChannel::new;
    }
}
