// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.LoopOptions;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients: where they connect from, and what becomes of an attempt that nobody answers. */
class ConnectTest {
    private static final long PATIENCE_SECONDS = 30;

    private static MillraceTransport open(String backend) {
        return MillraceTransport.open(
                1, LoopOptions.builder().provider(BackendsHere.provider(backend)).build());
    }

    private static void shutDown(MillraceTransport transport) throws Exception {
        transport.group().shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS).sync();
    }

    private static Bootstrap client(MillraceTransport transport) {
        return transport.bootstrap().handler(new ChannelInboundHandlerAdapter());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    @EnabledOnOs(value = OS.LINUX, disabledReason = "elsewhere only 127.0.0.1 is there")
    void itConnectsFromTheAddressThatItIsBoundTo(String backend) throws Exception {
        InetAddress from = InetAddress.getByName("127.0.0.3");
        MillraceTransport transport = open(backend);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.2"))) {
            ChannelFuture connected =
                    client(transport)
                            .connect(server.getLocalSocketAddress(), new InetSocketAddress(from, 0))
                            .sync();
            try (Socket accepted = server.accept()) {
                assertEquals(from, accepted.getInetAddress());
                assertEquals(accepted.getRemoteSocketAddress(), connected.channel().localAddress());
                assertEquals(server.getLocalSocketAddress(), connected.channel().remoteAddress());
            }
        } finally {
            shutDown(transport);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void itConnectsByIpv6(String backend) throws Exception {
        InetAddress loopback = InetAddress.getByName("::1");
        MillraceTransport transport = open(backend);
        try (ServerSocket server = listen(loopback)) {
            ChannelFuture connected =
                    client(transport)
                            .connect(
                                    server.getLocalSocketAddress(),
                                    new InetSocketAddress(loopback, 0))
                            .sync();
            try (Socket accepted = server.accept()) {
                assertEquals(accepted.getRemoteSocketAddress(), connected.channel().localAddress());
            }
        } finally {
            shutDown(transport);
        }
    }

    private static ServerSocket listen(InetAddress loopback) throws IOException {
        try {
            return new ServerSocket(0, 1, loopback);
        } catch (IOException none) {
            assumeTrue(false, "no IPv6: " + none);
            throw none;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    @EnabledOnOs(value = OS.LINUX, disabledReason = "a listener without room stays silent there")
    void anAttemptThatNobodyAnswersTimesOut(String backend) throws Exception {
        MillraceTransport transport = open(backend);
        try (Silent silent = new Silent()) {
            ChannelFuture connected =
                    client(transport)
                            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 50)
                            .connect(silent.address());
            assertTrue(connected.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertInstanceOf(ConnectTimeoutException.class, connected.cause());
            assertTrue(connected.channel().closeFuture().await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } finally {
            shutDown(transport);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    @EnabledOnOs(value = OS.LINUX, disabledReason = "a listener without room stays silent there")
    void anAttemptIsGivenUpByItsPromise(String backend) throws Exception {
        MillraceTransport transport = open(backend);
        try (Silent silent = new Silent()) {
            ChannelFuture connected =
                    client(transport)
                            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
                            .connect(silent.address());
            // The connect is handed to the loop by the task that registers the channel: only what
            // is
            // handed over when that has run comes after it.
            transport.group().submit(() -> {}).sync();
            transport.group().submit(() -> {}).sync();
            assertFalse(connected.isDone());
            assertTrue(connected.cancel(false));
            assertTrue(connected.channel().closeFuture().await(PATIENCE_SECONDS, TimeUnit.SECONDS));
            assertNull(connected.channel().remoteAddress());
        } finally {
            shutDown(transport);
        }
    }

    /**
     * A listener whose queue is full, so that the system drops what knocks.
     *
     * <p>One attempt that fails is not enough to say so: the machine may have stalled.
     */
    private static final class Silent implements AutoCloseable {
        private static final int FIT = 2;
        private static final int MORE_THAN_FIT = 8;

        private final ServerSocket server =
                new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final List<Socket> queued = new ArrayList<>();

        Silent() throws IOException {
            boolean lastFailed = false;
            for (int i = 0; i < MORE_THAN_FIT; i++) {
                boolean fails = !isQueued();
                if (fails && (lastFailed || queued.size() >= FIT)) {
                    return;
                }
                lastFailed = fails;
            }
            close();
            throw new AssertionError("a queue of one has room for " + queued.size());
        }

        private boolean isQueued() throws IOException {
            Socket one = new Socket();
            try {
                one.connect(server.getLocalSocketAddress(), 100);
            } catch (SocketTimeoutException unanswered) {
                one.close();
                return false;
            }
            queued.add(one);
            return true;
        }

        SocketAddress address() {
            return server.getLocalSocketAddress();
        }

        @Override
        public void close() throws IOException {
            for (Socket each : queued) {
                each.close();
            }
            server.close();
        }
    }
}
