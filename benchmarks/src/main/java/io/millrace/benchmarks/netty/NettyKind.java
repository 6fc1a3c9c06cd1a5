// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.netty;

import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.Faults;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.Service;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.Version;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A transport of Netty. */
public final class NettyKind implements ServerKind {
    /** What is appended to a transport's name for a pipeline that asks for each read. */
    public static final String ON_DEMAND = "-on-demand";

    private final NettyTransport transport;
    private final boolean readsOnDemand;

    public NettyKind(NettyTransport transport) {
        this(transport, false);
    }

    /**
     * @param readsOnDemand whether auto-read is off
     */
    public NettyKind(NettyTransport transport, boolean readsOnDemand) {
        this.transport = transport;
        this.readsOnDemand = readsOnDemand;
    }

    /** Those that are in no list: Millrace's transports, and all without auto-read. */
    public static List<ServerKind> unlisted() {
        List<ServerKind> kinds = new ArrayList<>();
        for (NettyTransport transport : NettyTransport.values()) {
            kinds.add(new NettyKind(transport, true));
        }
        for (NettyTransport transport : NettyTransport.ofMillrace()) {
            kinds.add(new NettyKind(transport));
        }
        return kinds;
    }

    @Override
    public String name() {
        return transport.label() + (readsOnDemand ? ON_DEMAND : "");
    }

    @Override
    public String description() {
        Version version = Version.identify().get("netty-transport");
        return "Netty"
                + (version == null ? "" : " " + version.artifactVersion())
                + ", "
                + transport.description()
                + ", default allocator, flush when all was read, leak detection off"
                + (readsOnDemand ? ", auto-read off" : "");
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
        return start(
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
        return start(
                (channel, faults) ->
                        channel.pipeline()
                                .addLast(first.apply(channel.alloc()))
                                .addLast(Services.handler(Service.ECHO, faults)),
                Accepting.ONE_LOOP);
    }

    /**
     * Starts a server of HTTP/1.1 by Netty's codec on one loop, for {@link
     * io.millrace.benchmarks.load.HttpLoad}.
     */
    public RunningServer startHttp() throws IOException {
        return start(
                (channel, faults) ->
                        channel.pipeline().addLast(new HttpServerCodec(), new HttpService(faults)),
                Accepting.ONE_LOOP);
    }

    /**
     * Starts a server of gRPC on one loop, for {@link io.millrace.benchmarks.load.GrpcLoad}. It
     * serves calls on the loop's thread, and reads as gRPC sees fit.
     */
    public RunningServer startGrpc() throws IOException {
        return GrpcServer.start(transport);
    }

    private RunningServer start(BiConsumer<Channel, Faults> handlers, Accepting accepting)
            throws IOException {
        return NettyServer.start(transport, readsOnDemand, handlers, accepting);
    }
}
