// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.IoException;
import io.millrace.LoopOptions;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Code;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FileRegion;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.AbstractReferenceCounted;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users of Netty's io_uring transport have complained about, on each backend of this one. */
class ResilienceTest {
    private static final long PATIENCE_SECONDS = 30;

    private static MillraceTransport open(String backend, int chunks) {
        LoopOptions options =
                LoopOptions.builder()
                        .provider(BackendsHere.provider(backend))
                        .chunks(chunks, 0)
                        .build();
        return MillraceTransport.open(1, options);
    }

    private static void shutDown(MillraceTransport transport) {
        transport.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(
                transport.group().terminationFuture().awaitUninterruptibly(30_000),
                "the group has not shut down");
    }

    /** Netty 15502 and 14819: many connections at once, again and again. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void everyConnectionOfABurstIsAccepted(String backend) throws Exception {
        MillraceTransport transport = open(backend, 0);
        Channel server =
                transport
                        .serverBootstrap()
                        .option(ChannelOption.SO_BACKLOG, 1024)
                        .childHandler(new Echo())
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        MillraceTransport clients = open(backend, 0);
        for (int burst = 0; burst < 3; burst++) {
            CountDownLatch answered = new CountDownLatch(200);
            List<Channel> channels = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                channels.add(
                        clients.bootstrap()
                                .handler(new Asking(answered))
                                .connect(server.localAddress())
                                .channel());
            }
            assertTrue(answered.await(PATIENCE_SECONDS, TimeUnit.SECONDS), answered::toString);
            channels.forEach(Channel::close);
        }
        shutDown(clients);
        shutDown(transport);
    }

    /** Netty 17049: on connections that live on, some response never completes. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void everyResponseOfALongConnectionCompletes(String backend) throws Exception {
        MillraceTransport transport = open(backend, 0);
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        Channel server =
                transport
                        .serverBootstrap()
                        .childHandler(new Echo())
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        MillraceTransport clients = open(backend, 0);
        CountDownLatch done = new CountDownLatch(16);
        for (int i = 0; i < 16; i++) {
            clients.bootstrap()
                    .handler(new Repeating(500, done, failures))
                    .connect(server.localAddress())
                    .sync();
        }
        assertTrue(done.await(PATIENCE_SECONDS, TimeUnit.SECONDS), done::toString);
        assertTrue(failures.isEmpty(), failures::toString);
        shutDown(clients);
        shutDown(transport);
    }

    /** A server that does not read accepts nothing, and goes on where it was. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void acceptingStopsAndGoesOn(String backend) throws Exception {
        MillraceTransport transport = open(backend, 0);
        BlockingQueue<Channel> children = new LinkedBlockingQueue<>();
        Channel server =
                transport
                        .serverBootstrap()
                        .option(ChannelOption.AUTO_READ, false)
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel child) {
                                        children.add(child);
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        for (int round = 0; round < 20; round++) {
            try (Socket peer = new Socket()) {
                peer.connect((InetSocketAddress) server.localAddress());
                assertTrue(children.isEmpty(), "a connection that nobody asked for");
                server.config().setAutoRead(true);
                assertNotNull(children.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
                server.config().setAutoRead(false);
                server.eventLoop().submit(() -> {}).sync();
            }
        }
        shutDown(transport);
    }

    /** Netty 15510, Reactor Netty 3833: a read for each message, and a shutdown in the middle. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whoReadsOnDemandIsServedAndShutsDown(String backend) throws Exception {
        MillraceTransport transport = open(backend, 0);
        Channel server =
                transport
                        .serverBootstrap()
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childHandler(new AskingToRead())
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        MillraceTransport clients = open(backend, 0);
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        CountDownLatch done = new CountDownLatch(16);
        for (int i = 0; i < 16; i++) {
            clients.bootstrap()
                    .handler(new Repeating(300, done, failures))
                    .connect(server.localAddress())
                    .sync();
        }
        assertTrue(done.await(PATIENCE_SECONDS, TimeUnit.SECONDS), done::toString);
        assertTrue(failures.isEmpty(), failures::toString);
        try (Socket unread = new Socket()) {
            unread.connect((InetSocketAddress) server.localAddress());
            unread.getOutputStream().write(new byte[1000]);
            shutDown(transport);
        }
        shutDown(clients);
    }

    /**
     * Netty 15747, 16570 and 16677: regions of a path, of an open file, and of somebody's own,
     * which writes in pieces. Each between bytes, several at once.
     */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void regionsOfEveryKindArriveWhole(String backend, @TempDir Path directory) throws Exception {
        byte[] content = new byte[700_000];
        new Random(1).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        MillraceTransport transport = open(backend, 0);
        BlockingQueue<Channel> children = new LinkedBlockingQueue<>();
        Channel server =
                transport
                        .serverBootstrap()
                        .childHandler(
                                new ChannelInboundHandlerAdapter() {
                                    @Override
                                    public void channelActive(ChannelHandlerContext context) {
                                        children.add(context.channel());
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        try (Socket peer = new Socket()) {
            peer.connect((InetSocketAddress) server.localAddress());
            Channel child = children.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertNotNull(child);
            int length = content.length - 10;
            FileRegion[] regions = {
                new DefaultFileRegion(file.toFile(), 5, length),
                new DefaultFileRegion(FileChannel.open(file), 5, length),
                new Reluctant(content, 5, length)
            };
            for (FileRegion region : regions) {
                child.write(Unpooled.wrappedBuffer(new byte[] {'<'}));
                child.write(region);
            }
            child.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {'>'}));
            byte[] expected = Arrays.copyOfRange(content, 5, 5 + length);
            for (FileRegion region : regions) {
                assertEquals('<', peer.getInputStream().read());
                assertArrayEquals(expected, peer.getInputStream().readNBytes(length));
            }
            assertEquals('>', peer.getInputStream().read());
            child.close().sync();
            for (FileRegion region : regions) {
                assertEquals(0, region.refCnt());
                assertEquals(length, region.transferred());
            }
        }
        shutDown(transport);
    }

    /** More is kept than the loop has buffers, released elsewhere, and all arrives meanwhile. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aPipelineThatKeepsMuchGetsCopies(String backend) throws Exception {
        MillraceTransport transport = open(backend, 8);
        BlockingQueue<ByteBuf> kept = new LinkedBlockingQueue<>();
        Channel server =
                transport
                        .serverBootstrap()
                        .childHandler(
                                new ChannelInitializer<Channel>() {
                                    @Override
                                    protected void initChannel(Channel child) {
                                        child.pipeline().addLast(new Keeping(kept));
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        List<ByteBuf> all = new ArrayList<>();
        try (Socket peer = new Socket()) {
            peer.connect((InetSocketAddress) server.localAddress());
            for (int i = 0; i < 64; i++) {
                peer.getOutputStream().write(new byte[] {(byte) i, 1, 2});
                int length = 0;
                while (length < 3) {
                    ByteBuf bytes = kept.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    assertNotNull(bytes, "message " + i);
                    length += bytes.readableBytes();
                    all.add(bytes);
                }
            }
        }
        ByteBuf together = Unpooled.wrappedBuffer(all.toArray(ByteBuf[]::new));
        for (int i = 0; i < 64; i++) {
            byte[] message = new byte[3];
            together.readBytes(message);
            assertArrayEquals(new byte[] {(byte) i, 1, 2}, message);
        }
        together.release();
        all.forEach(each -> assertEquals(0, each.refCnt()));
        shutDown(transport);
    }

    /** What was received may grow, as Netty's own buffers may. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aReceivedBufferGrows(String backend) throws Exception {
        MillraceTransport transport = open(backend, 0);
        BlockingQueue<ByteBuf> kept = new LinkedBlockingQueue<>();
        Channel server =
                transport
                        .serverBootstrap()
                        .childHandler(new Keeping(kept))
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        try (Socket peer = new Socket()) {
            peer.connect((InetSocketAddress) server.localAddress());
            for (int round = 0; round < 3; round++) {
                peer.getOutputStream().write(new byte[] {5});
                ByteBuf bytes = kept.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                assertNotNull(bytes);
                bytes.writeZero(bytes.capacity() + 1);
                assertEquals(5, bytes.readByte());
                assertTrue(bytes.release());
                assertFalse(bytes.refCnt() > 0);
            }
        }
        shutDown(transport);
    }

    /**
     * Netty 15907: bytes go from one connection to another, here of other loops. There is no splice
     * that could refuse that: the buffer that was received is sent.
     */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whatOneConnectionReceivesAnotherSends(String backend) throws Exception {
        MillraceTransport transport = open(backend, 0);
        MillraceTransport behind = open(backend, 0);
        Channel echo =
                behind.serverBootstrap()
                        .childHandler(new Echo())
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        Channel server =
                transport
                        .serverBootstrap()
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childHandler(
                                new ChannelInitializer<>() {
                                    @Override
                                    protected void initChannel(Channel child) {
                                        child.pipeline()
                                                .addLast(new Relaying(behind, echo.localAddress()));
                                    }
                                })
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        byte[] sent = new byte[2_000_000];
        new Random(4).nextBytes(sent);
        try (Socket peer = new Socket()) {
            peer.connect((InetSocketAddress) server.localAddress());
            peer.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            Thread writer =
                    new Thread(
                            () -> {
                                try {
                                    peer.getOutputStream().write(sent);
                                } catch (IOException failure) {
                                    throw new java.io.UncheckedIOException(failure);
                                }
                            });
            writer.start();
            assertArrayEquals(sent, peer.getInputStream().readNBytes(sent.length));
            writer.join();
        }
        shutDown(transport);
        shutDown(behind);
    }

    /**
     * Netty 17053, and its incubator's 163 and others: nobody has to take what the kernel offers.
     * Each group uses what it was told to, beside others in one process, and says what it is and
     * why.
     */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void eachGroupUsesWhatItWasToldTo(String backend) throws Exception {
        BlockingQueue<MillraceIoHandler> handlers = new LinkedBlockingQueue<>();
        LoopOptions least =
                LoopOptions.builder()
                        .provider(BackendsHere.provider("io_uring"))
                        .property("io_uring.submissions", "16")
                        .property("io_uring.completions", "64")
                        .build();
        LoopOptions other = LoopOptions.builder().provider(BackendsHere.provider(backend)).build();
        EventLoopGroup ring = group(least, handlers);
        EventLoopGroup beside = group(other, handlers);
        assertEquals("io_uring", handlers.remove().backend().name());
        MillraceIoHandler second = handlers.remove();
        assertEquals(backend, second.backend().name());
        assertFalse(second.backend().reason().isEmpty());
        Channel server =
                new ServerBootstrap()
                        .group(ring)
                        .channel(MillraceServerSocketChannel.class)
                        .childHandler(new Echo())
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        CountDownLatch done = new CountDownLatch(8);
        for (int i = 0; i < 8; i++) {
            new Bootstrap()
                    .group(beside)
                    .channel(MillraceSocketChannel.class)
                    .handler(new Repeating(20, done, failures))
                    .connect(server.localAddress())
                    .sync();
        }
        assertTrue(done.await(PATIENCE_SECONDS, TimeUnit.SECONDS), done::toString);
        assertTrue(failures.isEmpty(), failures::toString);
        for (EventLoopGroup each : List.of(beside, ring)) {
            each.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertTrue(each.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
    }

    private static EventLoopGroup group(LoopOptions options, Queue<MillraceIoHandler> handlers) {
        IoHandlerFactory factory = MillraceIoHandler.newFactory(options);
        return new MultiThreadIoEventLoopGroup(
                1,
                executor -> {
                    MillraceIoHandler made = (MillraceIoHandler) factory.newHandler(executor);
                    handlers.add(made);
                    return made;
                });
    }

    /** Its incubator's 41 and 23: where there is no io_uring, the reason is in the message. */
    @Test
    void aGroupThatCanHaveNoBackendSaysWhy() {
        BackendProvider none =
                new BackendProvider() {
                    @Override
                    public String name() {
                        return "forbidden";
                    }

                    @Override
                    public int rank() {
                        return 1;
                    }

                    @Override
                    public Availability probe() {
                        return Availability.unusable("a container forbids it");
                    }

                    @Override
                    public Driver open(DriverConfig config, LoopContext context)
                            throws IoException {
                        throw IoException.because(
                                Code.NOT_PERMITTED, "open forbidden", "a container forbids it");
                    }
                };
        LoopOptions options = LoopOptions.builder().provider(none).build();
        Throwable refusal =
                assertThrows(RuntimeException.class, () -> MillraceTransport.open(1, options));
        StringBuilder told = new StringBuilder();
        for (Throwable each = refusal; each != null; each = each.getCause()) {
            told.append(each).append('\n');
        }
        assertTrue(told.toString().contains("a container forbids it"), told::toString);
    }

    /** Sends what comes on to a connection of its own, and what comes from there back. */
    private static final class Relaying extends ChannelInboundHandlerAdapter {
        private final MillraceTransport behind;
        private final SocketAddress to;
        private Channel other;

        Relaying(MillraceTransport behind, SocketAddress to) {
            this.behind = behind;
            this.to = to;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            behind.bootstrap()
                    .handler(new Returning(context.channel()))
                    .connect(to)
                    .addListener(
                            (ChannelFuture connected) -> {
                                other = connected.channel();
                                context.read();
                            });
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            other.writeAndFlush(message).addListener(written -> context.read());
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            if (other != null) {
                other.close();
            }
        }
    }

    /** The other end of that. */
    private static final class Returning extends ChannelInboundHandlerAdapter {
        private final Channel front;

        Returning(Channel front) {
            this.front = front;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            front.writeAndFlush(message);
        }
    }

    /** Echoes at once. */
    private static final class Echo extends ChannelInboundHandlerAdapter {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.writeAndFlush(message);
        }
    }

    /** Asks for each read; echoes. */
    private static final class AskingToRead extends ChannelInboundHandlerAdapter {
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.read();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            context.write(message);
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
            context.read();
        }
    }

    /** A region that is nobody's file, and writes little at a time. */
    private static final class Reluctant extends AbstractReferenceCounted implements FileRegion {
        private static final int PIECE = 30_000;

        private final byte[] bytes;
        private final int position;
        private final int count;
        private long transferred;

        Reluctant(byte[] bytes, int position, int count) {
            this.bytes = bytes;
            this.position = position;
            this.count = count;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        @Deprecated
        public long transfered() {
            return transferred;
        }

        @Override
        public long transferred() {
            return transferred;
        }

        @Override
        public long count() {
            return count;
        }

        @Override
        public long transferTo(WritableByteChannel target, long from) throws IOException {
            int length = (int) Math.min(PIECE, count - from);
            int written = target.write(ByteBuffer.wrap(bytes, position + (int) from, length));
            transferred += written;
            return written;
        }

        @Override
        public FileRegion retain() {
            super.retain();
            return this;
        }

        @Override
        public FileRegion retain(int increment) {
            super.retain(increment);
            return this;
        }

        @Override
        public FileRegion touch() {
            return this;
        }

        @Override
        public FileRegion touch(Object hint) {
            return this;
        }

        @Override
        protected void deallocate() {
            // Nothing is open.
        }
    }

    /** Keeps what comes. */
    private static final class Keeping extends ChannelInboundHandlerAdapter {
        private final Queue<ByteBuf> kept;

        Keeping(Queue<ByteBuf> kept) {
            this.kept = kept;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            kept.add((ByteBuf) message);
        }
    }

    /** Sends a byte, and counts the answer. */
    private static final class Asking extends SimpleChannelInboundHandler<ByteBuf> {
        private final CountDownLatch answered;

        Asking(CountDownLatch answered) {
            this.answered = answered;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1}));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            answered.countDown();
        }
    }

    /** Sends a message when the one before has come back whole, so many times. */
    private static final class Repeating extends SimpleChannelInboundHandler<ByteBuf> {
        private static final int BYTES = 700;

        private final CountDownLatch done;
        private final Queue<Throwable> failures;
        private int left;
        private int missing;

        Repeating(int times, CountDownLatch done, Queue<Throwable> failures) {
            this.left = times;
            this.done = done;
            this.failures = failures;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            ask(context);
        }

        private void ask(ChannelHandlerContext context) {
            missing = BYTES;
            context.writeAndFlush(context.alloc().directBuffer(BYTES).writeZero(BYTES))
                    .addListener(
                            sent -> {
                                if (!sent.isSuccess()) {
                                    failures.add(sent.cause());
                                }
                            });
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
            missing -= message.readableBytes();
            if (missing > 0) {
                return;
            }
            if (--left > 0) {
                ask(context);
            } else {
                done.countDown();
            }
        }
    }
}
