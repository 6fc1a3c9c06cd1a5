// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.tls;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.net.ServerOptions;
import io.millrace.tls.TlsContext;
import io.millrace.tls.TlsServer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.JdkSslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Two echoes over TLS on one epoll loop each, of one {@code SSLContext}. */
final class TlsServers {
    private static final int BACKLOG = 4096;

    private TlsServers() {}

    /** An echo that runs: its thread is the one that is measured. */
    interface Running extends AutoCloseable {
        InetSocketAddress address();

        Thread thread();

        @Override
        void close() throws IOException;
    }

    private static InetSocketAddress any() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** Millrace's. */
    static final class Millrace implements Running {
        private final CompletableFuture<InetSocketAddress> address = new CompletableFuture<>();
        private final CompletableFuture<EventLoop> loop = new CompletableFuture<>();
        private final Thread thread;

        Millrace(TlsContext context) {
            thread = new Thread(() -> serve(context), "millrace-tls");
            thread.setDaemon(true);
            thread.start();
            address.join();
        }

        private void serve(TlsContext context) {
            try (EventLoop opened =
                    EventLoop.open(LoopOptions.builder().backend("epoll").build())) {
                TlsServer server =
                        TlsServer.listen(
                                opened,
                                any(),
                                ServerOptions.builder().backlog(BACKLOG).build(),
                                context,
                                TlsServer.DEFAULT_HANDSHAKES,
                                stream -> stream.read((from, chunk) -> from.write(chunk)));
                loop.complete(opened);
                address.complete((InetSocketAddress) server.localAddress());
                opened.run();
                opened.closeAll();
            } catch (IOException failed) {
                address.completeExceptionally(failed);
            }
        }

        @Override
        public InetSocketAddress address() {
            return address.join();
        }

        @Override
        public Thread thread() {
            return thread;
        }

        @Override
        public void close() {
            loop.join().stop();
        }
    }

    /** Netty's, with an {@code SslHandler} before the echo. */
    @SuppressWarnings("FutureReturnValueIgnored") // What fails closes the connection.
    static final class Netty implements Running {
        private final EventLoopGroup group =
                new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
        private final InetSocketAddress address;
        private final Thread thread;

        Netty(TlsContext context, String protocol) throws IOException {
            JdkSslContext tls =
                    new JdkSslContext(
                            context.sslContext(),
                            false,
                            context.cipherSuites(),
                            IdentityCipherSuiteFilter.INSTANCE,
                            new ApplicationProtocolConfig(
                                    Protocol.ALPN,
                                    SelectorFailureBehavior.NO_ADVERTISE,
                                    SelectedListenerFailureBehavior.ACCEPT,
                                    protocol),
                            ClientAuth.NONE,
                            context.protocols().toArray(String[]::new),
                            false);
            ServerBootstrap server =
                    new ServerBootstrap()
                            .group(group, group)
                            .channel(EpollServerSocketChannel.class)
                            .option(ChannelOption.SO_BACKLOG, BACKLOG)
                            .childOption(ChannelOption.TCP_NODELAY, true)
                            .childHandler(
                                    new ChannelInitializer<Channel>() {
                                        @Override
                                        protected void initChannel(Channel channel) {
                                            channel.pipeline()
                                                    .addLast(tls.newHandler(channel.alloc()))
                                                    .addLast(new Echo());
                                        }
                                    });
            var bound = server.bind(any()).awaitUninterruptibly();
            if (bound.cause() != null) {
                throw new IOException("Netty could not listen", bound.cause());
            }
            address = (InetSocketAddress) bound.channel().localAddress();
            CompletableFuture<Thread> itself = new CompletableFuture<>();
            group.execute(() -> itself.complete(Thread.currentThread()));
            thread = itself.join();
        }

        /** Writes as it reads, flushes once all that was ready has been read. */
        private static final class Echo extends ChannelInboundHandlerAdapter {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                context.write(message, context.voidPromise());
            }

            @Override
            public void channelReadComplete(ChannelHandlerContext context) {
                context.flush();
            }

            @Override
            public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                context.close();
            }
        }

        @Override
        public InetSocketAddress address() {
            return address;
        }

        @Override
        public Thread thread() {
            return thread;
        }

        @Override
        public void close() {
            group.shutdownGracefully(0, 10, TimeUnit.SECONDS).awaitUninterruptibly();
        }
    }
}
