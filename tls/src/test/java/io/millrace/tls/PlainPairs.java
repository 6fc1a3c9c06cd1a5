// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.RunMode;
import io.millrace.net.ByteStream;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import javax.net.ssl.SSLEngine;

/** Connections on one loop, both ends of which have an engine of a test's own, or none. */
final class PlainPairs implements AutoCloseable {
    final EventLoop loop;
    private final TcpServer server;
    private final TlsContext context;
    private final List<ByteStream> accepted = new ArrayList<>();

    /** The two ends of a connection. */
    record Pair(ByteStream client, ByteStream server) {}

    PlainPairs(EventLoop loop) throws IoException {
        this(loop, TlsContext.client());
    }

    /** With what a context says of streams; the engines are the test's all the same. */
    PlainPairs(EventLoop loop, TlsContext context) throws IoException {
        this.loop = loop;
        this.context = context;
        server =
                TcpServer.listen(
                        loop,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        accepted::add);
    }

    /** Of TCP alone. */
    Pair connectPlainly() throws IoException {
        TcpStream client = TcpStream.open(loop);
        client.connect(server.localAddress());
        accepted.clear();
        while (accepted.isEmpty()) {
            loop.run(RunMode.ONCE);
        }
        return new Pair(client, accepted.get(0));
    }

    /**
     * Of TLS.
     *
     * @param engines makes the client's, asked for 0, and the server's
     */
    Pair connect(IntFunction<SSLEngine> engines) throws IoException {
        Pair below = connectPlainly();
        TlsStream client = TlsConnection.begin(below.client(), context, engines.apply(0));
        TlsStream end = TlsConnection.begin(below.server(), context, engines.apply(1));
        int[] done = new int[1];
        client.handshake().thenAccept(stream -> done[0]++);
        end.handshake().thenAccept(stream -> done[0]++);
        while (done[0] < 2) {
            loop.run(RunMode.ONCE);
        }
        return new Pair(client, end);
    }

    @Override
    public void close() throws IoException {
        loop.closeAll();
    }
}
