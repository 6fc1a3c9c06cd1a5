// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.EventLoop;
import io.millrace.net.TcpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * An echo server that {@link ExhaustionTest} runs as a process of its own with few descriptors. It
 * prints its port, and then the name of each error of accepting.
 */
final class ExhaustedServer {
    private ExhaustedServer() {}

    public static void main(String[] arguments) throws Exception {
        try (EventLoop loop = EventLoop.open()) {
            TcpServer server =
                    TcpServer.listen(
                            loop,
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                            connection -> connection.read((stream, data) -> stream.write(data)));
            server.onAcceptError((from, error) -> System.out.println(error.errorName()));
            System.out.println(((InetSocketAddress) server.localAddress()).getPort());
            loop.run();
        }
    }
}
