// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

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

/** Makes the reactor's ports of raw sockets. */
final class ReactorStreams implements StreamEngine {
    private final ReactorDriver driver;
    private final RawSockets sockets;

    ReactorStreams(ReactorDriver driver, RawSockets sockets) {
        this.driver = driver;
        this.sockets = sockets;
    }

    @Override
    public ListenerPort listen(ListenSpec spec, ListenerSink sink) throws IoException {
        RawListener socket = sockets.listen(spec);
        try {
            return new ReactorListener(driver, socket, sink);
        } catch (Throwable failure) {
            socket.close();
            throw failure;
        }
    }

    @Override
    public StreamPort stream(StandardProtocolFamily family, StreamSink sink) throws IoException {
        return opened(sockets.stream(family), sink);
    }

    @Override
    public StreamPort adopt(Accepted connection, StreamSink sink) throws IoException {
        return opened(sockets.adopt(connection), sink);
    }

    private ReactorStream opened(RawStream socket, StreamSink sink) {
        try {
            return new ReactorStream(driver, socket, sink);
        } catch (Throwable failure) {
            socket.close();
            throw failure;
        }
    }

    @Override
    public StreamPort adopt(int descriptor, StandardProtocolFamily kind, StreamSink sink)
            throws IoException {
        return new ReactorStream(driver, sockets.adopt(descriptor, kind), sink);
    }

    @Override
    public void closeDescriptor(int descriptor) {
        sockets.closeDescriptor(descriptor);
    }

    @Override
    public OpenFile openFile(Path path) throws IoException {
        return sockets.openFile(path);
    }
}
