// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty.examples;

import io.millrace.LoopOptions;
import io.millrace.netty.MillraceDatagramChannel;
import io.millrace.netty.MillraceServerSocketChannel;
import io.millrace.netty.MillraceSocketChannel;
import io.millrace.netty.MillraceTransport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** Millrace's loops for Reactor Netty, whose own detector knows only Netty's. */
public final class MillraceLoopResources implements LoopResources {
    private static final Map<Class<?>, Supplier<? extends Channel>> CHANNELS =
            Map.of(
                    ServerSocketChannel.class, MillraceServerSocketChannel::new,
                    SocketChannel.class, MillraceSocketChannel::new,
                    DatagramChannel.class, MillraceDatagramChannel::new);

    private final MillraceTransport transport;

    /** So many loops, on the backend that the options say. */
    public MillraceLoopResources(int loops, LoopOptions options) {
        transport = MillraceTransport.open(loops, options);
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return transport.group();
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> kind, EventLoopGroup group) {
        Supplier<? extends Channel> maker = CHANNELS.get(kind);
        if (maker == null) {
            throw new IllegalArgumentException("no such channel on Millrace: " + kind.getName());
        }
        return kind.cast(maker.get());
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(
            Class<C> kind, EventLoopGroup group) {
        return onChannel(kind, group).getClass().asSubclass(kind);
    }

    @Override
    public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
        return Mono.create(
                done ->
                        transport
                                .group()
                                .shutdownGracefully(
                                        quietPeriod.toMillis(),
                                        timeout.toMillis(),
                                        TimeUnit.MILLISECONDS)
                                .addListener(ended -> done.success()));
    }
}
