// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.LoopOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Channels that are deregistered, and registered with another event loop or the same. */
class MoveTest {
    private static final long PATIENCE_SECONDS = 30;

    private final BlockingQueue<Channel> children = new LinkedBlockingQueue<>();
    private MillraceTransport home;
    private MillraceTransport elsewhere;
    private Channel server;

    private void open(String backend) throws Exception {
        LoopOptions options =
                LoopOptions.builder().provider(BackendsHere.provider(backend)).build();
        home = MillraceTransport.open(1, options);
        elsewhere = MillraceTransport.open(1, options);
        server =
                home.serverBootstrap()
                        .childHandler(new Echoing())
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
    }

    @AfterEach
    void shutDown() throws Exception {
        for (MillraceTransport each : new MillraceTransport[] {home, elsewhere}) {
            if (each != null) {
                each.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
            }
        }
    }

    private Socket connect() throws Exception {
        Socket peer = new Socket();
        peer.connect((InetSocketAddress) server.localAddress());
        peer.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        return peer;
    }

    private Channel child() throws Exception {
        Channel child = children.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertNotNull(child);
        return child;
    }

    private static void done(ChannelFuture future) throws Exception {
        assertTrue(future.await(PATIENCE_SECONDS, TimeUnit.SECONDS), future::toString);
        if (future.cause() != null) {
            throw new AssertionError(future.cause());
        }
    }

    /** Bytes that come meanwhile are there on the other loop, and in order. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aConnectionMovesThereAndBack(String backend) throws Exception {
        open(backend);
        try (Socket peer = connect()) {
            Channel child = child();
            EventLoop[] loops = {
                elsewhere.group().next(), home.group().next(), home.group().next()
            };
            for (int round = 0; round < 12; round++) {
                byte[] before = {(byte) round, 1};
                byte[] meanwhile = {2, (byte) round};
                peer.getOutputStream().write(before);
                done(child.deregister());
                peer.getOutputStream().write(meanwhile);
                EventLoop next = loops[round % loops.length];
                done(next.register(child));
                assertSame(next, child.eventLoop());
                byte[] echoed = peer.getInputStream().readNBytes(4);
                assertEquals(round, echoed[0]);
                assertEquals(1, echoed[1]);
                assertEquals(2, echoed[2]);
                assertEquals(round, echoed[3]);
            }
            assertEquals(peer.getLocalSocketAddress(), child.remoteAddress());
        }
    }

    /** What waits for room moves along, and so does what is written while nobody can send. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whatIsUnsentIsSentFromThere(String backend) throws Exception {
        open(backend);
        int bytes = 8 << 20;
        try (Socket peer = connect()) {
            Channel child = child();
            ChannelFuture large =
                    child.writeAndFlush(Unpooled.directBuffer(bytes).writeZero(bytes));
            done(child.deregister());
            assertFalse(large.isDone());
            ChannelFuture registered = elsewhere.group().next().register(child);
            ChannelFuture small = child.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {7}));
            done(registered);
            InputStream in = peer.getInputStream();
            byte[] all = in.readNBytes(bytes + 1);
            assertEquals(7, all[bytes]);
            done(large);
            done(small);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void theEndOfTheStreamIsToldThere(String backend) throws Exception {
        open(backend);
        try (Socket peer = connect()) {
            Channel child = child();
            done(child.deregister());
            peer.shutdownOutput();
            done(elsewhere.group().next().register(child));
            done(child.closeFuture());
            assertEquals(-1, peer.getInputStream().read());
        }
    }

    /** Registered with no loop, or with its own ended, it is closed as any other. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whoIsNowhereCanBeClosed(String backend) throws Exception {
        open(backend);
        try (Socket peer = connect();
                Socket another = connect();
                Socket third = connect()) {
            Channel child = child();
            done(child.deregister());
            done(child.close());
            assertEquals(-1, peer.getInputStream().read());
            Channel orphan = child();
            done(orphan.deregister());
            Channel moved = child();
            done(moved.deregister());
            done(elsewhere.group().next().register(moved));
            home.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
            assertEquals(-1, another.getInputStream().read());
            third.getOutputStream().write(5);
            assertEquals(5, third.getInputStream().read());
        }
    }

    /** A listener is its loop's: it can come back, and is told so if it is to go elsewhere. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aListenerComesBack(String backend) throws Exception {
        open(backend);
        done(server.deregister());
        done(home.group().next().register(server));
        try (Socket peer = connect()) {
            peer.getOutputStream().write(3);
            assertEquals(3, peer.getInputStream().read());
        }
        done(server.deregister());
        ChannelFuture refused = elsewhere.group().next().register(server);
        assertTrue(refused.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertTrue(refused.cause().getMessage().startsWith("only connections move"));
    }

    /** Notes its channel, and echoes. */
    private final class Echoing extends ChannelInboundHandlerAdapter {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            children.add(context.channel());
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.writeAndFlush(((ByteBuf) message));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!(cause instanceof ClosedChannelException)) {
                context.fireExceptionCaught(cause);
            }
        }
    }
}
