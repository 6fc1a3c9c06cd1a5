// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.stream;

import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.loop.LoopGroup;
import io.millrace.internal.loop.TaskQueue;
import io.millrace.net.ServerOptions;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;

/**
 * Listening on all loops of a group: one server for each where the kernel spreads connections over
 * sockets with the same address, and one that hands them on where it does not.
 */
final class GroupListening {
    private GroupListening() {}

    /** Listens on one loop, on its thread. */
    interface Opener<S> {
        S listen(Loop loop, SocketAddress address, ServerOptions options) throws IoException;
    }

    /**
     * Listens with all loops of a group. Waits until they do.
     *
     * @param mayShare whether the address can be that of several listeners
     */
    static <S extends SocketServer<?>> List<S> listen(
            LoopGroup group,
            SocketAddress address,
            ServerOptions options,
            boolean mayShare,
            Opener<S> opener)
            throws IoException {
        Objects.requireNonNull(group, "group");
        Objects.requireNonNull(options, "options");
        List<Loop> loops = group.members();
        Loop first = loops.get(0);
        if (!mayShare || !first.capabilities.balancedReusePort()) {
            ServerOptions handing =
                    options.handTo() == null ? options.toBuilder().handTo(group).build() : options;
            return List.of(listenOn(first, address, handing, opener));
        }
        ServerOptions shared = options.toBuilder().reusePort(true).build();
        List<S> servers = new ArrayList<>();
        SocketAddress bound = address;
        try {
            for (Loop loop : loops) {
                S server = listenOn(loop, bound, shared, opener);
                servers.add(server);
                bound = ((SocketServer<?>) server).localAddress();
            }
        } catch (IoException | RuntimeException | Error failure) {
            servers.forEach(GroupListening::closeUnlessGone);
            throw failure;
        }
        return servers;
    }

    private static void closeUnlessGone(SocketServer<?> server) {
        try {
            server.loop().execute(server::close);
        } catch (RejectedExecutionException gone) {
            // Its loop has closed, and the server with it.
            return;
        }
    }

    private static <S> S listenOn(
            Loop loop, SocketAddress address, ServerOptions options, Opener<S> opener)
            throws IoException {
        if (loop.inLoop()) {
            throw new IllegalStateException(
                    "listen waits for all loops; not on a thread of the group");
        }
        Listening<S> listening = new Listening<>(loop, address, options, opener);
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
    private static final class Listening<S> implements TaskQueue.Abandonable {
        final CompletableFuture<S> server = new CompletableFuture<>();

        private final Loop loop;
        private final SocketAddress address;
        private final ServerOptions options;
        private final Opener<S> opener;

        Listening(Loop loop, SocketAddress address, ServerOptions options, Opener<S> opener) {
            this.loop = loop;
            this.address = address;
            this.options = options;
            this.opener = opener;
        }

        @Override
        public void run() {
            try {
                server.complete(opener.listen(loop, address, options));
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
