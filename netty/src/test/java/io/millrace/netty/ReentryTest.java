// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.LoopOptions;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who hears that a message is sent writes and flushes at once, in the middle of the send's end. */
class ReentryTest {
    private static final long PATIENCE_SECONDS = 30;
    private static final int FIRST_MESSAGES = 400;
    private static final int MESSAGES = 1600;
    private static final int MESSAGE_BYTES = 1024;

    /** Nothing is sent twice and nothing is left out, however the kernel's buffer fills up. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void eachByteIsSentOnceThoughListenersFlush(String backend) throws Exception {
        LoopOptions options =
                LoopOptions.builder().provider(BackendsHere.provider(backend)).build();
        MillraceTransport transport = MillraceTransport.open(1, options);
        CompletableFuture<byte[]> written = new CompletableFuture<>();
        Channel server =
                transport
                        .serverBootstrap()
                        .childOption(ChannelOption.SO_SNDBUF, 8192)
                        .childOption(
                                ChannelOption.WRITE_BUFFER_WATER_MARK,
                                new WriteBufferWaterMark(1, 2))
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel child) {
                                        child.pipeline().addLast(new Flushing(written));
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        byte[] arrived;
        try (Socket peer = new Socket()) {
            peer.setReceiveBufferSize(4096);
            peer.connect((InetSocketAddress) server.localAddress());
            peer.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            arrived = peer.getInputStream().readAllBytes();
        }
        assertArrayEquals(written.get(PATIENCE_SECONDS, TimeUnit.SECONDS), arrived);
        transport.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(transport.group().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    /** Writes a message for each that was sent, and one whenever there is room again. */
    private static final class Flushing extends ChannelInboundHandlerAdapter {
        private final CompletableFuture<byte[]> written;
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private int messages;
        private int sent;

        Flushing(CompletableFuture<byte[]> written) {
            this.written = written;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            for (int i = 0; i < FIRST_MESSAGES; i++) {
                write(context);
            }
            context.flush();
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            write(context);
            context.flush();
        }

        private void write(ChannelHandlerContext context) {
            if (messages == MESSAGES) {
                return;
            }
            ByteBuf message = context.alloc().directBuffer(MESSAGE_BYTES);
            while (message.isWritable(Integer.BYTES) && message.readableBytes() < MESSAGE_BYTES) {
                message.writeInt(messages);
            }
            messages++;
            for (int i = 0; i < message.readableBytes(); i++) {
                bytes.write(message.getByte(i));
            }
            context.write(message)
                    .addListener(
                            done -> {
                                if (!done.isSuccess()) {
                                    written.completeExceptionally(done.cause());
                                    context.close();
                                } else if (++sent == MESSAGES) {
                                    written.complete(bytes.toByteArray());
                                    context.close();
                                } else {
                                    write(context);
                                    context.flush();
                                }
                            });
        }
    }
}
