// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.LoopOptions;
import io.millrace.spi.BackendProvider;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.ThreadAwareExecutor;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    /**
     * The loop before is held up right behind the deregistration, where it has yet to let go of the
     * connection, while the channel is registered elsewhere and written to: it must not send then.
     */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whatIsWrittenOnTheWayIsSentFromThere(String backend) throws Exception {
        open(backend);
        int messages = 128;
        try (Socket peer = connect()) {
            Channel child = child();
            EventLoop before = child.eventLoop();
            AtomicBoolean away = new AtomicBoolean();
            Queue<String> sentFromBefore = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < messages; i++) {
                child.write(new Message(before, away, sentFromBefore));
            }
            ChannelFuture last = child.writeAndFlush(Unpooled.EMPTY_BUFFER);
            CountDownLatch goOn = holdUpBehindDeregistration(child, away);
            assertFalse(last.isDone());
            ChannelFuture registered = elsewhere.group().next().register(child);
            ChannelFuture small = child.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {7}));
            InputStream in = peer.getInputStream();
            int read = 0;
            while (in.available() > 0) {
                read += in.readNBytes(in.available()).length;
            }
            goOn.countDown();
            done(registered);
            byte[] rest = in.readNBytes(messages * Message.BYTES + 1 - read);
            assertEquals(7, rest[rest.length - 1]);
            done(last);
            done(small);
            assertEquals(List.of(), List.copyOf(sentFromBefore));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whatIsShutDownOnTheWayIsShutDownThere(String backend) throws Exception {
        open(backend);
        int bytes = 1 << 20;
        try (Socket peer = connect();
                Socket another = connect()) {
            Channel child = child();
            CountDownLatch goOn = holdUpBehindDeregistration(child, new AtomicBoolean());
            ChannelFuture registered = elsewhere.group().next().register(child);
            ChannelFuture written =
                    child.writeAndFlush(Unpooled.directBuffer(bytes).writeZero(bytes));
            written.addListener(future -> ((DuplexChannel) child).shutdownOutput());
            goOn.countDown();
            done(registered);
            assertEquals(bytes, peer.getInputStream().readAllBytes().length);

            Channel closing = child();
            CountDownLatch goOnAgain = holdUpBehindDeregistration(closing, new AtomicBoolean());
            ChannelFuture again = elsewhere.group().next().register(closing);
            ChannelFuture input = ((DuplexChannel) closing).shutdownInput();
            ChannelFuture output = ((DuplexChannel) closing).shutdownOutput();
            assertFalse(output.isDone());
            goOnAgain.countDown();
            done(again);
            done(input);
            done(output);
            assertEquals(-1, another.getInputStream().read());
            assertTrue(((DuplexChannel) closing).isShutdown());
        }
    }

    /** Holds the channel's loop up until the answer is counted down. */
    private static CountDownLatch holdUpBehindDeregistration(Channel channel, AtomicBoolean away)
            throws InterruptedException {
        CountDownLatch isAway = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        channel.eventLoop()
                .execute(
                        () ->
                                channel.deregister()
                                        .addListener(
                                                future -> {
                                                    away.set(true);
                                                    isAway.countDown();
                                                    goOn.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                                                }));
        assertTrue(isAway.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        return goOn;
    }

    /** Another loop waits for it while its own ends: it gets there all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aLoopThatEndsLetsGoOfWhatIsLeaving(String backend) throws Exception {
        open(backend);
        try (Socket peer = connect()) {
            Channel child = child();
            CountDownLatch goOn = holdUpBehindDeregistration(child, new AtomicBoolean());
            ChannelFuture registered = elsewhere.group().next().register(child);
            home.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
            goOn.countDown();
            done(registered);
            assertTrue(home.group().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS));
            peer.getOutputStream().write(9);
            assertEquals(9, peer.getInputStream().read());
        }
    }

    /**
     * It takes no tasks any more, so nobody could tell it that a channel of its own has another
     * loop by now; and it closes what it has.
     */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aLoopThatEndsLeavesAloneWhatHasMoved(String backend) throws Exception {
        open(backend);
        LoopOptions options =
                LoopOptions.builder().provider(BackendsHere.provider(backend)).build();
        Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
        AtomicBoolean refuses = new AtomicBoolean();
        EventLoopGroup ending =
                new MultiThreadIoEventLoopGroup(
                        1,
                        executor ->
                                watched(
                                        MillraceIoHandler.newFactory(options)
                                                .newHandler(new Refusing(executor, refuses)),
                                        thrown));
        try (Socket peer = connect()) {
            Channel child = child();
            done(child.deregister());
            done(ending.next().register(child));
            peer.getOutputStream().write(3);
            assertEquals(3, peer.getInputStream().read());
            done(child.deregister());
            refuses.set(true);
            done(elsewhere.group().next().register(child));
            peer.getOutputStream().write(5);
            assertEquals(5, peer.getInputStream().read());
            ending.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertTrue(ending.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertEquals(List.of(), List.copyOf(thrown));
            peer.getOutputStream().write(4);
            assertEquals(4, peer.getInputStream().read());
        }
    }

    /** What it throws is noted: a loop that ends only logs it. */
    private static IoHandler watched(IoHandler handler, Queue<Throwable> thrown) {
        return (IoHandler)
                Proxy.newProxyInstance(
                        MoveTest.class.getClassLoader(),
                        new Class<?>[] {IoHandler.class},
                        (proxy, method, arguments) -> {
                            try {
                                return method.invoke(handler, arguments);
                            } catch (InvocationTargetException failure) {
                                thrown.add(failure.getCause());
                                throw failure.getCause();
                            }
                        });
    }

    /** A thread that takes no tasks once it is to end. */
    private record Refusing(ThreadAwareExecutor executor, AtomicBoolean refuses)
            implements ThreadAwareExecutor {
        @Override
        public boolean isExecutorThread(Thread thread) {
            return executor.isExecutorThread(thread);
        }

        @Override
        public void execute(Runnable task) {
            if (refuses.get()) {
                throw new RejectedExecutionException("it ends");
            }
            executor.execute(task);
        }
    }

    /**
     * Bytes that note if they are let go of by a loop that has nothing to do with them any more.
     */
    private static final class Message extends UnpooledDirectByteBuf {
        static final int BYTES = 64 << 10;

        private final EventLoop before;
        private final AtomicBoolean away;
        private final Queue<String> noted;

        Message(EventLoop before, AtomicBoolean away, Queue<String> noted) {
            super(UnpooledByteBufAllocator.DEFAULT, BYTES, BYTES);
            this.before = before;
            this.away = away;
            this.noted = noted;
            writeZero(BYTES);
        }

        @Override
        protected void deallocate() {
            if (away.get() && before.inEventLoop()) {
                noted.add("sent by " + Thread.currentThread().getName());
            }
            super.deallocate();
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

    /**
     * Its own loop ends while another has been asked to take it, and the other refuses then: nobody
     * is left but the thread that asked.
     */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whatIsRefusedWhenItsLoopHasEndedIsClosed(String backend) throws Exception {
        open(backend);
        RefusingLoop refusing = new RefusingLoop(home.group(), BackendsHere.provider(backend));
        try (Socket peer = connect()) {
            Channel child = child();
            done(child.deregister());
            ChannelFuture output = putOffShutdownOutput(child);
            refusing.refuses = true;
            ChannelFuture registered = refusing.register(child);
            assertTrue(registered.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertTrue(registered.cause() instanceof RejectedExecutionException);
            assertFalse(child.isOpen());
            assertEquals(-1, peer.getInputStream().read());
            assertTrue(output.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } finally {
            refusing.refuses = false;
            refusing.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
        }
    }

    /** The same where the registration is given up before the other loop has come to it. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whatIsNotTakenAfterAllIsClosedWithItsLoopEnded(String backend) throws Exception {
        open(backend);
        try (Socket peer = connect()) {
            Channel child = child();
            done(child.deregister());
            ChannelFuture output = putOffShutdownOutput(child);
            EventLoop next = elsewhere.group().next();
            CountDownLatch goOn = new CountDownLatch(1);
            var unused = next.submit(() -> goOn.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            ChannelPromise registered = child.newPromise();
            next.register(registered);
            assertTrue(registered.cancel(false));
            home.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertTrue(home.group().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS));
            goOn.countDown();
            done(child.close());
            assertEquals(-1, peer.getInputStream().read());
            assertTrue(output.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
    }

    /** A file of which a part was sent is let go of. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whatIsRefusedLetsGoOfWhatWaitsInIt(String backend, @TempDir Path directory)
            throws Exception {
        open(backend);
        RefusingLoop refusing = new RefusingLoop(home.group(), BackendsHere.provider(backend));
        try (Socket peer = connect();
                FileChannel file = largeFile(directory)) {
            Channel child = child();
            Waiting waiting = new Waiting(child, peer, file);
            done(child.deregister());
            refusing.refuses = true;
            assertTrue(refusing.register(child).await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            waiting.isLetGo();
        } finally {
            refusing.refuses = false;
            refusing.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
        }
    }

    /** Registered with no loop when its own ends. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whoIsNowhereLetsGoOfWhatWaitsInIt(String backend, @TempDir Path directory)
            throws Exception {
        open(backend);
        try (Socket peer = connect();
                FileChannel file = largeFile(directory)) {
            Channel child = child();
            Waiting waiting = new Waiting(child, peer, file);
            done(child.deregister());
            home.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
            waiting.isLetGo();
            assertTrue(child.closeFuture().await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
    }

    /** The loop that waits for it ends, and then, or before, the one that has yet to let it go. */
    @ParameterizedTest
    @CsvSource({
        "nio, true", "epoll, true", "epoll-et, true", "io_uring, true",
        "nio, false", "epoll, false", "epoll-et, false", "io_uring, false"
    })
    void betweenTwoLoopsThatBothEnd(String backend, boolean homeEnds, @TempDir Path directory)
            throws Exception {
        open(backend);
        try (Socket peer = connect();
                FileChannel file = largeFile(directory)) {
            Channel child = child();
            Waiting waiting = new Waiting(child, peer, file);
            CountDownLatch goOn = holdUpBehindDeregistration(child, new AtomicBoolean());
            EventLoop next = elsewhere.group().next();
            // Nobody is left who could complete its future.
            var unused = next.register(child);
            next.submit(() -> {}).sync();
            elsewhere.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
            if (homeEnds) {
                home.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            goOn.countDown();
            waiting.isLetGo();
            assertTrue(child.closeFuture().await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
    }

    /** The loop that waits for it takes no tasks any more when its own lets it go. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whatCannotArriveLetsGoOfWhatWaitsInIt(String backend, @TempDir Path directory)
            throws Exception {
        open(backend);
        RefusingLoop next = new RefusingLoop(elsewhere.group(), BackendsHere.provider(backend));
        try (Socket peer = connect();
                FileChannel file = largeFile(directory)) {
            Channel child = child();
            Waiting waiting = new Waiting(child, peer, file);
            CountDownLatch goOn = holdUpBehindDeregistration(child, new AtomicBoolean());
            var unused = next.register(child);
            next.submit(() -> {}).sync();
            next.refuses = true;
            goOn.countDown();
            waiting.isLetGo();
            assertTrue(child.closeFuture().await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } finally {
            next.refuses = false;
            next.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
        }
    }

    private static FileChannel largeFile(Path directory) throws IOException {
        Path path = directory.resolve("large");
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(Waiting.FILE_BYTES);
        }
        return FileChannel.open(path);
    }

    /** A file of which a part was sent, from memory, and a message behind it. */
    private static final class Waiting {
        static final int FILE_BYTES = 64 << 20;

        private final Socket peer;
        private final FileChannel file;
        private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        private final ChannelFuture sent;
        private final ChannelFuture behind;

        Waiting(Channel channel, Socket peer, FileChannel file) throws Exception {
            this.peer = peer;
            this.file = file;
            channel.config().setAllocator(allocator);
            sent = channel.writeAndFlush(new DefaultFileRegion(file, 0, FILE_BYTES));
            behind = channel.write(Unpooled.wrappedBuffer(new byte[1]));
            assertEquals(0, peer.getInputStream().read());
            channel.eventLoop().submit(() -> {}).sync();
            assertFalse(sent.isDone());
            assertTrue(allocator.metric().usedDirectMemory() > 0);
        }

        void isLetGo() throws Exception {
            assertTrue(sent.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertTrue(behind.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertTrue(sent.cause() instanceof ClosedChannelException, sent::toString);
            assertFalse(file.isOpen());
            peer.getInputStream().readAllBytes();
            assertEquals(0, allocator.metric().usedDirectMemory());
        }
    }

    /** Of a channel between two loops: it is not done before the channel has arrived, or closes. */
    private static ChannelFuture putOffShutdownOutput(Channel channel) throws Exception {
        ChannelFuture output = ((DuplexChannel) channel).shutdownOutput();
        channel.eventLoop().submit(() -> {}).sync();
        assertFalse(output.isDone());
        return output;
    }

    /** A loop that refuses tasks when it is told to; before that it has another group end. */
    private static final class RefusingLoop extends SingleThreadIoEventLoop {
        private final EventLoopGroup ending;
        private volatile boolean refuses;

        RefusingLoop(EventLoopGroup ending, BackendProvider provider) {
            super(
                    null,
                    new DefaultThreadFactory(RefusingLoop.class),
                    MillraceIoHandler.newFactory(LoopOptions.builder().provider(provider).build()));
            this.ending = ending;
        }

        @Override
        public void execute(Runnable task) {
            if (refuses && !inEventLoop()) {
                ending.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS)
                        .syncUninterruptibly();
                throw new RejectedExecutionException("it ends");
            }
            super.execute(task);
        }
    }

    /**
     * A listener between two loops is closed when its own takes no tasks any more, but has yet to
     * close what it has.
     */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aListenerThatIsClosedWhileItsLoopEndsIsClosedByIt(String backend) throws Exception {
        open(backend);
        LoopOptions options =
                LoopOptions.builder().provider(BackendsHere.provider(backend)).build();
        AtomicBoolean refuses = new AtomicBoolean();
        EventLoopGroup ending =
                new MultiThreadIoEventLoopGroup(
                        1,
                        executor ->
                                MillraceIoHandler.newFactory(options)
                                        .newHandler(new Refusing(executor, refuses)));
        Channel listener =
                new ServerBootstrap()
                        .group(ending, home.group())
                        .channel(home.serverSocketChannel())
                        .childHandler(new Echoing())
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        SocketAddress address = listener.localAddress();
        done(listener.deregister());
        refuses.set(true);
        listener.unsafe().closeForcibly();
        assertFalse(listener.isOpen());
        ending.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertTrue(ending.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS));
        try (Socket peer = new Socket()) {
            assertThrows(ConnectException.class, () -> peer.connect(address));
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
