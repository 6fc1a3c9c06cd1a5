// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.LoopOptions;
import io.millrace.spi.PortOption;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
        if (!backend.equals("nio")) {
            assertTrue(client.config().setOption(USER_TIMEOUT, 5000));
            assertEquals(5000, onLoop(client, USER_TIMEOUT));
        }
        transport.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
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
        }
    }
}
