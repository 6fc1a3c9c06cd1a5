// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.EventLoop;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.TcpStream;
import io.millrace.testkit.contract.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** TLS over TCP, for the contract of streams. */
final class TlsTransport implements Transport {
    private final String name;
    private final TlsContext client;
    private final TlsContext server;

    TlsTransport(String name, TlsContext client, TlsContext server) {
        this.name = name;
        this.client = client;
        this.server = server;
    }

    /** By one kind of engine at both ends. */
    static TlsTransport of(String engine) {
        try {
            return new TlsTransport(
                    "TLS by " + engine,
                    TestContexts.client(engine).tasksInline(true).build(),
                    TestContexts.server(engine).tasksInline(true).build());
        } catch (IOException unusable) {
            throw new AssertionError(unusable);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Listener listen(EventLoop loop, ConnectionHandler<? super ByteStream> handler)
            throws IOException {
        TlsServer listening =
                TlsServer.listen(
                        loop,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        server,
                        handler);
        return new Listener(listening, listening.localAddress());
    }

    @Override
    public Connecting connect(EventLoop loop, Listener to) {
        TcpStream below = TcpStream.open(loop);
        below.connect(to.address());
        TlsStream stream = TlsStream.client(below, client, "localhost", 443);
        return new Connecting(stream, stream.handshake());
    }
}
