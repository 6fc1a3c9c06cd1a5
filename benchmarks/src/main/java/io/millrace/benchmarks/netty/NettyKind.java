// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.netty;

import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.Service;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.util.Version;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A transport of Netty. */
public final class NettyKind implements ServerKind {
    private final NettyTransport transport;

    public NettyKind(NettyTransport transport) {
        this.transport = transport;
    }

    @Override
    public String name() {
        return transport.label();
    }

    @Override
    public String description() {
        Version version = Version.identify().get("netty-transport");
        return "Netty"
                + (version == null ? "" : " " + version.artifactVersion())
                + ", "
                + transport.description()
                + ", default allocator, flush when all was read, leak detection off";
    }

    @Override
    public @Nullable String refusal() {
        return transport.refusal();
    }

    @Override
    public int mostConnections() {
        return Integer.MAX_VALUE;
    }

    @Override
    public RunningServer start(Service service, Accepting accepting) throws IOException {
        return NettyServer.start(
                transport,
                (channel, faults) -> channel.pipeline().addLast(Services.handler(service, faults)),
                accepting);
    }

    /**
     * Starts an echo on one loop.
     *
     * @param first makes what comes before the echo in each pipeline
     */
    public RunningServer startEcho(Function<ByteBufAllocator, ChannelHandler> first)
            throws IOException {
        return NettyServer.start(
                transport,
                (channel, faults) ->
                        channel.pipeline()
                                .addLast(first.apply(channel.alloc()))
                                .addLast(Services.handler(Service.ECHO, faults)),
                Accepting.ONE_LOOP);
    }
}
