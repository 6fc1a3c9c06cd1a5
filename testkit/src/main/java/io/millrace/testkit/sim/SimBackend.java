// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.IoException;
import io.millrace.spi.Availability;
import io.millrace.spi.BackendProvider;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Driver;
import io.millrace.spi.DriverConfig;
import io.millrace.spi.LoopContext;
import io.millrace.spi.reactor.ChunkPool;
import io.millrace.spi.reactor.ReactorDriver;
import java.util.Locale;
import java.util.Map;

/** The door from a loop into a simulated world: at the completion or at the readiness boundary. */
public final class SimBackend implements BackendProvider {
    /** Few and small, so that running out is an everyday event. */
    private static final int DEFAULT_CHUNKS = 16;

    private static final int DEFAULT_CHUNK_BYTES = 1024;

    private static final Capabilities CAPABILITIES =
            Capabilities.NONE
                    .withBalancedReusePort(true)
                    .withDescriptorPassing(true)
                    .withMaximumGather(16);

    /** Where the simulation begins: everything above the boundary is the real thing. */
    public enum Boundary {
        /** A simulated driver, in the manner of io_uring. */
        COMPLETION,
        /** The reactor that ships, over a simulated level-triggered poller. */
        LEVEL,
        /** The reactor that ships, over a simulated edge-triggered poller. */
        EDGE
    }

    private final SimWorld world;
    private final Boundary boundary;

    public SimBackend(SimWorld world, Boundary boundary) {
        this.world = world;
        this.boundary = boundary;
    }

    static Capabilities capabilities(SimWorld world) {
        return CAPABILITIES.withCostlyStop(world.hasCostlyStop());
    }

    @Override
    public String name() {
        return "sim-" + boundary.name().toLowerCase(Locale.ROOT);
    }

    /** Never chosen automatically. */
    @Override
    public int rank() {
        return -1;
    }

    @Override
    public Availability probe() {
        return Availability.usable("simulated, " + world.replayHint(), Map.of());
    }

    @Override
    public Driver open(DriverConfig config, LoopContext context) throws IoException {
        DriverConfig small =
                new DriverConfig(
                        config.chunkCountOr(DEFAULT_CHUNKS),
                        config.chunkBytesOr(DEFAULT_CHUNK_BYTES),
                        config.properties());
        ChunkPool chunks = new ChunkPool(small, buffer -> 0, context);
        if (boundary == Boundary.COMPLETION) {
            return new SimDriver(world, chunks, context);
        }
        SimPoller poller = new SimPoller(world, context, boundary == Boundary.EDGE);
        SimSockets sockets = new SimSockets(world, poller.meter());
        return new ReactorDriver(poller, sockets, chunks, context);
    }
}
