// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramEngine;
import io.millrace.spi.Driver;
import io.millrace.spi.FileCalls;
import io.millrace.spi.FileEngine;
import io.millrace.spi.Gather;
import io.millrace.spi.JavaFileCalls;
import io.millrace.spi.LoopContext;
import io.millrace.spi.StreamEngine;
import io.millrace.spi.reactor.ChunkPool;
import org.jspecify.annotations.Nullable;

/**
 * A driver made of chance: whatever the contract of {@code io.millrace.spi} allows, this one does.
 *
 * <p>Its ports enter what they will report into the driver's own agenda, and {@link #poll} runs a
 * part of what is due. So a completion is never called from a command, and may be much later than
 * what caused it.
 */
final class SimDriver implements Driver {
    private static final int LARGEST_BATCH = 64;

    private final SimWorld world;
    private final LoopContext context;
    private final SimWait wait;
    private final SimStreams streams = new SimStreams(this);
    private final DatagramEngine datagrams;
    private final @Nullable SimFiles files;
    private final ChunkPool chunks;
    private final Gather gather;
    private int openPorts;
    private int reported;

    SimDriver(SimWorld world, ChunkPool chunks, LoopContext context) {
        this.world = world;
        this.chunks = chunks;
        this.context = context;
        gather = new Gather(capabilities().maximumGather());
        wait = world.join();
        SimDisk disk = world.disk();
        files = disk == null ? null : new SimFiles(this, disk);
        datagrams = (spec, sink) -> new SimDatagramPort(this, world.network().bind(spec), sink);
    }

    @Override
    public Capabilities capabilities() {
        return SimBackend.capabilities(world);
    }

    @Override
    public int poll(long timeoutNanos) {
        reported = 0;
        if (timeoutNanos != 0) {
            context.waitBegins();
        }
        wait.await(timeoutNanos);
        context.waitEnded(wait.agenda().countDue(world.elapsedNanos()));
        context.countSystemCalls(1);
        int budget = 1 + world.random().nextInt(LARGEST_BATCH);
        while (budget > 0 && wait.agenda().runNext(world.elapsedNanos())) {
            budget--;
        }
        return reported;
    }

    @Override
    public void wakeup() {
        wait.wake();
    }

    @Override
    public StreamEngine streams() {
        return streams;
    }

    @Override
    public DatagramEngine datagrams() {
        return datagrams;
    }

    @Override
    public @Nullable FileEngine files() {
        return files;
    }

    @Override
    public FileCalls fileCalls() {
        SimDisk disk = world.disk();
        return disk == null ? JavaFileCalls.ONLY : disk;
    }

    @Override
    public void close() {
        if (openPorts != 0) {
            throw error("closed with " + openPorts + " ports open");
        }
        if (chunks.lent() != 0) {
            throw error("closed while " + chunks.lent() + " chunks are on loan");
        }
        wait.leave();
    }

    SimWorld world() {
        return world;
    }

    ChunkPool chunks() {
        return chunks;
    }

    /** The scratch list, empty. */
    Gather gather() {
        gather.clear();
        return gather;
    }

    void opened() {
        openPorts++;
    }

    void closed() {
        openPorts--;
        completed(Code.OK);
    }

    /** Something was reported to a sink. */
    void completed(int result) {
        reported++;
        world.trace(result);
        wait.meter().progressed();
    }

    /** Something was asked by the loop. */
    void commanded() {
        wait.meter().progressed();
    }

    /** Enters something to report, a while from now. */
    void later(Runnable completion) {
        wait.agenda().at(world.elapsedNanos() + world.delayNanos(), completion);
    }

    /** A pool that only pretended to be empty says a little later that it is not. */
    void pretendNoChunks() {
        later(context::chunksReturned);
    }

    SimulationError error(String message) {
        return new SimulationError(message, world);
    }

    @Override
    public String toString() {
        return "simulated, open ports: " + openPorts + "; receive buffers: " + chunks;
    }
}
