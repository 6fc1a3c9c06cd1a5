// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Code;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.reactor.Poller;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A listening socket of the simulated kernel: a bounded queue of finished handshakes. */
final class SimListenerSocket extends SimDescriptor {
    private final SimWorld world;
    private final ListenSpec spec;
    private final SocketAddress address;
    private final ArrayDeque<SimSocket> queue = new ArrayDeque<>();
    private @Nullable SimSocket taken;
    private int handshakes;
    private boolean closed;

    SimListenerSocket(SimWorld world, ListenSpec spec, SocketAddress address) {
        this.world = world;
        this.spec = spec;
        this.address = address;
    }

    /** Takes a connection from the queue for {@link #taken}: 1 or a negative code. */
    int accept() {
        if (queue.isEmpty()) {
            return Code.WOULD_BLOCK;
        }
        if (world.strikes(Fault.ACCEPT_ABORTED)) {
            queue.remove().abort();
            return DeclaredCodes.ACCEPT_ABORTED.draw(world.random());
        }
        if (world.network().isFull()) {
            return Code.TOO_MANY_FILES;
        }
        if (world.strikes(Fault.ACCEPT_FAILURE)) {
            return DeclaredCodes.ACCEPT.draw(world.random());
        }
        world.network().countOpened();
        taken = queue.remove();
        return 1;
    }

    @Nullable SimSocket taken() {
        SimSocket socket = taken;
        taken = null;
        return socket;
    }

    boolean isFull() {
        return queue.size() + handshakes >= spec.backlog();
    }

    /** A handshake is done; {@link #enqueue} follows. */
    void reserve() {
        handshakes++;
    }

    void enqueue(SimSocket socket) {
        handshakes--;
        if (closed) {
            socket.abort();
            return;
        }
        queue.add(socket);
        changed(Poller.READ);
    }

    @Override
    int readiness() {
        return queue.isEmpty() ? 0 : Poller.READ;
    }

    boolean reusesPort() {
        return spec.reusePort();
    }

    SocketAddress address() {
        return address;
    }

    @Override
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        world.network().remove(this);
        world.network().countClosed();
        queue.forEach(SimSocket::abort);
        queue.clear();
    }
}
