// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.LoopOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How what comes is told: so many messages, as long as the user has said, and then complete. */
class ReceiveTest {
    private static final int MESSAGE_BYTES = 16;
    private static final int MESSAGES = 12;
    private static final int IN_A_ROW = 3;
    private static final int HANG_MILLIS = 30_000;

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void messagesAreToldInRowsOfAsManyAsTheUserWants(String backend) throws Exception {
        MaxMessagesRecvByteBufAllocator sizes =
                new FixedRecvByteBufAllocator(MESSAGE_BYTES).maxMessagesPerRead(IN_A_ROW);
        List<String> told = noted(backend, sizes, true).told;
        assertEquals(MESSAGES, Collections.frequency(told, "read " + MESSAGE_BYTES));
        int row = 0;
        for (String each : told) {
            row = each.equals("complete") ? 0 : row + 1;
            assertTrue(row <= IN_A_ROW, told::toString);
        }
        assertEquals("complete", told.get(told.size() - 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whoAsksForEachReadIsToldOfOneRowAtATime(String backend) throws Exception {
        MaxMessagesRecvByteBufAllocator sizes =
                new FixedRecvByteBufAllocator(MESSAGE_BYTES).maxMessagesPerRead(1);
        List<String> told = noted(backend, sizes, false).told;
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            expected.add("read " + MESSAGE_BYTES);
            expected.add("complete");
        }
        assertEquals(expected, told);
    }

    /** Netty's detector hears of a buffer that nobody has released: it has wrapped it. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whatIsLentIsWatchedForLeaks(String backend) throws Exception {
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        try {
            Noting noting = noted(backend, new AdaptiveRecvByteBufAllocator(), true);
            assertEquals(List.of("read " + MESSAGES * MESSAGE_BYTES, "complete"), noting.told);
            assertTrue(noting.isWatched);
        } finally {
            ResourceLeakDetector.setLevel(before);
        }
    }

    /** What a handler is told of bytes that come at once, and then of the end. */
    private static Noting noted(
            String backend, MaxMessagesRecvByteBufAllocator sizes, boolean autoRead)
            throws Exception {
        MillraceTransport transport =
                MillraceTransport.open(
                        1, LoopOptions.builder().provider(BackendsHere.provider(backend)).build());
        Noting noting = new Noting(sizes);
        Channel server =
                transport
                        .serverBootstrap()
                        .childOption(ChannelOption.AUTO_READ, autoRead)
                        .childHandler(noting)
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        try (Socket peer = new Socket()) {
            peer.connect((InetSocketAddress) server.localAddress());
            peer.setSoTimeout(HANG_MILLIS);
            peer.getOutputStream().write(new byte[MESSAGES * MESSAGE_BYTES]);
            assertEquals(MESSAGES, peer.getInputStream().readNBytes(MESSAGES).length);
        }
        transport.group().shutdownGracefully(0, HANG_MILLIS, TimeUnit.MILLISECONDS).sync();
        return noting;
    }

    /** Answers each row, as it is complete, with a byte for each of its messages. */
    private static final class Noting extends ChannelInboundHandlerAdapter {
        /** Of the event loop's until that has ended. */
        final List<String> told = new ArrayList<>();

        boolean isWatched;

        private final MaxMessagesRecvByteBufAllocator sizes;
        private int messages;
        private int all;

        Noting(MaxMessagesRecvByteBufAllocator sizes) {
            this.sizes = sizes;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            context.channel().config().setRecvByteBufAllocator(sizes);
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.read();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            isWatched |= bytes.getClass().getSimpleName().contains("LeakAware");
            told.add("read " + bytes.readableBytes());
            messages += Math.max(1, bytes.readableBytes() / MESSAGE_BYTES);
            bytes.release();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (all == MESSAGES) {
                return; // Of the end.
            }
            told.add("complete");
            all += messages;
            context.writeAndFlush(context.alloc().directBuffer().writeZero(messages));
            messages = 0;
            context.read();
        }
    }
}
