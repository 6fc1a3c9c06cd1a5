// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.LoopOptions;
import io.millrace.spi.Accepted;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of a handler to which channels belong that are deregistered. */
class DestroyTest {
    private static final long PATIENCE_SECONDS = 30;

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whatCannotBeClosedKeepsNothingElseOpen(String backend) throws Exception {
        LoopOptions options =
                LoopOptions.builder().provider(BackendsHere.provider(backend)).build();
        MillraceTransport transport = MillraceTransport.open(1, options);
        Accepting accepting = new Accepting();
        try (Socket peer = new Socket()) {
            Channel server =
                    transport
                            .serverBootstrap()
                            .childHandler(accepting)
                            .bind(InetAddress.getLoopbackAddress(), 0)
                            .sync()
                            .channel();
            peer.connect((InetSocketAddress) server.localAddress());
            peer.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            Channel child = accepting.children.take();
            Broken broken = new Broken();
            transport.group().register(broken).sync();
            broken.deregister().sync();
            child.deregister().sync();
            transport.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
            assertEquals(1, broken.asked);
            assertEquals(-1, peer.getInputStream().read());
        } finally {
            transport.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
        }
    }

    private static final class Accepting extends ChannelInboundHandlerAdapter {
        final BlockingQueue<Channel> children = new LinkedBlockingQueue<>();

        @Override
        public void channelActive(ChannelHandlerContext context) {
            children.add(context.channel());
        }
    }

    /** Fails when its handler, which ends, closes it. */
    private static final class Broken extends MillraceListenerChannel {
        volatile int asked;

        @Override
        void closeOrphan(MillraceIoHandler ending) {
            asked++;
            throw new AssertionError("on purpose");
        }

        @Override
        Channel child(Accepted connection) {
            throw new UnsupportedOperationException("it listens nowhere");
        }

        @Override
        SocketAddress checked(SocketAddress address) {
            return address;
        }
    }
}
