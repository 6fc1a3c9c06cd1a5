// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.network;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.net.UdpSendOptions;
import io.millrace.net.UdpSocket;
import io.millrace.net.UnixServer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A server of one loop. It says where it listens, and ends when its standard input does. Arguments:
 *
 * <ul>
 *   <li>{@code udp BACKEND}: echoes datagrams
 *   <li>{@code udp netty}: the same with Netty's epoll channel, which receives 64 with one call
 *   <li>{@code unix BACKEND PATH}: echoes at a path
 *   <li>{@code bulk BACKEND BYTES whole|each}: answers a datagram with so many bytes in datagrams
 *       of {@value #SEGMENT_BYTES}, by one send that the kernel cuts (GSO), or by one send for each
 * </ul>
 */
public final class NetworkServer {
    static final int SEGMENT_BYTES = 1200;

    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** What Netty's buffer of one receive is cut into, and how many it then receives at once. */
    private static final int NETTY_DATAGRAM_BYTES = 2048;

    private static final int NETTY_DATAGRAMS = 64;

    private NetworkServer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        endWithInput();
        String kind = arguments[0];
        String backend = arguments[1];
        if (backend.equals("netty")) {
            serveByNetty();
            return;
        }
        try (EventLoop loop = EventLoop.open(LoopOptions.builder().backend(backend).build())) {
            switch (kind) {
                case "udp" -> announce(echo(loop).localAddress().getPort());
                case "unix" -> {
                    UnixServer.listen(
                            loop,
                            UnixDomainSocketAddress.of(arguments[2]),
                            stream -> stream.read((from, chunk) -> from.write(chunk)));
                    announce(1);
                }
                case "bulk" -> {
                    int bytes = Integer.parseInt(arguments[2]);
                    UdpSocket socket =
                            arguments[3].equals("whole") ? whole(loop, bytes) : each(loop, bytes);
                    announce(socket.localAddress().getPort());
                }
                default -> throw new IllegalArgumentException("there is no " + kind);
            }
            loop.run();
        }
    }

    @SuppressWarnings("SystemOut") // The line is for the parent.
    private static void announce(int port) {
        System.out.println("listening on " + port);
    }

    private static void endWithInput() {
        Thread reader =
                new Thread(
                        () -> {
                            try {
                                while (System.in.read() >= 0) {
                                    // Nothing is said to it.
                                }
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            } finally {
                                Runtime.getRuntime().halt(0);
                            }
                        },
                        "end of input");
        reader.setDaemon(true);
        reader.start();
    }

    private static UdpSocket echo(EventLoop loop) throws IOException {
        UdpSocket socket = UdpSocket.bind(loop, ANY);
        socket.receive((same, datagram) -> same.reply(datagram, datagram.data()));
        return socket;
    }

    private static UdpSocket whole(EventLoop loop, int bytes) throws IOException {
        UdpSendOptions segments = UdpSendOptions.plain().segmentBytes(SEGMENT_BYTES);
        ByteBuffer data = ByteBuffer.allocateDirect(bytes);
        UdpSocket socket = UdpSocket.bind(loop, ANY);
        socket.receive(
                (same, datagram) -> same.send(data.clear(), datagram.sender(), segments, null));
        return socket;
    }

    private static UdpSocket each(EventLoop loop, int bytes) throws IOException {
        List<ByteBuffer> parts = new ArrayList<>();
        for (int left = bytes; left > 0; left -= SEGMENT_BYTES) {
            parts.add(ByteBuffer.allocateDirect(Math.min(left, SEGMENT_BYTES)));
        }
        UdpSocket socket = UdpSocket.bind(loop, ANY);
        socket.receive(
                (same, datagram) -> {
                    InetSocketAddress sender = datagram.sender();
                    for (int i = 0; i < parts.size(); i++) {
                        same.send(parts.get(i).clear(), sender);
                    }
                });
        return socket;
    }

    private static void serveByNetty() throws InterruptedException {
        Channel channel =
                new Bootstrap()
                        .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
                        .channel(EpollDatagramChannel.class)
                        .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, NETTY_DATAGRAM_BYTES)
                        .option(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new FixedRecvByteBufAllocator(
                                        NETTY_DATAGRAMS * NETTY_DATAGRAM_BYTES))
                        .handler(new NettyEcho())
                        .bind(ANY)
                        .sync()
                        .channel();
        announce(((InetSocketAddress) channel.localAddress()).getPort());
        channel.closeFuture().sync();
    }

    /** Writes as it receives, and flushes when all that one call has received is written. */
    @SuppressWarnings("FutureReturnValueIgnored") // A datagram that is not sent is lost.
    private static final class NettyEcho extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            DatagramPacket packet = (DatagramPacket) message;
            context.write(
                    new DatagramPacket(packet.content(), packet.sender()), context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }
    }
}
