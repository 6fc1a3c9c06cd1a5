// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.Capabilities;
import io.millrace.spi.Code;
import io.millrace.spi.FileCalls;
import io.millrace.spi.JavaFileCalls;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.OpenFile;
import io.millrace.spi.reactor.RawDatagrams;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawSockets;
import io.millrace.spi.reactor.RawStream;
import java.net.StandardProtocolFamily;
import java.nio.file.Path;

/** Opens simulated sockets for the reactor of one loop. */
final class SimSockets implements RawSockets {
    private final SimWorld world;
    private final ProgressMeter meter;

    SimSockets(SimWorld world, ProgressMeter meter) {
        this.world = world;
        this.meter = meter;
    }

    @Override
    public FileCalls fileCalls() {
        SimDisk disk = world.disk();
        return disk == null ? JavaFileCalls.ONLY : disk;
    }

    @Override
    public Capabilities capabilities() {
        return SimBackend.capabilities(world);
    }

    @Override
    public RawListener listen(ListenSpec spec) throws IoException {
        return new SimRawListener(this, world.network().listen(spec));
    }

    @Override
    public RawDatagrams datagrams() {
        return spec -> new SimRawDatagram(this, world.network().bind(spec));
    }

    @Override
    public RawStream stream(StandardProtocolFamily family) throws IoException {
        return new SimRawStream(this, world.network().socket());
    }

    @Override
    public RawStream adopt(Accepted connection) throws IoException {
        return new SimRawStream(this, ((SimAccepted) connection).take());
    }

    @Override
    public OpenFile openFile(Path path) throws IoException {
        return SimFile.open(path);
    }

    @Override
    public void closeDescriptor(int descriptor) {
        world.numbers().close(descriptor);
    }

    /** Notes a call's result: only "would block" and "in progress" leave everything as it was. */
    int called(int result) {
        world.trace(result);
        if (result != Code.WOULD_BLOCK && result != Code.IN_PROGRESS) {
            meter.progressed();
        }
        return result;
    }

    void checkUnregistered(boolean registered) {
        if (registered) {
            throw new SimulationError("a socket was closed before its poller let go of it", world);
        }
    }
}
