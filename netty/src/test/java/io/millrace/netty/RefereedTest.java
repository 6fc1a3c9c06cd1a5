// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.LoopOptions;
import io.millrace.spi.BackendProvider;
import io.millrace.testkit.referee.Referee;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The transport keeps its side of the boundary to drivers: a referee stands at it, on each backend,
 * and has to find everything settled when the group has shut down.
 */
class RefereedTest {
    private static final int LARGE_BYTES = 3_000_000;
    private static final long PATIENCE_SECONDS = 30;

    private final Referee referee = new Referee();

    private MillraceTransport open(String backend) {
        BackendProvider watched = referee.watch(BackendsHere.provider(backend));
        return MillraceTransport.open(1, LoopOptions.builder().provider(watched).build());
    }

    private void settle(MillraceTransport transport) throws InterruptedException {
        transport.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(transport.group().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS));
        referee.assertSettled();
    }

    private static Channel listen(
            MillraceTransport transport, ChannelInboundHandlerAdapter handler) {
        return transport
                .serverBootstrap()
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(handler)
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    private static Socket connect(Channel server) throws IOException {
        Socket peer = new Socket();
        peer.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        peer.connect((InetSocketAddress) server.localAddress());
        return peer;
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8));
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aMessageOfAnyLengthIsEchoed(String backend) throws Exception {
        MillraceTransport transport = open(backend);
        Channel server = listen(transport, new Echo());
        byte[] sent = bytes(LARGE_BYTES);
        try (Socket peer = connect(server)) {
            Thread writer = writer(peer, sent);
            assertArrayEquals(sent, peer.getInputStream().readNBytes(sent.length));
            writer.join();
            peer.shutdownOutput();
            assertEquals(-1, peer.getInputStream().read());
        }
        settle(transport);
    }

    private static Thread writer(Socket peer, byte[] bytes) {
        Thread writer =
                new Thread(
                        () -> {
                            try {
                                peer.getOutputStream().write(bytes);
                            } catch (IOException failure) {
                                throw new java.io.UncheckedIOException(failure);
                            }
                        });
        writer.start();
        return writer;
    }

    /** Every read is asked for, by another thread, and brings one message; none is lost. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aPipelineReadsOnDemand(String backend) throws Exception {
        MillraceTransport transport = open(backend);
        BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        BlockingQueue<Channel> children = new LinkedBlockingQueue<>();
        Channel server =
                transport
                        .serverBootstrap()
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childHandler(new Collector(messages, children))
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        byte[] sent = bytes(LARGE_BYTES / 4);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (Socket peer = connect(server)) {
            Thread writer = writer(peer, sent);
            Channel child = children.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            while (received.size() < sent.length) {
                assertTrue(messages.isEmpty(), "a message that nobody asked for");
                child.read();
                received.write(messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
            }
            writer.join();
        }
        assertArrayEquals(sent, received.toByteArray());
        settle(transport);
    }

    /** By the kernel if the region was made of a file, and by itself if of an open channel. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void filesAreSentBetweenMessages(String backend, @TempDir Path directory) throws Exception {
        byte[] content = bytes(LARGE_BYTES);
        Path file = Files.write(directory.resolve("content"), content);
        MillraceTransport transport = open(backend);
        Channel server = listen(transport, new FileSender(file));
        try (Socket peer = connect(server)) {
            InputStream in = peer.getInputStream();
            assertEquals('<', in.read());
            assertArrayEquals(content, in.readNBytes(content.length));
            assertEquals('|', in.read());
            assertArrayEquals(content, in.readNBytes(content.length));
            assertEquals('>', in.read());
            assertEquals(-1, in.read());
        }
        settle(transport);
    }

    /** Large writes under way, the group goes down, and nothing is left behind. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aGroupShutsDownUnderLoad(String backend) throws Exception {
        MillraceTransport transport = open(backend);
        Queue<ByteBuf> written = new ConcurrentLinkedQueue<>();
        Channel server = listen(transport, new Flooder(written));
        List<Socket> peers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Socket peer = connect(server);
            peers.add(peer);
            assertTrue(peer.getInputStream().read() >= 0);
        }
        settle(transport);
        written.forEach(each -> assertEquals(0, each.refCnt()));
        for (Socket peer : peers) {
            peer.close();
        }
    }

    /** It can be registered again where it was or elsewhere, and is closed with its loop. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aChannelComesBackToItsLoopOrGoesToAnother(String backend) throws Exception {
        MillraceTransport transport = open(backend);
        MillraceTransport other = open(backend);
        BlockingQueue<Channel> children = new LinkedBlockingQueue<>();
        BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        Channel server =
                transport
                        .serverBootstrap()
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel child) {
                                        child.pipeline().addLast(new Collector(messages, children));
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        try (Socket first = connect(server);
                Socket second = connect(server)) {
            Channel back = children.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            Channel away = children.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            back.deregister().sync();
            first.getOutputStream().write(1);
            second.getOutputStream().write(1);
            transport.group().register(back).sync();
            assertArrayEquals(new byte[] {1}, messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertArrayEquals(new byte[] {1}, messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
            away.deregister().sync();
            second.getOutputStream().write(2);
            other.group().register(away).sync();
            assertArrayEquals(new byte[] {2}, messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
            back.deregister().sync();
            assertTrue(other.group().shutdownGracefully(0, 9, TimeUnit.SECONDS).await(30_000));
            settle(transport);
        }
    }

    /** A bootstrap of a client, to a Unix-domain server that removes its file. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void unixDomainChannelsTalk(String backend, @TempDir Path directory) throws Exception {
        MillraceTransport transport = open(backend);
        Path path = directory.resolve("s");
        var address = java.net.UnixDomainSocketAddress.of(path);
        Channel server =
                new ServerBootstrap()
                        .group(transport.group())
                        .channel(transport.serverDomainSocketChannel())
                        .childHandler(new Echo())
                        .bind(address)
                        .sync()
                        .channel();
        BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
        Channel client =
                new Bootstrap()
                        .group(transport.group())
                        .channel(transport.domainSocketChannel())
                        .handler(new Collector(messages, new LinkedBlockingQueue<>()))
                        .connect(address)
                        .sync()
                        .channel();
        client.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {7, 8})).sync();
        assertArrayEquals(new byte[] {7, 8}, messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        client.close().sync();
        server.close().sync();
        assertTrue(Files.notExists(path));
        settle(transport);
    }

    /** Echoes, and closes when the peer has ended and everything is written. */
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ChannelInputShutdownEvent.INSTANCE) {
                context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> context.close());
            }
        }
    }

    /** Takes everything, and says who came. */
    private static final class Collector extends SimpleChannelInboundHandler<ByteBuf> {
        private final BlockingQueue<byte[]> messages;
        private final BlockingQueue<Channel> children;

        Collector(BlockingQueue<byte[]> messages, BlockingQueue<Channel> children) {
            this.messages = messages;
            this.children = children;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            children.add(context.channel());
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            byte[] bytes = new byte[message.readableBytes()];
            message.readBytes(bytes);
            messages.add(bytes);
        }
    }

    /** Sends a file in both ways, with a byte before, between and behind. */
    private static final class FileSender extends ChannelInboundHandlerAdapter {
        private final Path file;

        FileSender(Path file) {
            this.file = file;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) throws Exception {
            long size = Files.size(file);
            context.write(Unpooled.wrappedBuffer(new byte[] {'<'}));
            context.write(new DefaultFileRegion(file.toFile(), 0, size));
            context.write(Unpooled.wrappedBuffer(new byte[] {'|'}));
            context.write(new DefaultFileRegion(FileChannel.open(file), 0, size));
            context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {'>'}))
                    .addListener(done -> context.close());
        }
    }

    /** Writes more than sockets hold, to whoever comes. */
    private static final class Flooder extends ChannelInboundHandlerAdapter {
        private final Queue<ByteBuf> written;

        Flooder(Queue<ByteBuf> written) {
            this.written = written;
        }

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            for (int i = 0; i < 8; i++) {
                ByteBuf bytes = context.alloc().directBuffer(LARGE_BYTES).writeZero(LARGE_BYTES);
                written.add(bytes);
                context.writeAndFlush(bytes);
            }
        }
    }
}
