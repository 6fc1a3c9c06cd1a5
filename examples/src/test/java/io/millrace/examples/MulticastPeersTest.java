// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.LoopOptions;
import io.millrace.Timer;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** A group of the loopback interface, with socat at the other end. */
@ParameterizedClass
@MethodSource("io.millrace.examples.Serving#backends")
@EnabledOnOs(value = OS.LINUX, disabledReason = "socat names the interface as Linux does")
class MulticastPeersTest {
    private static final String GROUP = "239.77.7.7";
    private static final String TEXT = "to the group\n";
    private static final long HANG_SECONDS = 60;

    @Parameter private String backend;

    private EventLoopGroup group;
    private EventLoop loop;

    @BeforeEach
    void open() throws IOException {
        group = EventLoopGroup.open(1, LoopOptions.builder().backend(backend).build());
        loop = group.loops().get(0);
    }

    @AfterEach
    void close() {
        group.close();
    }

    /** A member of the group at the loopback interface; completes with what comes first. */
    private int member(CompletableFuture<String> heard) throws Exception {
        CompletableFuture<Integer> port = new CompletableFuture<>();
        loop.execute(
                () -> {
                    try {
                        UdpSocket socket = UdpSocket.bind(loop, new InetSocketAddress(0));
                        NetworkInterface link = NetworkInterface.getByName("lo");
                        socket.join(InetAddress.getByName(GROUP), link);
                        socket.receive(
                                (same, datagram) -> {
                                    byte[] bytes = new byte[datagram.data().length()];
                                    datagram.data().copyTo(0, bytes, 0, bytes.length);
                                    heard.complete(new String(bytes, StandardCharsets.UTF_8));
                                });
                        port.complete(socket.localAddress().getPort());
                    } catch (IOException failure) {
                        port.completeExceptionally(failure);
                    }
                });
        return port.get(HANG_SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aMemberHearsSocat() throws Exception {
        CompletableFuture<String> heard = new CompletableFuture<>();
        int port = member(heard);
        String to = "UDP4-DATAGRAM:" + GROUP + ":" + port + ",ip-multicast-if=127.0.0.1";
        Programs.Outcome outcome = Programs.run(List.of("socat", "-u", "-", to), TEXT);
        assertEquals(new Programs.Outcome(0, ""), outcome);
        assertEquals(TEXT, heard.get(HANG_SECONDS, TimeUnit.SECONDS));
    }

    /** It may join late, so it is sent to until it has ended, which it does after the first. */
    @Test
    void socatHearsWhatIsSentToTheGroup() throws Exception {
        try (DatagramSocket holder = new DatagramSocket(null)) {
            // It shares the port with socat, so that the system gives it to nobody else.
            holder.setReuseAddress(true);
            holder.bind(new InetSocketAddress(0));
            socatHears(holder.getLocalPort());
        }
    }

    private void socatHears(int port) throws Exception {
        CompletableFuture<Programs.Outcome> socat = new CompletableFuture<>();
        String from =
                "UDP4-RECVFROM:" + port + ",reuseaddr,ip-add-membership=" + GROUP + ":127.0.0.1";
        Thread running =
                new Thread(
                        () -> {
                            try {
                                socat.complete(Programs.run(List.of("socat", "-u", from, "-"), ""));
                            } catch (Exception failure) {
                                socat.completeExceptionally(failure);
                            }
                        });
        running.start();
        InetSocketAddress to = new InetSocketAddress(GROUP, port);
        CompletableFuture<Void> sending = new CompletableFuture<>();
        loop.execute(() -> sendUntil(socat, to, sending));
        sending.get(HANG_SECONDS, TimeUnit.SECONDS);
        running.join();
        assertEquals(new Programs.Outcome(0, TEXT), socat.get());
    }

    private void sendUntil(
            CompletableFuture<?> ended, InetSocketAddress to, CompletableFuture<Void> outcome) {
        try {
            UdpSocket socket = UdpSocket.bind(loop, new InetSocketAddress(0));
            socket.options().multicastInterface(NetworkInterface.getByName("lo"));
            socket.options().multicastLoop(true);
            Timer timer = Timer.open(loop);
            timer.startAtFixedRate(
                    Duration.ZERO,
                    Duration.ofMillis(20),
                    () -> {
                        if (ended.isDone()) {
                            timer.close();
                            socket.close();
                            outcome.complete(null);
                        } else {
                            byte[] bytes = TEXT.getBytes(StandardCharsets.UTF_8);
                            socket.send(ByteBuffer.wrap(bytes), to);
                        }
                    });
        } catch (IOException failure) {
            outcome.completeExceptionally(failure);
        }
    }
}
