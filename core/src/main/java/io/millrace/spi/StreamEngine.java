// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import io.millrace.IoException;
import java.net.StandardProtocolFamily;
import java.nio.file.Path;

/**
 * Makes listeners and streams: what a driver does about connections, whatever they run over.
 *
 * <p>Used where its driver may be. If a method throws, nothing was made, and nothing stays open but
 * what was the caller's.
 */
public interface StreamEngine {
    /** Binds and listens, at once. */
    ListenerPort listen(ListenSpec spec, ListenerSink sink) throws IoException;

    /**
     * Makes a socket for connecting.
     *
     * @throws IoException with {@link Code#FAMILY_NOT_SUPPORTED} if the engine has no streams of
     *     that family, and with the system's reason if it makes none now
     */
    StreamPort stream(StandardProtocolFamily family, StreamSink sink) throws IoException;

    /**
     * Takes over a connection that a driver of the same engine accepted, perhaps on another loop.
     * On failure the connection is closed.
     */
    StreamPort adopt(Accepted connection, StreamSink sink) throws IoException;

    /**
     * Takes over a connected stream socket by its descriptor; it is made non-blocking. On failure
     * the descriptor stays the caller's.
     *
     * @param kind what it has to be: {@code UNIX}, or {@code INET} for both kinds of internet
     *     addresses; otherwise {@link Code#INVALID_ARGUMENT}
     * @throws UnsupportedOperationException unless {@link Capabilities#descriptors}
     */
    default StreamPort adopt(int descriptor, StandardProtocolFamily kind, StreamSink sink)
            throws IoException {
        throw new UnsupportedOperationException("this engine has no descriptors");
    }

    /** Closes a descriptor that {@link StreamSink#onDescriptors} has brought. */
    default void closeDescriptor(int descriptor) {
        throw new UnsupportedOperationException("this engine passes no descriptors");
    }

    /**
     * Opens a file to read from, in the way that {@link StreamPort#sendFile} of this engine's ports
     * sends best. Blocks as long as open(2) does: for clients that have a thread for that. Core
     * opens by the {@link FileEngine}, and ports send from what that has opened, too.
     *
     * @param path absolute, of the default file system, and of a regular file when core looked; the
     *     kernel is given the bytes that the JDK has for it
     */
    OpenFile openFile(Path path) throws IoException;
}
