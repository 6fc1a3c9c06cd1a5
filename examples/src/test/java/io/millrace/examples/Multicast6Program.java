// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.EventLoop;
import io.millrace.LoopOptions;
import io.millrace.Timer;
import io.millrace.net.UdpSocket;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A process that is alone in its network: on each backend it is a member of a group of IPv6 at the
 * loopback interface to which socat sends, and sends to one of which socat is a member.
 */
final class Multicast6Program {
    private static final String GROUP = "ff02::7:7";
    private static final int PORT = 7777;
    private static final String TEXT = "to the group\n";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final NetworkInterface link = NetworkInterface.getByName("lo");
    private final EventLoop loop;
    private String heard = "nothing";

    private Multicast6Program(EventLoop loop) throws IOException {
        this.loop = loop;
        Timer patience = Timer.open(loop);
        patience.start(PATIENCE, loop::stop);
        patience.unref();
    }

    public static void main(String[] arguments) throws Exception {
        for (String backend : Serving.backends()) {
            LoopOptions options = LoopOptions.builder().backend(backend).build();
            try (EventLoop loop = EventLoop.open(options)) {
                Multicast6Program program = new Multicast6Program(loop);
                System.out.println(backend + " hears " + program.hear().strip());
                System.out.println(backend + " is heard: " + program.beHeard().strip());
                loop.closeAll();
            }
        }
    }

    private String hear() throws IOException {
        UdpSocket member = UdpSocket.bind(loop, anyPort());
        member.join(InetAddress.getByName(GROUP), link);
        member.receive(
                (socket, datagram) -> {
                    byte[] bytes = new byte[datagram.data().length()];
                    datagram.data().copyTo(0, bytes, 0, bytes.length);
                    heard = new String(bytes, StandardCharsets.UTF_8);
                    socket.close();
                });
        int port = member.localAddress().getPort();
        Process socat = start("socat", "-u", "-", "UDP6-DATAGRAM:[" + GROUP + "%lo]:" + port);
        try (OutputStream input = socat.getOutputStream()) {
            input.write(TEXT.getBytes(StandardCharsets.UTF_8));
        }
        loop.run();
        return heard;
    }

    /** It joins when it is ready to, so it is sent to until it has ended: after the first. */
    private String beHeard() throws IOException {
        String member = "UDP6-RECVFROM:" + PORT + ",ipv6-join-group=[" + GROUP + "]:lo";
        Process socat = start("socat", "-u", member, "-");
        UdpSocket sender = UdpSocket.bind(loop, anyPort());
        sender.options().multicastInterface(link).multicastLoop(true);
        InetSocketAddress to = new InetSocketAddress(GROUP, PORT);
        Timer timer = Timer.open(loop);
        timer.startAtFixedRate(
                Duration.ZERO,
                Duration.ofMillis(5),
                () -> {
                    if (socat.isAlive()) {
                        sender.send(ByteBuffer.wrap(TEXT.getBytes(StandardCharsets.UTF_8)), to);
                    } else {
                        timer.close();
                        sender.close();
                    }
                });
        loop.run();
        if (socat.isAlive()) {
            socat.destroyForcibly();
            return "nothing";
        }
        return new String(socat.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static InetSocketAddress anyPort() throws IOException {
        return new InetSocketAddress(InetAddress.getByName("::"), 0);
    }

    private static Process start(String... command) throws IOException {
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }
}
