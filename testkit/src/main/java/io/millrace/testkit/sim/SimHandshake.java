// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Code;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** One attempt to connect: who is there, is there room in its queue, and if not, try again. */
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
            boolean hasName = to instanceof UnixDomainSocketAddress;
            client.failConnect(hasName ? Code.NO_SUCH_FILE : Code.REFUSED);
        } else if (listener == null || listener.isFull()) {
            retry();
        } else {
            establish(listener);
        }
    }

    private void retry() {
        if (retries == MAXIMUM_RETRIES) {
            client.failConnect(Code.TIMED_OUT);
            return;
        }
        world.after(FIRST_RETRY_NANOS << retries++, this::attempt);
    }

    /** The client may send before the server has accepted, and either may hear of it first. */
    private void establish(SimListenerSocket listener) {
        SimSocket server = new SimSocket(world);
        server.acceptedFrom(client, listener.address());
        client.connected(server);
        listener.reserve();
        world.after(world.delayNanos(), () -> listener.enqueue(server));
    }
}
