// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.EventLoop;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A process that sends itself one message and says on which backend. */
final class EchoOnce {
    private EchoOnce() {}

    public static void main(String[] arguments) {
        try (EventLoop loop = EventLoop.open()) {
            echo(loop);
            loop.run();
            System.out.println(loop.backend().name() + " echoed");
        } catch (IOException failure) {
            System.out.println(failure.getMessage());
            System.exit(1);
        }
    }

    private static void echo(EventLoop loop) throws IOException {
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        TcpServer server =
                TcpServer.listen(
                        loop,
                        loopback,
                        connection -> connection.read((stream, data) -> stream.write(data)));
        TcpStream.connect(loop, server.localAddress())
                .thenAccept(
                        client -> {
                            client.read((stream, data) -> finish(stream, server));
                            client.write(new byte[] {1, 2, 3}, 0, 3);
                        });
    }

    private static void finish(ByteStream client, TcpServer server) {
        client.close();
        server.close();
    }
}
