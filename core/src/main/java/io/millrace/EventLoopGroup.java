// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Several loops, each running on a thread of its own until the group is closed.
 *
 * <p>Thread-safe. What is done to one of its loops must be done on that loop's thread, with {@link
 * EventLoop#execute}.
 */
public final class EventLoopGroup implements AutoCloseable {
    private static final AtomicInteger GROUPS = new AtomicInteger();

    private final List<GroupMember> members;
    private final AtomicInteger turn = new AtomicInteger();

    private EventLoopGroup(List<GroupMember> members) {
        this.members = List.copyOf(members);
    }

    /** Opens and starts {@code size} loops, on threads named {@code millrace-<group>-<loop>}. */
    public static EventLoopGroup open(int size) throws IoException {
        return open(size, LoopOptions.DEFAULT);
    }

    public static EventLoopGroup open(int size, LoopOptions options) throws IoException {
        int group = GROUPS.incrementAndGet();
        AtomicInteger number = new AtomicInteger();
        return open(
                size,
                options,
                task -> new Thread(task, "millrace-" + group + "-" + number.incrementAndGet()));
    }

    /**
     * Opens and starts loops on threads of the caller's making.
     *
     * @param threads makes platform threads: a loop waits in the kernel, and on a virtual thread it
     *     would keep a processor from all others, so that a few loops could not even be opened
     * @throws IllegalArgumentException if a thread is virtual
     * @throws IoException if not all of them can be opened; those that were are closed again
     */
    public static EventLoopGroup open(int size, LoopOptions options, ThreadFactory threads)
            throws IoException {
        if (size < 1) {
            throw new IllegalArgumentException("a group has at least 1 loop: " + size);
        }
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(threads, "threads");
        List<GroupMember> members = new ArrayList<>();
        try {
            for (int i = 0; i < size; i++) {
                members.add(GroupMember.start(options, threads));
            }
            return new EventLoopGroup(members);
        } catch (Throwable failure) {
            close(members);
            throw failure;
        }
    }

    public int size() {
        return members.size();
    }

    /** The loops in turn; one whose engine has failed is left out while there are others. */
    public EventLoop next() {
        int first = turn.getAndIncrement();
        for (int i = 0; i < members.size(); i++) {
            EventLoop loop = members.get(Math.floorMod(first + i, members.size())).loop();
            if (!loop.isClosed()) {
                return loop;
            }
        }
        return members.get(Math.floorMod(first, members.size())).loop();
    }

    /** Whether none of its loops runs any more. */
    boolean isClosed() {
        return members.stream().allMatch(member -> member.loop().isClosed());
    }

    /** All loops. */
    public List<EventLoop> loops() {
        return members.stream().map(GroupMember::loop).toList();
    }

    /**
     * Listens with all loops: one listener on each where the kernel balances between them,
     * otherwise one on the first that hands connections to all. With {@link
     * ServerOptions.Builder#handTo} they only accept, and the other group serves. Waits until they
     * listen; not on a thread of the group.
     *
     * @return the servers, each of which belongs to its own loop
     */
    public List<TcpServer> listen(
            SocketAddress address, ServerOptions options, ConnectionHandler handler)
            throws IoException {
        Objects.requireNonNull(options, "options");
        EventLoop first = members.get(0).loop();
        if (!first.capabilities.balancedReusePort()) {
            ServerOptions handing = options.group() == null ? options.withHandTo(this) : options;
            return List.of(listenOn(first, address, handing, handler));
        }
        ServerOptions shared = options.withReusePort();
        List<TcpServer> servers = new ArrayList<>();
        SocketAddress bound = address;
        try {
            for (GroupMember member : members) {
                TcpServer server = listenOn(member.loop(), bound, shared, handler);
                servers.add(server);
                bound = server.localAddress();
            }
        } catch (IoException | RuntimeException | Error failure) {
            servers.forEach(EventLoopGroup::closeUnlessGone);
            throw failure;
        }
        return servers;
    }

    /**
     * Closes every handle of every loop, ends their threads and waits for them. Idempotent.
     *
     * @throws IllegalStateException on a thread of the group, which cannot wait for itself
     */
    @Override
    public void close() {
        for (GroupMember member : members) {
            if (member.loop().inLoop()) {
                throw new IllegalStateException(
                        "a group cannot be closed on one of its own threads");
            }
        }
        close(members);
    }

    private static void close(List<GroupMember> members) {
        members.forEach(GroupMember::stop);
        members.forEach(GroupMember::join);
    }

    private static void closeUnlessGone(TcpServer server) {
        try {
            server.loop().execute(server::close);
        } catch (RejectedExecutionException gone) {
            // Its loop has closed, and the server with it.
            return;
        }
    }

    private static TcpServer listenOn(
            EventLoop loop, SocketAddress address, ServerOptions options, ConnectionHandler handler)
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
        final CompletableFuture<TcpServer> server = new CompletableFuture<>();

        private final EventLoop loop;
        private final SocketAddress address;
        private final ServerOptions options;
        private final ConnectionHandler handler;

        Listening(
                EventLoop loop,
                SocketAddress address,
                ServerOptions options,
                ConnectionHandler handler) {
            this.loop = loop;
            this.address = address;
            this.options = options;
            this.handler = handler;
        }

        @Override
        public void run() {
            try {
                server.complete(TcpServer.listen(loop, address, options, handler));
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
