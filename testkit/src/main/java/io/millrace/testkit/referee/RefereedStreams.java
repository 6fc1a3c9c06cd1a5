// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

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

/** A driver's streams under watch: puts a watched port in front of each that the engine makes. */
final class RefereedStreams implements StreamEngine {
    private final RefereedDriver driver;
    private final StreamEngine engine;

    RefereedStreams(RefereedDriver driver, StreamEngine engine) {
        this.driver = driver;
        this.engine = engine;
    }

    @Override
    public ListenerPort listen(ListenSpec spec, ListenerSink sink) throws IoException {
        RefereedListener listener = new RefereedListener(driver, sink);
        listener.attach(engine.listen(spec, listener));
        driver.register(listener);
        return listener;
    }

    @Override
    public StreamPort stream(StandardProtocolFamily family, StreamSink sink) throws IoException {
        RefereedStream stream = new RefereedStream(driver, sink);
        return watched(stream, engine.stream(family, stream));
    }

    @Override
    public StreamPort adopt(Accepted connection, StreamSink sink) throws IoException {
        RefereedStream stream = new RefereedStream(driver, sink);
        return watched(stream, engine.adopt(connection, stream));
    }

    @Override
    public StreamPort adopt(int descriptor, StandardProtocolFamily kind, StreamSink sink)
            throws IoException {
        RefereedStream stream = new RefereedStream(driver, sink);
        return watched(stream, engine.adopt(descriptor, kind, stream));
    }

    private StreamPort watched(RefereedStream stream, StreamPort port) {
        stream.attach(port);
        driver.register(stream);
        return stream;
    }

    @Override
    public void closeDescriptor(int descriptor) {
        engine.closeDescriptor(descriptor);
    }

    @Override
    public OpenFile openFile(Path path) throws IoException {
        return engine.openFile(path);
    }
}
