// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.LoopOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.net.InetAddress;
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
