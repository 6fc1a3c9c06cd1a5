// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.spi.BackendProvider;
import io.millrace.testkit.sim.SimBackend;
import io.millrace.testkit.sim.SimWorld;
import org.jspecify.annotations.Nullable;

/**
 * What a test runs on: the backend of the client's loop and that of the server's. If they are the
 * same one, both ends live on one loop.
 */
public final class BackendPair {
    private final BackendUnderTest client;
    private final BackendUnderTest server;

    private BackendPair(BackendUnderTest client, BackendUnderTest server) {
        this.client = client;
        this.server = server;
    }

    /** Both ends on one loop of the backend with this name. */
    public static BackendPair of(String name) {
        BackendUnderTest both = BackendUnderTest.named(name);
        return new BackendPair(both, both);
    }

    /** Both ends on one loop of a backend that nobody can find by its name. */
    public static BackendPair of(BackendProvider provider) {
        BackendUnderTest both = BackendUnderTest.provided(provider);
        return new BackendPair(both, both);
    }

    /** A loop of one backend for the client, and of another one for the server. */
    public static BackendPair of(String client, String server) {
        return new BackendPair(BackendUnderTest.named(client), BackendUnderTest.named(server));
    }

    /** Both ends on one loop in a simulated world. */
    public static BackendPair simulated(SimWorld world, SimBackend.Boundary boundary) {
        BackendUnderTest both = BackendUnderTest.simulated(world, boundary);
        return new BackendPair(both, both);
    }

    /** A loop for each end, at two boundaries of one simulated world. */
    public static BackendPair simulated(
            SimWorld world, SimBackend.Boundary client, SimBackend.Boundary server) {
        return new BackendPair(
                BackendUnderTest.simulated(world, client),
                BackendUnderTest.simulated(world, server));
    }

    public BackendUnderTest client() {
        return client;
    }

    public BackendUnderTest server() {
        return server;
    }

    /** Whether both ends live on one loop. */
    public boolean isSingle() {
        return client == server;
    }

    /** Whether time and threads are not the real ones. */
    public boolean isSimulated() {
        return client.isSimulated();
    }

    @Nullable SimWorld world() {
        return client.world();
    }

    void assumeUsable() {
        client.assumeUsable();
        server.assumeUsable();
    }

    @Override
    public String toString() {
        return isSingle() ? client.name() : "client " + client + ", server " + server;
    }
}
