// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopGroup;
import io.millrace.internal.loop.TaskQueue;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.ServerOptions;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;

/**
 * Listening on all loops of a group: one server for each where the kernel spreads connections over
 * sockets with the same port, and one that hands them on where it does not.
 */
public final class GroupListening {
    private GroupListening() {}

    /**
     * See {@link TcpServer#listen(EventLoopGroup, SocketAddress, ServerOptions,
     * ConnectionHandler)}.
     */
    public static List<TcpServer> listen(
            LoopGroup group,
            SocketAddress address,
            ServerOptions options,
            ConnectionHandler<? super TcpStream> handler)
            throws IoException {
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(options, "options");
        List<Loop> loops = group.members();
        Loop first = loops.get(0);
        if (!first.capabilities.balancedReusePort()) {
            ServerOptions handing =
                    options.handTo() == null ? options.toBuilder().handTo(group).build() : options;
            return List.of(listenOn(first, address, handing, handler));
        }
        ServerOptions shared = options.toBuilder().reusePort(true).build();
        List<TcpServer> servers = new ArrayList<>();
        SocketAddress bound = address;
        try {
            for (Loop loop : loops) {
                SocketServer server = listenOn(loop, bound, shared, handler);
                servers.add(server);
                bound = server.localAddress();
            }
        } catch (IoException | RuntimeException | Error failure) {
            servers.forEach(GroupListening::closeUnlessGone);
            throw failure;
        }
        return servers;
    }

    private static void closeUnlessGone(TcpServer server) {
        try {
            server.loop().execute(server::close);
        } catch (RejectedExecutionException gone) {
            // Its loop has closed, and the server with it.
            return;
        }
    }

    private static SocketServer listenOn(
            Loop loop,
            SocketAddress address,
            ServerOptions options,
            ConnectionHandler<? super TcpStream> handler)
            throws IoException {
        if (loop.inLoop()) {
            throw new IllegalStateException(
                    "listen waits for all loops; not on a thread of the group");
        }
        Listening listening = new Listening(loop, address, options, handler);
        loop.execute(listening);
        try {
            return listening.server.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof IoException failure) {
                throw failure;
            }
            if (failed.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw failed;
        }
    }

    /** A listen on its way to a loop, which may end before it gets there. */
    private static final class Listening implements TaskQueue.Abandonable {
        final CompletableFuture<SocketServer> server = new CompletableFuture<>();

        private final Loop loop;
        private final SocketAddress address;
        private final ServerOptions options;
        private final ConnectionHandler<? super TcpStream> handler;

        Listening(
                Loop loop,
                SocketAddress address,
                ServerOptions options,
                ConnectionHandler<? super TcpStream> handler) {
            this.loop = loop;
            this.address = address;
            this.options = options;
            this.handler = handler;
        }

        @Override
        public void run() {
            try {
                server.complete(SocketServer.listen(loop, address, options, handler));
            } catch (Throwable failure) {
                server.completeExceptionally(failure);
            }
        }

        @Override
        public void abandon() {
            server.completeExceptionally(
                    new RejectedExecutionException("the loop was closed before it could listen"));
        }
    }
}
