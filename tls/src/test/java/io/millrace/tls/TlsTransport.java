// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.EventLoop;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.testkit.contract.TcpTransport;
import io.millrace.testkit.contract.Transport;
import io.millrace.testkit.contract.UnixTransport;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.function.Supplier;

/**
 * TLS over another transport, for the contract of streams.
 *
 * @param below what carries it
 * @param address somewhere that nobody listens
 * @param clientEngine the kind of engine at the connecting end
 * @param serverEngine the kind at the other one
 */
record TlsTransport(
        Transport below,
        Supplier<? extends SocketAddress> address,
        String clientEngine,
        String serverEngine,
        TlsContext client,
        TlsContext server)
        implements Transport {
    static TlsTransport overTcp(String clientEngine, String serverEngine) {
        return over(new TcpTransport(), TcpTransport::freeAddress, clientEngine, serverEngine);
    }

    static TlsTransport overUnixSockets(String clientEngine, String serverEngine) {
        return over(new UnixTransport(), UnixTransport::freeAddress, clientEngine, serverEngine);
    }

    private static TlsTransport over(
            Transport below,
            Supplier<? extends SocketAddress> address,
            String clientEngine,
            String serverEngine) {
        try {
            return new TlsTransport(
                    below,
                    address,
                    clientEngine,
                    serverEngine,
                    TestContexts.client(clientEngine).tasksInline(true).build(),
                    TestContexts.server(serverEngine).tasksInline(true).build());
        } catch (IOException unusable) {
            throw new AssertionError(unusable);
        }
    }

    @Override
    public String name() {
        return "TLS by " + clientEngine + " and " + serverEngine + " over " + below.name();
    }

    @Override
    public Listener listen(EventLoop loop, ConnectionHandler<? super ByteStream> handler)
            throws IOException {
        TlsServer listening = TlsServer.listen(loop, address.get(), server, handler);
        return new Listener(listening, listening.localAddress());
    }

    @Override
    public Connecting connect(EventLoop loop, Listener to) {
        ByteStream carrier = below.connect(loop, to).stream();
        TlsStream stream = TlsStream.client(carrier, client, "localhost", 443);
        return new Connecting(stream, stream.handshake());
    }

    /** Conscrypt's engine closes both directions when the peer says that it has ended. */
    @Override
    public boolean has(Ability ability) {
        return below.has(ability)
                && (ability != Ability.WRITE_AFTER_END || serverEngine.equals("jdk"));
    }
}
