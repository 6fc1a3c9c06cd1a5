// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Code;
import java.net.SocketAddress;

/**
 * One attempt to connect: who is there, is there room in its queue, and if not, try again. That of
 * a Unix-domain socket is over at once, and whether to try again is the caller's to say.
 */
final class SimHandshake {
    private static final long FIRST_RETRY_NANOS = 1_000_000_000;

    /** With the doubling above, about the two minutes after which Linux gives up. */
    private static final int MAXIMUM_RETRIES = 6;

    private final SimWorld world;
    private final SimSocket client;
    private final SocketAddress to;
    private int retries;

    SimHandshake(SimWorld world, SimSocket client, SocketAddress to) {
        this.world = world;
        this.client = client;
        this.to = to;
    }

    void fail() {
        if (!client.isClosed()) {
            client.failConnect(DeclaredCodes.CONNECT.draw(world.random()));
        }
    }

    void attempt() {
        if (client.isClosed()) {
            return;
        }
        boolean local = SimNetwork.isLocal(to);
        SimListenerSocket listener = local ? world.network().listenerAt(to) : null;
        if (local && listener == null) {
            client.failConnect(Code.REFUSED);
        } else if (listener == null || listener.isFull()) {
            retry();
        } else {
            SimSocket server = establish(world, client, listener);
            world.after(world.delayNanos(), () -> listener.enqueue(server));
        }
    }

    /** {@code OK}, or why there is no connection; {@code WOULD_BLOCK} if there may be one later. */
    static int attemptAtOnce(SimWorld world, SimSocket client, SocketAddress to) {
        SimListenerSocket listener = world.network().listenerAt(to);
        if (listener == null) {
            return world.network().isTaken(to) ? Code.REFUSED : Code.NO_SUCH_FILE;
        }
        if (listener.isFull()) {
            return Code.WOULD_BLOCK;
        }
        listener.enqueue(establish(world, client, listener));
        return Code.OK;
    }

    private void retry() {
        if (retries == MAXIMUM_RETRIES) {
            client.failConnect(Code.TIMED_OUT);
            return;
        }
        world.after(FIRST_RETRY_NANOS << retries++, this::attempt);
    }

    /** The client may send before the server has accepted, and either may hear of it first. */
    private static SimSocket establish(
            SimWorld world, SimSocket client, SimListenerSocket listener) {
        SimSocket server = new SimSocket(world);
        server.acceptedFrom(client, listener.address());
        client.connected(server);
        listener.reserve();
        return server;
    }
}
