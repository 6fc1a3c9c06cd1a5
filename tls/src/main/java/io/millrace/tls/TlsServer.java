// SPDX-License-Identifier: Apache-2.0
package io.millrace.tls;

import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.net.AcceptErrorHandler;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.ServerOptions;
import io.millrace.net.StreamServer;
import io.millrace.net.TcpServer;
import io.millrace.net.UnixServer;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Accepts TLS connections over TCP, or over a Unix-domain socket if that is its address: a {@link
 * TcpServer} or {@link UnixServer} whose handler is given streams that have had their handshake.
 *
 * <p>While as many handshakes are under way as may be, it takes no more connections: they wait in
 * the backlog, and cost nothing. Those whose handshake is not over when it closes are closed. A
 * handshake that fails, or takes too long, concerns that connection alone. To serve TLS over
 * anything else that accepts, give that {@link #handler}. Loop thread only, unless a method says
 * otherwise. Active until closed.
 */
public final class TlsServer implements Handle {
    /** How many handshakes may be under way unless it is said. */
    public static final int DEFAULT_HANDSHAKES = 1024;

    private final StreamServer server;
    private final Handshakes handshakes;

    private TlsServer(StreamServer server, Handshakes handshakes) {
        this.server = server;
        this.handshakes = handshakes;
    }

    /** Listens on {@code address}; port 0 lets the system choose. */
    public static TlsServer listen(
            EventLoop loop,
            SocketAddress address,
            TlsContext context,
            ConnectionHandler<? super TlsStream> handler)
            throws IoException {
        return listen(loop, address, ServerOptions.DEFAULT, context, DEFAULT_HANDSHAKES, handler);
    }

    /**
     * Listens on {@code address} as {@code options} say; see {@link TcpServer#listen(EventLoop,
     * SocketAddress, ServerOptions, ConnectionHandler)}.
     *
     * @param mostHandshakes how many may be under way
     */
    public static TlsServer listen(
            EventLoop loop,
            SocketAddress address,
            ServerOptions options,
            TlsContext context,
            int mostHandshakes,
            ConnectionHandler<? super TlsStream> handler)
            throws IoException {
        Handshakes handshakes = new Handshakes(context, mostHandshakes, handler);
        StreamServer server =
                address instanceof UnixDomainSocketAddress
                        ? UnixServer.listen(loop, address, options, handshakes)
                        : TcpServer.listen(loop, address, options, handshakes);
        handshakes.limit(server);
        return new TlsServer(server, handshakes);
    }

    /**
     * Listens with all loops of a group; see {@link TcpServer#listen(EventLoopGroup, SocketAddress,
     * ServerOptions, ConnectionHandler)}.
     *
     * @param mostHandshakes how many may be under way on all loops together
     */
    public static List<TlsServer> listen(
            EventLoopGroup group,
            SocketAddress address,
            ServerOptions options,
            TlsContext context,
            int mostHandshakes,
            ConnectionHandler<? super TlsStream> handler)
            throws IoException {
        Handshakes handshakes = new Handshakes(context, mostHandshakes, handler);
        List<? extends StreamServer> servers =
                address instanceof UnixDomainSocketAddress
                        ? UnixServer.listen(group, address, options, handshakes)
                        : TcpServer.listen(group, address, options, handshakes);
        servers.forEach(handshakes::limit);
        return servers.stream().map(each -> new TlsServer(each, handshakes)).toList();
    }

    /**
     * What makes streams of TLS of whatever is accepted, and hands them on after their handshake;
     * for connections that do not come from a server of this library. It limits nothing, and knows
     * of nobody's close.
     */
    public static ConnectionHandler<ByteStream> handler(
            TlsContext context, ConnectionHandler<? super TlsStream> handler) {
        return new Handshakes(context, Integer.MAX_VALUE, handler);
    }

    /**
     * Sets who hears of handshakes that fail; nobody at first. That of a group's servers is one and
     * the same.
     */
    public void onHandshakeFailure(HandshakeFailureHandler handler) {
        server.isClosing();
        handshakes.failureHandler = Objects.requireNonNull(handler, "handler");
    }

    /** Where it listens, with the port that the system chose. Any thread. */
    public SocketAddress localAddress() {
        return server.localAddress();
    }

    /** How many handshakes are under way; of all servers of a group together. Any thread. */
    public int handshakes() {
        return handshakes.underWay();
    }

    /** Takes no connections from now on; they wait in the backlog. Idempotent. */
    public void pauseAccept() {
        handshakes.pausedByUser(server, true);
    }

    /** Takes connections again. Idempotent. */
    public void resumeAccept() {
        handshakes.pausedByUser(server, false);
    }

    /** Sets who hears of errors of accepting; see {@link StreamServer#onAcceptError}. */
    public void onAcceptError(AcceptErrorHandler handler) {
        server.onAcceptError(handler);
    }

    @Override
    public EventLoop loop() {
        return server.loop();
    }

    @Override
    public boolean isActive() {
        return server.isActive();
    }

    @Override
    public boolean isClosing() {
        return server.isClosing();
    }

    @Override
    public boolean isClosed() {
        return server.isClosed();
    }

    @Override
    public void ref() {
        server.ref();
    }

    @Override
    public void unref() {
        server.unref();
    }

    @Override
    public boolean hasRef() {
        return server.hasRef();
    }

    @Override
    public @Nullable Object attachment() {
        return server.attachment();
    }

    @Override
    public void attach(@Nullable Object object) {
        server.attach(object);
    }

    @Override
    public void onClosed(Runnable callback) {
        server.onClosed(callback);
    }

    @Override
    public void close() {
        if (!server.isClosing()) {
            handshakes.serverCloses();
        }
        server.close();
    }

    @Override
    public String toString() {
        return "TLS over " + server;
    }
}
