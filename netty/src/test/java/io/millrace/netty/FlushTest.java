// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.LoopOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was flushed arrives, although its channel ends right behind it and its memory is reused. */
class FlushTest {
    /** More than one send takes, and no more than a flush may: 16 sends of 64, on nio of 16. */
    private static final int PIECES = 800;

    private static final int PIECES_ON_NIO = 250;
    private static final int PIECE_BYTES = 7;
    private static final int HANG_MILLIS = 30_000;

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void beforeAClose(String backend) throws Exception {
        check(backend, Channel::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void beforeAHalfClose(String backend) throws Exception {
        check(backend, channel -> ((DuplexChannel) channel).shutdownOutput());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void beforeADeregistration(String backend) throws Exception {
        check(backend, channel -> channel.deregister().addListener(end -> channel.close()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void beforeTheEndOfTheGroup(String backend) throws Exception {
        check(
                backend,
                channel ->
                        channel.eventLoop()
                                .parent()
                                .shutdownGracefully(0, HANG_MILLIS, TimeUnit.MILLISECONDS));
    }

    private static void check(String backend, Consumer<Channel> ending) throws Exception {
        LoopOptions options =
                LoopOptions.builder().provider(BackendsHere.provider(backend)).build();
        MillraceTransport transport = MillraceTransport.open(1, options);
        int pieces = backend.equals("nio") ? PIECES_ON_NIO : PIECES;
        Talker talker = new Talker(pieces, ending);
        Channel server =
                transport
                        .serverBootstrap()
                        .childHandler(talker)
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        try (Socket peer = new Socket()) {
            InetSocketAddress address = (InetSocketAddress) server.localAddress();
            peer.connect(address, HANG_MILLIS);
            peer.setSoTimeout(HANG_MILLIS);
            assertArrayEquals(expected(pieces), peer.getInputStream().readAllBytes());
        }
        for (int i = 0; i < pieces; i++) {
            assertEquals("sent", talker.ends.poll(HANG_MILLIS, TimeUnit.MILLISECONDS));
        }
        transport.group().shutdownGracefully(0, HANG_MILLIS, TimeUnit.MILLISECONDS).sync();
    }

    private static byte[] expected(int pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < pieces; i++) {
            all.writeBytes(piece(i));
        }
        return all.toByteArray();
    }

    private static byte[] piece(int number) {
        byte[] bytes = new byte[PIECE_BYTES];
        Arrays.fill(bytes, (byte) number);
        return bytes;
    }

    /** Says what it has to say, ends, and writes over all memory that it may have. */
    private static final class Talker extends ChannelInboundHandlerAdapter {
        final LinkedBlockingQueue<String> ends = new LinkedBlockingQueue<>();
        private final int pieces;
        private final Consumer<Channel> ending;

        Talker(int pieces, Consumer<Channel> ending) {
            this.pieces = pieces;
            this.ending = ending;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            for (int i = 0; i < pieces; i++) {
                ByteBuf buffer = context.alloc().directBuffer(PIECE_BYTES);
                ChannelFuture written = context.write(buffer.writeBytes(piece(i)));
                written.addListener(
                        end -> ends.add(end.isSuccess() ? "sent" : String.valueOf(end.cause())));
            }
            context.flush();
            ending.accept(context.channel());
            List<ByteBuf> others = new ArrayList<>();
            for (int i = 0; i < 2 * pieces; i++) {
                ByteBuf buffer = context.alloc().directBuffer(PIECE_BYTES);
                others.add(buffer.writeBytes(new byte[PIECE_BYTES]));
            }
            others.forEach(ByteBuf::release);
        }
    }
}
