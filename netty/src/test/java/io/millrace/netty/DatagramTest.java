// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.LoopOptions;
import io.millrace.spi.BackendProvider;
import io.millrace.testkit.referee.Referee;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultAddressedEnvelope;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import io.netty.util.IllegalReferenceCountException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams under the eyes of a referee, on each backend. */
class DatagramTest {
    private static final long PATIENCE_SECONDS = 30;
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

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

    private static Bootstrap bootstrap(MillraceTransport transport, Collector handler) {
        return new Bootstrap()
                .group(transport.group())
                .channel(transport.datagramChannel())
                .handler(handler);
    }

    private static MillraceDatagramChannel bind(MillraceTransport transport, Collector handler)
            throws InterruptedException {
        return (MillraceDatagramChannel)
                bootstrap(transport, handler).bind(LOOPBACK, 0).sync().channel();
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    /**
     * More than leave in one system call, each by itself, and with auto-read one after the other.
     */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void eachMessageOfABatchIsADatagram(String backend) throws Exception {
        Pair pair = new Pair(backend);
        for (int i = 0; i < 100; i++) {
            ChannelFuture sent =
                    i % 2 == 0
                            ? pair.sender.write(new DatagramPacket(bytes("m" + i), pair.to))
                            : pair.sender.write(
                                    new DefaultAddressedEnvelope<>(bytes("m" + i), pair.to));
            if (i % 10 == 9) {
                pair.sender.flush();
                sent.sync();
                for (int j = i - 9; j <= i; j++) {
                    assertEquals("m" + j, pair.received.next());
                }
            }
        }
        settle(pair.transport);
    }

    /** Nothing comes that is not asked for, and nothing is lost meanwhile. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void datagramsAreReadOnDemand(String backend) throws Exception {
        MillraceTransport transport = open(backend);
        Collector received = new Collector();
        Channel receiver =
                bootstrap(transport, received)
                        .option(ChannelOption.AUTO_READ, false)
                        .option(ChannelOption.RECVBUF_ALLOCATOR, oneAtATime())
                        .bind(LOOPBACK, 0)
                        .sync()
                        .channel();
        Channel sender = bind(transport, new Collector());
        InetSocketAddress to = (InetSocketAddress) receiver.localAddress();
        for (int i = 0; i < 20; i++) {
            sender.writeAndFlush(new DatagramPacket(bytes("d" + i), to)).sync();
        }
        for (int i = 0; i < 20; i++) {
            assertNull(received.messages.poll());
            receiver.read();
            assertEquals("d" + i, received.next());
            receiver.eventLoop().submit(() -> {}).sync();
        }
        settle(transport);
    }

    private static io.netty.channel.RecvByteBufAllocator oneAtATime() {
        return new io.netty.channel.FixedRecvByteBufAllocator(8).maxMessagesPerRead(1);
    }

    /** One that cannot be sent fails, and those around it go. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aDatagramThatIsTooLongFailsAlone(String backend) throws Exception {
        Pair pair = new Pair(backend);
        ChannelFuture before = pair.sender.write(new DatagramPacket(bytes("before"), pair.to));
        ChannelFuture tooLong =
                pair.sender.write(
                        new DatagramPacket(Unpooled.directBuffer().writeZero(70_000), pair.to));
        ChannelFuture unaddressed = pair.sender.write(bytes("to nobody"));
        ChannelFuture behind = pair.sender.write(new DatagramPacket(bytes("behind"), pair.to));
        pair.sender.flush();
        assertTrue(before.await().isSuccess());
        assertTrue(behind.await().isSuccess());
        assertInstanceOf(java.io.IOException.class, tooLong.await().cause());
        assertInstanceOf(
                java.nio.channels.NotYetConnectedException.class, unaddressed.await().cause());
        assertEquals("before", pair.received.next());
        assertEquals("behind", pair.received.next());
        settle(pair.transport);
    }

    /** Also Netty's own empty buffer, and whether or not the channel is connected. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void emptyDatagramsLeave(String backend) throws Exception {
        Pair pair = new Pair(backend);
        pair.sender.writeAndFlush(new DatagramPacket(bytes(""), pair.to)).sync();
        assertEquals("", pair.received.next());
        pair.sender.connect(pair.to).sync();
        pair.sender.write(bytes("a"));
        pair.sender.write(Unpooled.directBuffer(1));
        pair.sender.write(Unpooled.EMPTY_BUFFER);
        pair.sender.write(new DatagramPacket(Unpooled.directBuffer(1), pair.to));
        pair.sender.writeAndFlush(bytes("b")).sync();
        for (String each : List.of("a", "", "", "", "b")) {
            assertEquals(each, pair.received.next());
        }
        settle(pair.transport);
    }

    /** What is thrown while one is sent is of that one alone, as what the system says is. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aDatagramWhoseMemoryIsGoneFailsAlone(String backend) throws Exception {
        Pair pair = new Pair(backend);
        List<ChannelFuture> futures = new ArrayList<>();
        onLoop(
                pair.sender,
                () -> {
                    for (String each : List.of("-", "a", "-", "-", "b", "c", "-")) {
                        ByteBuf bytes =
                                Unpooled.directBuffer()
                                        .writeBytes(each.getBytes(StandardCharsets.US_ASCII));
                        futures.add(pair.sender.write(new DatagramPacket(bytes, pair.to)));
                        if (each.equals("-")) {
                            bytes.release();
                        }
                    }
                    pair.sender.flush();
                    return null;
                });
        for (String each : List.of("a", "b", "c")) {
            assertEquals(each, pair.received.next());
        }
        List<Boolean> outcomes = new ArrayList<>();
        for (ChannelFuture each : futures) {
            outcomes.add(each.await().isSuccess());
        }
        assertEquals(List.of(false, true, false, false, true, true, false), outcomes);
        assertInstanceOf(IllegalReferenceCountException.class, futures.get(0).cause());
        assertTrue(pair.sender.isOpen());
        settle(pair.transport);
    }

    /** One that was cancelled before the flush is not sent, and its neighbours are once. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void cancelledDatagramsAreSkipped(String backend) throws Exception {
        Pair pair = new Pair(backend);
        pair.sender.connect(pair.to).sync();
        onLoop(
                pair.sender,
                () -> {
                    for (String each : List.of("-", "a", "-", "-", "b", "c", "-")) {
                        ChannelFuture future = pair.sender.write(bytes(each));
                        if (each.equals("-")) {
                            assertTrue(future.cancel(false));
                        }
                    }
                    pair.sender.flush();
                    assertTrue(pair.sender.write(bytes("-")).cancel(false));
                    pair.sender.flush();
                    return null;
                });
        pair.sender.writeAndFlush(bytes("end")).sync();
        for (String each : List.of("a", "b", "c", "end")) {
            assertEquals(each, pair.received.next());
        }
        settle(pair.transport);
    }

    /** A datagram to another than the peer fails or goes, and those behind it go. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aConnectedChannelMaySendElsewhere(String backend) throws Exception {
        Pair pair = new Pair(backend);
        Channel other = bind(pair.transport, new Collector());
        pair.sender.connect(pair.to).sync();
        InetSocketAddress elsewhere = (InetSocketAddress) other.localAddress();
        ChannelFuture before = pair.sender.write(bytes("before"));
        ChannelFuture stray = pair.sender.write(new DatagramPacket(bytes("stray"), elsewhere));
        ChannelFuture behind = pair.sender.write(bytes("behind"));
        pair.sender.flush();
        assertTrue(before.await().isSuccess());
        assertTrue(behind.await().isSuccess());
        Throwable cause = stray.await().cause();
        assertTrue(cause == null || cause instanceof java.io.IOException, () -> "" + cause);
        assertEquals("before", pair.received.next());
        assertEquals("behind", pair.received.next());
        assertTrue(pair.sender.isOpen());
        settle(pair.transport);
    }

    /** A packet of segments leaves as so many datagrams, by the kernel or without it. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aPacketOfSegmentsIsCut(String backend) throws Exception {
        Pair pair = new Pair(backend);
        pair.sender.write(new DatagramPacket(bytes("first"), pair.to));
        pair.sender.writeAndFlush(new Segmented(bytes("aaabbbcccd"), 3, pair.to)).sync();
        for (String each : List.of("first", "aaa", "bbb", "ccc", "d")) {
            assertEquals(each, pair.received.next());
        }
        settle(pair.transport);
    }

    /** Netty's own class for each transport is like this one. */
    private static final class Segmented extends SegmentedDatagramPacket {
        Segmented(ByteBuf data, int segment, InetSocketAddress to) {
            super(data, segment, to);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aMemberOfAGroupHearsIt(String backend) throws Exception {
        NetworkInterface loopback = NetworkInterface.getByInetAddress(LOOPBACK);
        assumeTrue(loopback != null, "the host has no loopback interface");
        InetAddress group = InetAddress.getByName("239.255.12.7");
        MillraceTransport transport = open(backend);
        Collector received = new Collector();
        MillraceDatagramChannel member =
                (MillraceDatagramChannel)
                        bootstrap(transport, received)
                                .option(ChannelOption.SO_REUSEADDR, true)
                                .bind("0.0.0.0", 0)
                                .sync()
                                .channel();
        MillraceDatagramChannel sender = bind(transport, new Collector());
        sender.config().setNetworkInterface(loopback);
        sender.config().setTimeToLive(1);
        sender.config().setLoopbackModeDisabled(false);
        InetSocketAddress to = new InetSocketAddress(group, member.localAddress().getPort());
        member.joinGroup(to, loopback).sync();
        sender.writeAndFlush(new DatagramPacket(bytes("all"), to)).sync();
        assertEquals("all", received.next());
        member.leaveGroup(to, loopback).sync();
        ChannelFuture again = member.leaveGroup(to, loopback).await();
        assertNotNull(again.cause(), "one can leave a group twice");
        assertInstanceOf(
                UnsupportedOperationException.class, member.block(group, LOOPBACK).await().cause());
        assertEquals(loopback, onLoop(sender, () -> sender.config().getNetworkInterface()));
        settle(transport);
    }

    /** As with Netty's own transports; and a join that the system refuses is refused at once. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void aChannelMayJoinBeforeItIsBound(String backend) throws Exception {
        NetworkInterface loopback = NetworkInterface.getByInetAddress(LOOPBACK);
        assumeTrue(loopback != null, "the host has no loopback interface");
        InetAddress group = InetAddress.getByName("239.255.12.8");
        InetAddress left = InetAddress.getByName("239.255.12.9");
        MillraceTransport transport = open(backend);
        Collector received = new Collector();
        MillraceDatagramChannel member =
                (MillraceDatagramChannel)
                        bootstrap(transport, received).register().sync().channel();
        member.joinGroup(group, loopback, null).sync();
        member.joinGroup(left, loopback, null).sync();
        assertNotNull(member.joinGroup(group, loopback, null).await().cause());
        assertNotNull(member.joinGroup(LOOPBACK, loopback, null).await().cause());
        member.leaveGroup(left, loopback, null).sync();
        assertNotNull(member.leaveGroup(left, loopback, null).await().cause());
        assertFalse(member.isActive());
        assertNull(member.localAddress());
        member.bind(new InetSocketAddress("0.0.0.0", 0)).sync();
        MillraceDatagramChannel sender = bind(transport, new Collector());
        sender.config().setNetworkInterface(loopback);
        InetSocketAddress to = new InetSocketAddress(group, member.localAddress().getPort());
        sender.writeAndFlush(new DatagramPacket(bytes("all"), to)).sync();
        assertEquals("all", received.next());
        assertNotNull(member.leaveGroup(left, loopback, null).await().cause());
        member.leaveGroup(group, loopback, null).sync();
        member.close().sync();
        assertInstanceOf(
                java.nio.channels.ClosedChannelException.class,
                member.joinGroup(group, loopback, null).await().cause());
        settle(transport);
    }

    private static <T> T onLoop(Channel channel, java.util.concurrent.Callable<T> question)
            throws InterruptedException {
        return channel.eventLoop().submit(question).sync().getNow();
    }

    /** Options are set before there is a socket, and are asked of it. */
    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void optionsReachTheSocket(String backend) throws Exception {
        MillraceTransport transport = open(backend);
        MillraceDatagramChannel channel =
                (MillraceDatagramChannel)
                        bootstrap(transport, new Collector())
                                .option(ChannelOption.SO_BROADCAST, true)
                                .option(ChannelOption.IP_TOS, 0x20)
                                .option(ChannelOption.IP_MULTICAST_TTL, 3)
                                .option(ChannelOption.SO_RCVBUF, 65_536)
                                .bind(LOOPBACK, 0)
                                .sync()
                                .channel();
        assertEquals(true, onLoop(channel, () -> channel.config().isBroadcast()));
        assertEquals(0x20, onLoop(channel, () -> channel.config().getTrafficClass()));
        assertEquals(3, onLoop(channel, () -> channel.config().getTimeToLive()));
        assertTrue(onLoop(channel, () -> channel.config().getReceiveBufferSize()) >= 65_536);
        settle(transport);
    }

    /** One that sends and one that receives, of one loop. */
    private final class Pair {
        final MillraceTransport transport;
        final Collector received = new Collector();
        final Channel sender;
        final InetSocketAddress to;

        Pair(String backend) throws InterruptedException {
            transport = open(backend);
            to = bind(transport, received).localAddress();
            sender = bind(transport, new Collector());
        }
    }

    /** Notes what comes, as text. */
    private static final class Collector extends SimpleChannelInboundHandler<DatagramPacket> {
        final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket message) {
            messages.add(message.content().toString(StandardCharsets.US_ASCII));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            messages.add(cause.toString());
        }

        String next() throws InterruptedException {
            return String.valueOf(messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
    }
}
