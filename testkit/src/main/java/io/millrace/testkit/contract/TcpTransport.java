// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.EventLoop;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;

/** Connections over the loopback interface, which can do everything. */
final class TcpTransport implements Transport {
    @Override
    public String name() {
        return "TCP";
    }

    @Override
    public Listener listen(EventLoop loop, ConnectionHandler<? super ByteStream> handler)
            throws IOException {
        TcpServer server = TcpServer.listen(loop, ContractTest.anyPort(), handler);
        return new Listener(server, server.localAddress());
    }

    @Override
    public Connecting connect(EventLoop loop, Listener to) {
        TcpStream stream = TcpStream.open(loop);
        return new Connecting(stream, stream.connect(to.address()));
    }
}
