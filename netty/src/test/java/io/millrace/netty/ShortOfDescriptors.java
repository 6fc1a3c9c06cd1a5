// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.spi.LateClasses;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * A process of {@link OutOfDescriptorsTest}: an echo on each backend that it is told, one after the
 * other; a line of input ends one. It says where it listens, and each error of the listener.
 */
final class ShortOfDescriptors {
    private ShortOfDescriptors() {}

    public static void main(String[] backends) throws Exception {
        LateClasses.loadAllBeside(ShortOfDescriptors.class);
        for (String backend : backends) {
            LoopOptions options = LoopOptions.builder().backend(backend).build();
            MillraceTransport transport = MillraceTransport.open(1, options);
            try {
                serve(transport);
            } finally {
                transport.group().shutdownGracefully(0, 10, TimeUnit.SECONDS).sync();
            }
        }
    }

    private static void serve(MillraceTransport transport) throws Exception {
        Channel server =
                transport
                        .serverBootstrap()
                        .handler(new Telling())
                        .childHandler(new Echoing())
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        System.out.println(((InetSocketAddress) server.localAddress()).getPort());
        int next = System.in.read();
        while (next != '\n' && next >= 0) {
            next = System.in.read();
        }
    }

    /** Keeps errors from Netty's acceptor, which would pause for a second at each. */
    private static final class Telling extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            System.out.println(cause instanceof IoException failure ? failure.errorName() : cause);
        }
    }

    /** On each connection. */
    private static final class Echoing extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel child) {
            child.pipeline()
                    .addLast(
                            new ChannelInboundHandlerAdapter() {
                                @Override
                                public void channelRead(
                                        ChannelHandlerContext context, Object message) {
                                    context.writeAndFlush(message);
                                }
                            });
        }
    }
}
