// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.EventLoop;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Connections over the loopback interface, which can do everything. */
public final class TcpTransport implements Transport {
    /** An address of the loopback interface, with a port that the system is to choose. */
    public static InetSocketAddress freeAddress() {
        return ContractTest.anyPort();
    }

    @Override
    public String name() {
        return "TCP";
    }

    @Override
    public Listener listen(EventLoop loop, ConnectionHandler<? super ByteStream> handler)
            throws IOException {
        TcpServer server = TcpServer.listen(loop, freeAddress(), handler);
        return new Listener(server, server.localAddress());
    }

    @Override
    public Connecting connect(EventLoop loop, Listener to) {
        TcpStream stream = TcpStream.open(loop);
        return new Connecting(stream, stream.connect(to.address()));
    }
}
