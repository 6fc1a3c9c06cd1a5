// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.EventLoop;
import io.millrace.EventLoopGroup;
import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopGroup;
import io.millrace.internal.stream.UnixSocketServer;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;

/**
 * Accepts connections from processes of the same machine, at a {@link UnixDomainSocketAddress} or,
 * on Linux and backends with descriptors, an {@link AbstractUnixAddress}.
 *
 * <p>Listening makes a file, and closing removes it: only what this server has made, so that a
 * server which took the path over keeps it. A process that is killed leaves the file behind, and
 * {@link ServerOptions.Builder#replaceDeadSocket} removes it. Who may connect is a matter of the
 * file's permissions and of its directory's; see {@link ServerOptions.Builder#permissions}.
 *
 * <p>One loop may serve what it accepts, or hand it to a group ({@link
 * ServerOptions.Builder#handTo}). No kernel balances connections between listeners of one path.
 */
public sealed interface UnixServer extends StreamServer permits UnixSocketServer {
    /** As {@link #listen(EventLoop, SocketAddress, ServerOptions, ConnectionHandler)}. */
    static UnixServer listen(
            EventLoop loop, SocketAddress address, ConnectionHandler<? super UnixStream> handler)
            throws IoException {
        return listen(loop, address, ServerOptions.DEFAULT, handler);
    }

    /**
     * Listens on {@code address} as {@code options} say.
     *
     * @throws IoException if it cannot be bound: {@code EADDRINUSE} if there is anything at the
     *     path, {@code ENOENT} or {@code EACCES} of its directory, {@code ENAMETOOLONG} if it has
     *     no room in a {@code sockaddr_un}: more than 107 bytes on Linux, 103 elsewhere
     * @throws IllegalArgumentException if the address is of another kind, or has no path, or an
     *     option is for TCP
     */
    static UnixServer listen(
            EventLoop loop,
            SocketAddress address,
            ServerOptions options,
            ConnectionHandler<? super UnixStream> handler)
            throws IoException {
        return UnixSocketServer.listen((Loop) loop, address, options, handler);
    }

    /**
     * Listens with the first loop of a group, which hands connections to all, or to those of {@link
     * ServerOptions.Builder#handTo}. Any thread but those of the group: it waits until it listens.
     *
     * @return the one server, which belongs to its own loop
     */
    static List<UnixServer> listen(
            EventLoopGroup group,
            SocketAddress address,
            ServerOptions options,
            ConnectionHandler<? super UnixStream> handler)
            throws IoException {
        return UnixSocketServer.listen((LoopGroup) group, address, options, handler);
    }
}
