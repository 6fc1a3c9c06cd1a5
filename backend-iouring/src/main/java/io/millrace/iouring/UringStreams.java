// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.posix.LibcSockets;
import io.millrace.spi.Accepted;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.ListenerPort;
import io.millrace.spi.ListenerSink;
import io.millrace.spi.OpenFile;
import io.millrace.spi.StreamEngine;
import io.millrace.spi.StreamPort;
import io.millrace.spi.StreamSink;
import io.millrace.spi.reactor.RawListener;
import io.millrace.spi.reactor.RawStream;
import java.net.StandardProtocolFamily;
import java.nio.file.Path;

/** Makes the ring's ports of sockets that libc has opened. */
final class UringStreams implements StreamEngine {
    /** In place of the family of a socket that will not connect any more. */
    private static final int ADOPTED = 0;

    private final UringDriver driver;
    private final LibcSockets sockets;

    UringStreams(UringDriver driver, LibcSockets sockets) {
        this.driver = driver;
        this.sockets = sockets;
    }

    @Override
    public ListenerPort listen(ListenSpec spec, ListenerSink sink) throws IoException {
        RawListener socket = sockets.listen(spec);
        try {
            UringListener port = new UringListener(driver, socket, sink);
            port.enter();
            return port;
        } catch (Throwable failure) {
            socket.close();
            throw failure;
        }
    }

    @Override
    public StreamPort stream(StandardProtocolFamily family, StreamSink sink) throws IoException {
        int number = sockets.numberOf(family);
        return opened(sockets.stream(family), number, sink);
    }

    @Override
    public StreamPort adopt(Accepted connection, StreamSink sink) throws IoException {
        return opened(sockets.adopt(connection), ADOPTED, sink);
    }

    private UringStream opened(RawStream socket, int family, StreamSink sink) {
        try {
            UringStream port = new UringStream(driver, socket, family, sink);
            port.enter();
            return port;
        } catch (Throwable failure) {
            socket.close();
            throw failure;
        }
    }

    @Override
    public StreamPort adopt(int descriptor, StandardProtocolFamily kind, StreamSink sink)
            throws IoException {
        UringStream port = new UringStream(driver, sockets.adopt(descriptor, kind), ADOPTED, sink);
        port.enter();
        return port;
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
