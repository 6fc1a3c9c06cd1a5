// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopGroup;
import io.millrace.internal.stream.TcpSocketServer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * Accepts TCP connections on one address, in one of three patterns.
 *
 * <ul>
 *   <li><b>One loop</b>: {@link #listen(EventLoop, SocketAddress, ConnectionHandler)}; connections
 *       live on the server's loop.
 *   <li><b>Acceptor and group</b>: with {@link ServerOptions.Builder#handTo} this loop accepts, and
 *       hands connections to the loops of a group in turn.
 *   <li><b>Listener per loop</b>: {@link #listen(EventLoopGroup, SocketAddress, ServerOptions,
 *       ConnectionHandler)} opens one on each loop of a group, and the kernel balances.
 * </ul>
 */
public sealed interface TcpServer extends StreamServer permits TcpSocketServer {

    /** Listens on {@code address}; port 0 lets the system choose. */
    static TcpServer listen(
            EventLoop loop, SocketAddress address, ConnectionHandler<? super TcpStream> handler)
            throws IoException {
        return TcpSocketServer.listen((Loop) loop, address, handler);
    }

    /**
     * Listens on {@code address} as {@code options} say.
     *
     * @throws IoException if it cannot be bound, such as {@code EADDRINUSE}
     * @throws IllegalArgumentException if the address is unresolved or not an {@link
     *     InetSocketAddress}
     */
    static TcpServer listen(
            EventLoop loop,
            SocketAddress address,
            ServerOptions options,
            ConnectionHandler<? super TcpStream> handler)
            throws IoException {
        return TcpSocketServer.listen((Loop) loop, address, options, handler);
    }

    /**
     * Listens with all loops of a group: one listener on each where the kernel balances between
     * them, otherwise one on the first that hands connections to all. With {@link
     * ServerOptions.Builder#handTo} they only accept, and the other group serves. Any thread but
     * those of the group: it waits until they listen.
     *
     * @return the servers, each of which belongs to its own loop
     * @throws IoException if an address cannot be bound; then none of them listens
     */
    static List<TcpServer> listen(
            EventLoopGroup group,
            SocketAddress address,
            ServerOptions options,
            ConnectionHandler<? super TcpStream> handler)
            throws IoException {
        return TcpSocketServer.listen((LoopGroup) group, address, options, handler);
    }

    /** Where it listens, with the port that the system chose. Any thread. */
    @Override
    SocketAddress localAddress();
}
