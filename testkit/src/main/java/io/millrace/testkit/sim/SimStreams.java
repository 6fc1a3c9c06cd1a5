// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import io.millrace.spi.OpenFile;
import io.millrace.spi.StreamEngine;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import java.net.StandardProtocolFamily;
import java.nio.file.Path;

/** Makes the ports of a simulated driver. */
final class SimStreams implements StreamEngine {
    private final SimDriver driver;

    SimStreams(SimDriver driver) {
        this.driver = driver;
    }

    @Override
    public ListenerPort listen(ListenSpec spec, ListenerSink sink) throws IoException {
        return new SimListenerPort(driver, driver.world().network().listen(spec), sink);
    }

    @Override
    public StreamPort stream(StandardProtocolFamily family, StreamSink sink) throws IoException {
        return new SimStreamPort(driver, driver.world().network().socket(), sink);
    }

    @Override
    public StreamPort adopt(Accepted connection, StreamSink sink) throws IoException {
        SimWorld world = driver.world();
        SimSocket socket = ((SimAccepted) connection).take();
        if (world.strikes(Fault.REGISTRATION_FAILURE)) {
            socket.close();
            throw IoException.of(DeclaredCodes.REGISTER.draw(world.random()), "adopt", null);
        }
        return new SimStreamPort(driver, socket, sink);
    }

    @Override
    public void closeDescriptor(int descriptor) {
        driver.world().numbers().close(descriptor);
    }

    @Override
    public OpenFile openFile(Path path) throws IoException {
        return SimFile.open(path);
    }
}
