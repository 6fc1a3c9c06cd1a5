// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.LoopOptions;
import io.millrace.spi.PortOption;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that Netty's native transports have, on each backend. */
class OptionsTest {
    private static final long PATIENCE_SECONDS = 30;

    /** Netty's own transport has it by this name, in a class that need not be here. */
    private static final ChannelOption<Integer> USER_TIMEOUT =
            ChannelOption.valueOf("io.netty.channel.epoll.EpollChannelOption#TCP_USER_TIMEOUT");

    private static Object onLoop(Channel channel, ChannelOption<?> option) throws Exception {
        return channel.eventLoop()
                .submit(() -> channel.config().getOption(option))
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void optionsReachTheSocketsOfBothSides(String backend) throws Exception {
        LoopOptions options =
                LoopOptions.builder().provider(BackendsHere.provider(backend)).build();
        MillraceTransport transport = MillraceTransport.open(1, options);
        BlockingQueue<Channel> children = new LinkedBlockingQueue<>();
        Channel server =
                transport
                        .serverBootstrap()
                        .childOption(ChannelOption.IP_TOS, 0x20)
                        .childHandler(new Noting(children))
                        .bind(InetAddress.getByName("127.0.0.1"), 0)
                        .sync()
                        .channel();
        Channel client =
                transport
                        .bootstrap()
                        .option(ChannelOption.IP_TOS, 0x40)
                        .handler(new Noting(new LinkedBlockingQueue<>()))
                        .connect(server.localAddress())
                        .sync()
                        .channel();
        Channel child = children.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(child);
        assertEquals(0x40, onLoop(client, ChannelOption.IP_TOS));
        assertEquals(0x20, onLoop(child, ChannelOption.IP_TOS));
        set(client, ChannelOption.SO_REUSEADDR, true);
        assertEquals(true, onLoop(client, ChannelOption.SO_REUSEADDR));
        if (!backend.equals("nio")) {
            assertTrue(client.config().setOption(USER_TIMEOUT, 5000));
            assertEquals(5000, onLoop(client, USER_TIMEOUT));
        }
        transport.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
    }

    /** Those that Netty's native transports set by the system's numbers. */
    @ParameterizedTest
    @ValueSource(strings = {"epoll", "epoll-et", "io_uring"})
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the names are Linux's")
    void optionsOfLinuxReachTheSocket(String backend) throws Exception {
        try (Pair pair = new Pair(backend)) {
            Channel client = pair.client;
            set(client, named("TCP_CORK"), true);
            assertEquals(true, onLoop(client, named("TCP_CORK")));
            set(client, named("TCP_NOTSENT_LOWAT"), 4096L);
            assertEquals(4096L, onLoop(client, named("TCP_NOTSENT_LOWAT")));
            set(client, named("IP_TRANSPARENT"), false);
            assertEquals(false, onLoop(client, named("IP_TRANSPARENT")));
            set(client, named("IP_BIND_ADDRESS_NO_PORT"), true);
            assertEquals(true, onLoop(client, named("IP_BIND_ADDRESS_NO_PORT")));
            set(client, named("SO_BUSY_POLL"), 0);
            assertEquals(0, onLoop(client, named("SO_BUSY_POLL")));
            set(client, named("TCP_QUICKACK"), false);
            assertEquals(false, onLoop(client, named("TCP_QUICKACK")));
            var leastToRead = new IntegerUnixChannelOption("SO_RCVLOWAT", 1, 18);
            set(client, leastToRead, 5);
            assertEquals(5, onLoop(client, leastToRead));
            assertFalse(client.config().setOption(named("TCP_MD5SIG"), Map.of()));
        }
    }

    /** A listener has them before it is bound: otherwise it could not have this address. */
    @ParameterizedTest
    @ValueSource(strings = {"epoll", "epoll-et", "io_uring"})
    @EnabledOnOs(value = OS.LINUX, disabledReason = "the names are Linux's")
    void optionsOfAListenerCountBeforeItIsBound(String backend) throws Exception {
        MillraceTransport transport = open(backend);
        InetSocketAddress foreign = new InetSocketAddress("192.0.2.77", 0);
        Channel server =
                transport
                        .serverBootstrap()
                        .option(named("IP_FREEBIND"), true)
                        .option(named("TCP_DEFER_ACCEPT"), 3)
                        .option(ChannelOption.TCP_FASTOPEN, 16)
                        .childHandler(new Greeting())
                        .bind(foreign)
                        .sync()
                        .channel();
        assertEquals(
                foreign.getAddress(), ((InetSocketAddress) server.localAddress()).getAddress());
        assertTrue((Integer) onLoop(server, named("TCP_DEFER_ACCEPT")) > 0);
        assertEquals(16, onLoop(server, ChannelOption.TCP_FASTOPEN));
        ChannelFuture refused =
                transport.serverBootstrap().childHandler(new Greeting()).bind(foreign).await();
        assertInstanceOf(BindException.class, refused.cause());
        transport.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
    }

    /** As with any of Netty's: a bootstrap warns, and who sets it is told. */
    @Test
    void withoutDescriptorsSuchOptionsAreRefused() throws Exception {
        try (Pair pair = new Pair("nio")) {
            assertThrows(ChannelException.class, () -> set(pair.client, named("TCP_CORK"), true));
        }
    }

    /** What comes after that nobody is given, and what is sent arrives. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void anInputThatIsShutDownBringsNothingMore(String backend) throws Exception {
        try (Pair pair = new Pair(backend)) {
            SocketChannel child = (SocketChannel) pair.child;
            assertTrue(child.shutdownInput().await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertTrue(child.isInputShutdown() && !child.isOutputShutdown() && child.isActive());
            pair.client.writeAndFlush(Unpooled.copiedBuffer("lost", StandardCharsets.US_ASCII));
            child.writeAndFlush(Unpooled.copiedBuffer("found", StandardCharsets.US_ASCII));
            assertEquals("found", pair.heardByClient.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertTrue(pair.heardByChild.isEmpty());
        }
    }

    private static MillraceTransport open(String backend) {
        return MillraceTransport.open(
                1, LoopOptions.builder().provider(BackendsHere.provider(backend)).build());
    }

    /** As it is called in Netty's own transports. */
    private static <T> ChannelOption<T> named(String name) {
        return ChannelOption.valueOf("io.netty.channel.epoll.EpollChannelOption#" + name);
    }

    private static <T> void set(Channel channel, ChannelOption<T> option, T value)
            throws Exception {
        try {
            channel.eventLoop()
                    .submit(() -> assertTrue(channel.config().setOption(option, value)))
                    .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            throw (Exception) failure.getCause();
        }
    }

    /** Both ends of a connection, which stays when one end has finished. */
    private static final class Pair implements AutoCloseable {
        final BlockingQueue<String> heardByChild = new LinkedBlockingQueue<>();
        final BlockingQueue<String> heardByClient = new LinkedBlockingQueue<>();
        final Channel client;
        final Channel child;
        private final MillraceTransport transport;

        Pair(String backend) throws Exception {
            transport = open(backend);
            BlockingQueue<Channel> children = new LinkedBlockingQueue<>();
            Channel server =
                    transport
                            .serverBootstrap()
                            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                            .childHandler(
                                    new ChannelInitializer<Channel>() {
                                        @Override
                                        protected void initChannel(Channel connection) {
                                            connection
                                                    .pipeline()
                                                    .addLast(
                                                            new Noting(children),
                                                            new Hearing(heardByChild));
                                        }
                                    })
                            .bind(InetAddress.getByName("127.0.0.1"), 0)
                            .sync()
                            .channel();
            client =
                    transport
                            .bootstrap()
                            .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                            .handler(new Hearing(heardByClient))
                            .connect(server.localAddress())
                            .sync()
                            .channel();
            child = children.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertNotNull(child);
        }

        @Override
        public void close() {
            transport
                    .group()
                    .shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .syncUninterruptibly();
        }
    }

    /**
     * A connect that is to take its first bytes along sends nothing before there are any: without
     * them it has to be an ordinary one, for a server that speaks first to be heard.
     */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aConnectIsFastOnlyWithSomethingToSend(String backend) throws Exception {
        LoopOptions options =
                LoopOptions.builder().provider(BackendsHere.provider(backend)).build();
        MillraceTransport transport = MillraceTransport.open(1, options);
        Channel server =
                transport
                        .serverBootstrap()
                        .childHandler(new Greeting())
                        .bind(InetAddress.getByName("127.0.0.1"), 0)
                        .sync()
                        .channel();
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Bootstrap bootstrap =
                transport
                        .bootstrap()
                        .option(ChannelOption.TCP_FASTOPEN_CONNECT, true)
                        .handler(new Hearing(heard));
        Channel silent = bootstrap.register().sync().channel();
        silent.connect(server.localAddress()).sync();
        assertEquals("hello", heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertEquals(true, onLoop(silent, ChannelOption.TCP_FASTOPEN_CONNECT));
        assertTrue(fastOpen(silent) <= 0);
        silent.close().sync();
        Channel talking = bootstrap.register().sync().channel();
        ChannelFuture sent =
                talking.write(Unpooled.copiedBuffer("bytes", StandardCharsets.US_ASCII));
        talking.connect(server.localAddress()).sync();
        assertTrue(sent.await(PATIENCE_SECONDS, TimeUnit.SECONDS) && sent.isSuccess());
        assertEquals("hello", heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        if (!backend.equals("nio") && mayClientsBeFast()) {
            assertEquals(1, fastOpen(talking));
        }
        transport.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
    }

    private static int fastOpen(Channel channel) throws Exception {
        MillraceSocketChannel own = (MillraceSocketChannel) channel;
        return channel.eventLoop()
                .submit(() -> own.port().getOption(PortOption.FAST_OPEN_CONNECT))
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** See tcp(7). */
    private static boolean mayClientsBeFast() throws Exception {
        Path setting = Path.of("/proc/sys/net/ipv4/tcp_fastopen");
        return Files.isReadable(setting)
                && (Integer.parseInt(Files.readString(setting).strip()) & 1) != 0;
    }

    /** Speaks first. */
    private static final class Greeting extends ChannelInboundHandlerAdapter {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII));
        }
    }

    /** Notes what comes, as text. */
    private static final class Hearing extends SimpleChannelInboundHandler<ByteBuf> {
        private final BlockingQueue<String> heard;

        Hearing(BlockingQueue<String> heard) {
            this.heard = heard;
        }

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            heard.add(message.toString(StandardCharsets.US_ASCII));
        }
    }

    /** Notes a channel that is active. */
    private static final class Noting extends ChannelInboundHandlerAdapter {
        private final BlockingQueue<Channel> channels;

        Noting(BlockingQueue<Channel> channels) {
            this.channels = channels;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            channels.add(context.channel());
            context.fireChannelActive();
        }
    }
}
