// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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

    private final List<GroupMember> members = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();

    private EventLoopGroup() {}

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
     * @throws IoException if not all of them can be opened; those that were are closed again
     */
    public static EventLoopGroup open(int size, LoopOptions options, ThreadFactory threads)
            throws IoException {
        if (size < 1) {
            throw new IllegalArgumentException("a group has at least 1 loop: " + size);
        }
        Objects.requireNonNull(options, "options");
        EventLoopGroup group = new EventLoopGroup();
        try {
            for (int i = 0; i < size; i++) {
                group.members.add(GroupMember.start(options, threads));
            }
        } catch (IoException | RuntimeException | Error failure) {
            group.close();
            throw failure;
        }
        return group;
    }

    public int size() {
        return members.size();
    }

    /** The loops in turn. */
    public EventLoop next() {
        return members.get(Math.floorMod(turn.getAndIncrement(), members.size())).loop();
    }

    /** All loops. */
    public List<EventLoop> loops() {
        return members.stream().map(GroupMember::loop).toList();
    }

    /**
     * Listens with all loops: one listener on each where the kernel balances between them,
     * otherwise one on the first that hands connections to all. Waits until they listen; not on a
     * thread of the group.
     *
     * @return the servers, each of which belongs to its own loop
     */
    public List<TcpServer> listen(
            SocketAddress address, ServerOptions options, ConnectionHandler handler)
            throws IoException {
        EventLoop first = members.get(0).loop();
        if (!first.capabilities.balancedReusePort()) {
            ServerOptions handing = options.withHandTo(this);
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
        } catch (IoException | RuntimeException failure) {
            for (TcpServer server : servers) {
                server.loop().execute(server::close);
            }
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
        for (GroupMember member : members) {
            member.stop();
        }
        for (GroupMember member : members) {
            member.join();
        }
    }

    private static TcpServer listenOn(
            EventLoop loop, SocketAddress address, ServerOptions options, ConnectionHandler handler)
            throws IoException {
        if (loop.inLoop()) {
            throw new IllegalStateException(
                    "listen waits for all loops; not on a thread of the group");
        }
        CompletableFuture<TcpServer> listening = new CompletableFuture<>();
        loop.execute(
                () -> {
                    try {
                        listening.complete(TcpServer.listen(loop, address, options, handler));
                    } catch (Throwable failure) {
                        listening.completeExceptionally(failure);
                    }
                });
        try {
            return listening.join();
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
}
