// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.netty;

import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.Faults;
import io.millrace.benchmarks.server.RunningServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** A server on event loops of its own. */
final class NettyServer implements RunningServer {
    /** As in Millrace's default options. */
    static final int BACKLOG = 4096;

    static final long STOP_SECONDS = 10;

    private final Faults faults = new Faults();
    private final List<EventLoopGroup> groups = new ArrayList<>();
    private final NettyTransport transport;
    private final boolean readsOnDemand;
    private final BiConsumer<Channel, Faults> handlers;
    private InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private NettyServer(
            NettyTransport transport, boolean readsOnDemand, BiConsumer<Channel, Faults> handlers) {
        this.transport = transport;
        this.readsOnDemand = readsOnDemand;
        this.handlers = handlers;
    }

    /**
     * Starts one.
     *
     * @param readsOnDemand whether auto-read is off
     * @param handlers adds what serves a connection to its pipeline
     */
    static NettyServer start(
            NettyTransport transport,
            boolean readsOnDemand,
            BiConsumer<Channel, Faults> handlers,
            Accepting accepting)
            throws IOException {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        NettyServer server = new NettyServer(transport, readsOnDemand, handlers);
        try {
            server.listen(accepting);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public void check() throws IOException {
        faults.check();
    }

    @Override
    public void close() throws IOException {
        for (EventLoopGroup group : groups) {
            group.shutdownGracefully(0, STOP_SECONDS, TimeUnit.SECONDS).awaitUninterruptibly();
        }
        groups.clear();
        faults.check();
    }

    private void listen(Accepting accepting) throws IOException {
        switch (accepting) {
            case ONE_LOOP -> {
                EventLoopGroup loop = open(1);
                bind(bootstrap(loop, loop));
            }
            case ACCEPTOR -> bind(bootstrap(open(1), open(Accepting.LOOPS)));
            case LISTENER_PER_LOOP -> {
                for (int i = 0; i < Accepting.LOOPS; i++) {
                    EventLoopGroup loop = open(1);
                    ServerBootstrap server = bootstrap(loop, loop);
                    transport.sharePort(server);
                    bind(server);
                }
            }
        }
    }

    private EventLoopGroup open(int size) {
        EventLoopGroup group = new MultiThreadIoEventLoopGroup(size, transport.handlers());
        groups.add(group);
        return group;
    }

    private ServerBootstrap bootstrap(EventLoopGroup acceptor, EventLoopGroup loops) {
        ServerBootstrap server =
                new ServerBootstrap()
                        .group(acceptor, loops)
                        .channel(transport.listener())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childOption(ChannelOption.AUTO_READ, !readsOnDemand)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel channel) {
                                        handlers.accept(channel, faults);
                                    }
                                });
        transport.configure(server::childOption);
        return server;
    }

    private void bind(ServerBootstrap server) throws IOException {
        var bound = server.bind(address).awaitUninterruptibly();
        if (bound.cause() != null) {
            throw new IOException("Netty could not listen", bound.cause());
        }
        SocketAddress local = bound.channel().localAddress();
        address = (InetSocketAddress) local;
    }
}
