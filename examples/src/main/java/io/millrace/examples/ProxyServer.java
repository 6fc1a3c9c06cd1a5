// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import io.millrace.net.ByteStream;
import io.millrace.net.TcpStream;
import java.net.SocketAddress;
import java.time.Duration;

/**
 * Passes connections on to another server, byte by byte, until both sides have finished.
 *
 * <p>The client is read from at once: what it sends before the other connection is there waits in
 * that one's write queue. The two streams of a pair live on one loop and end together.
 */
public final class ProxyServer {
    /** A server that has not answered by now would keep the client waiting for nothing. */
    private static final Duration CONNECT_DEADLINE = Duration.ofSeconds(5);

    private final SocketAddress target;

    ProxyServer(SocketAddress target) {
        this.target = target;
    }

    public static void main(String[] arguments) {
        new ServerProgram(
                        "proxy",
                        ServerProgram.SCALABLE + " --to HOST:PORT",
                        options -> new ProxyServer(options.address("to"))::pass)
                .launch(arguments);
    }

    void pass(ByteStream client) {
        TcpStream server = TcpStream.open(client.loop());
        server.connect(target, CONNECT_DEADLINE)
                .whenComplete(
                        (connected, failure) -> {
                            if (failure != null) {
                                client.closeReset();
                            }
                        });
        ProxyPair.join(client, server);
    }
}
