// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.LoopOptions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups that are shut down at once while channels are registered: handlers hear of the close. */
class ShutdownTest {
    private static final int CHANNELS = 5;
    private static final long PATIENCE_SECONDS = 30;

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void byATaskOfTheLoop(String backend) throws Exception {
        check(backend, group -> group.next().execute(() -> shutDown(group)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whileTheLoopRunsATask(String backend) throws Exception {
        check(
                backend,
                group -> {
                    CountDownLatch runs = new CountDownLatch(1);
                    CountDownLatch goOn = new CountDownLatch(1);
                    var unused =
                            group.next()
                                    .submit(
                                            () -> {
                                                runs.countDown();
                                                return goOn.await(
                                                        PATIENCE_SECONDS, TimeUnit.SECONDS);
                                            });
                    isOver(runs);
                    shutDown(group);
                    goOn.countDown();
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"nio", "epoll", "epoll-et", "io_uring"})
    void whileTheLoopWaits(String backend) throws Exception {
        check(backend, ShutdownTest::shutDown);
    }

    private static void shutDown(EventLoopGroup group) {
        group.shutdownGracefully(0, PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void isOver(CountDownLatch latch) {
        try {
            assertTrue(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private static void check(String backend, Consumer<EventLoopGroup> ending) throws Exception {
        LoopOptions options =
                LoopOptions.builder().provider(BackendsHere.provider(backend)).build();
        MillraceTransport transport = MillraceTransport.open(1, options);
        Watching watching = new Watching();
        Channel server =
                transport
                        .serverBootstrap()
                        .childHandler(watching)
                        .bind(InetAddress.getLoopbackAddress(), 0)
                        .sync()
                        .channel();
        List<Socket> peers = new ArrayList<>();
        for (int i = 0; i < CHANNELS; i++) {
            Socket peer = new Socket();
            peer.connect((InetSocketAddress) server.localAddress());
            peer.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            peers.add(peer);
        }
        isOver(watching.active);
        ending.accept(transport.group());
        assertTrue(transport.group().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS));
        for (Socket peer : peers) {
            assertEquals(-1, peer.getInputStream().read());
            peer.close();
        }
        assertEquals(0, watching.inactive.getCount());
        assertEquals(0, watching.unregistered.getCount());
    }

    private static final class Watching extends ChannelInboundHandlerAdapter {
        final CountDownLatch active = new CountDownLatch(CHANNELS);
        final CountDownLatch inactive = new CountDownLatch(CHANNELS);
        final CountDownLatch unregistered = new CountDownLatch(CHANNELS);

        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            active.countDown();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            inactive.countDown();
        }

        @Override
        public void channelUnregistered(ChannelHandlerContext context) {
            unregistered.countDown();
        }
    }
}
