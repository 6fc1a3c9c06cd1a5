// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.concurrent.CompletionStage;

/** How the streams come about that a {@link StreamContract} asks about, and what they cannot do. */
public interface Transport {
    /** What some transports cannot do; a test that is about it {@link Needs} it. */
    enum Ability {
        /** {@link ByteStream#closeReset} is {@code ECONNRESET} to the peer. */
        RESET,

        /** Whose peer has ended goes on writing. */
        WRITE_AFTER_END,

        /** Streams have addresses of both ends. */
        ADDRESSES,

        /** Streams connect to what listens, which may fail, and be refused by what closes. */
        CONNECT,

        /** Sends are the driver's, which counts them. */
        DRIVER_SENDS
    }

    /**
     * Something that listens.
     *
     * @param handle closes it
     * @param address where it listens
     */
    record Listener(Handle handle, SocketAddress address) {}

    /**
     * A stream on its way to a listener.
     *
     * @param stream may be used at once
     * @param connected ends when it is connected, or cannot be
     */
    record Connecting(ByteStream stream, CompletionStage<?> connected) {}

    /** For messages: {@code TCP}. */
    String name();

    /** Listens where nobody else does. What a stream must be told to be one end, it is told. */
    Listener listen(EventLoop loop, ConnectionHandler<? super ByteStream> handler)
            throws IOException;

    /** Connects, from a loop that may be another than the listener's. */
    Connecting connect(EventLoop loop, Listener to);

    default boolean has(Ability ability) {
        return true;
    }
}
