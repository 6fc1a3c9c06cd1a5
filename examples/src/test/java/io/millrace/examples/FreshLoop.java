// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.Timer;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A process whose first acts on a loop are those asked for; it says in a line what came of them.
 */
final class FreshLoop {
    private static final Duration SHORT = Duration.ofMillis(250);

    private final EventLoop loop;
    private final List<String> outcomes = new ArrayList<>();

    private FreshLoop(EventLoop loop) {
        this.loop = loop;
    }

    public static void main(String[] arguments) throws IOException {
        try (EventLoop loop = EventLoop.open()) {
            FreshLoop fresh = new FreshLoop(loop);
            switch (arguments[0]) {
                case "deadlines" -> fresh.deadlines();
                case "addresses" -> fresh.addresses();
                default -> throw new IllegalArgumentException(arguments[0]);
            }
            System.out.println(loop.backend().name() + " " + String.join(", ", fresh.outcomes));
        }
    }

    private void deadlines() throws IOException {
        Timer timer = Timer.open(loop);
        long called = System.nanoTime();
        timer.start(
                SHORT,
                () -> {
                    boolean early = System.nanoTime() - called < SHORT.toNanos();
                    outcomes.add(early ? "early" : "not early");
                });
        loop.run();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            connect((InetSocketAddress) listener.getLocalSocketAddress());
            loop.closeAll();
        }
    }

    private void addresses() throws IOException {
        TcpServer server =
                TcpServer.listen(loop, new InetSocketAddress(0), connection -> connection.close());
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        connect(new InetSocketAddress("127.0.0.1", port));
        for (String host : List.of("::1", "::", "fe80::1%1", "2001:db8::1")) {
            try {
                TcpServer.listen(loop, new InetSocketAddress(host, 0), connection -> {}).close();
                outcomes.add("listens");
            } catch (IoException failure) {
                outcomes.add(failure.errorName());
            }
            connect(new InetSocketAddress(host, port));
        }
        loop.closeAll();
    }

    private void connect(InetSocketAddress address) throws IOException {
        TcpStream stream = TcpStream.open(loop);
        stream.connect(address, SHORT)
                .whenComplete(
                        (connected, failure) -> {
                            outcomes.add(
                                    failure instanceof IoException io
                                            ? io.errorName()
                                            : "connected");
                            loop.stop();
                        });
        loop.run();
        stream.close();
    }
}
