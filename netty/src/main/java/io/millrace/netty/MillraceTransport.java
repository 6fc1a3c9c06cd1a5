// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.LoopOptions;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.util.Objects;

/**
 * An event loop group on Millrace's backends, with the classes of the channels that it serves: all
 * that a bootstrap has to be told. Any thread.
 *
 * <pre>{@code
 * MillraceTransport transport = MillraceTransport.open();
 * transport.serverBootstrap().childHandler(...).bind(8080);
 * ...
 * transport.group().shutdownGracefully();
 * }</pre>
 */
public final class MillraceTransport {
    private final EventLoopGroup group;

    private MillraceTransport(EventLoopGroup group) {
        this.group = group;
    }

    /** A group of as many loops as Netty finds right for the machine. */
    public static MillraceTransport open() {
        return open(0);
    }

    /**
     * A group of so many loops; 0 for as many as Netty finds right.
     *
     * @throws IllegalStateException if a loop cannot be made; the cause at the bottom is the {@link
     *     io.millrace.IoException} with the reason why no backend can be had
     */
    public static MillraceTransport open(int loops) {
        return open(loops, LoopOptions.DEFAULT);
    }

    /** The same with options; see {@link MillraceIoHandler#newFactory(LoopOptions)}. */
    public static MillraceTransport open(int loops, LoopOptions options) {
        Objects.requireNonNull(options, "options");
        return new MillraceTransport(
                new MultiThreadIoEventLoopGroup(loops, MillraceIoHandler.newFactory(options)));
    }

    /** What shuts down when the transport is needed no more. */
    public EventLoopGroup group() {
        return group;
    }

    /** For {@link ServerBootstrap#channel}. */
    public Class<? extends ServerSocketChannel> serverSocketChannel() {
        return MillraceServerSocketChannel.class;
    }

    /** For {@link Bootstrap#channel}. */
    public Class<? extends SocketChannel> socketChannel() {
        return MillraceSocketChannel.class;
    }

    /** For {@link ServerBootstrap#channel}, of Unix-domain addresses. */
    public Class<? extends ServerChannel> serverDomainSocketChannel() {
        return MillraceServerDomainSocketChannel.class;
    }

    /** For {@link Bootstrap#channel}, of Unix-domain addresses. */
    public Class<MillraceDomainSocketChannel> domainSocketChannel() {
        return MillraceDomainSocketChannel.class;
    }

    /** For {@link Bootstrap#channel}, of UDP. */
    public Class<? extends DatagramChannel> datagramChannel() {
        return MillraceDatagramChannel.class;
    }

    /** A bootstrap of TCP servers with group and channel set. */
    public ServerBootstrap serverBootstrap() {
        return new ServerBootstrap().group(group).channel(serverSocketChannel());
    }

    /** A bootstrap of TCP clients with group and channel set. */
    public Bootstrap bootstrap() {
        return new Bootstrap().group(group).channel(socketChannel());
    }
}
