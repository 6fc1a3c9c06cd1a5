// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.IoException;
import io.millrace.spi.DatagramEngine;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.DatagramSink;
import io.millrace.spi.DatagramSpec;
import org.jspecify.annotations.Nullable;

/** Makes the reactor's ports of raw datagram sockets, and has what they share. */
final class ReactorDatagrams implements DatagramEngine {
    final DatagramReceives receives = new DatagramReceives();
    final DatagramSends sends = new DatagramSends();

    private final ReactorDriver driver;
    private final RawDatagrams sockets;

    ReactorDatagrams(ReactorDriver driver, RawDatagrams sockets) {
        this.driver = driver;
        this.sockets = sockets;
    }

    @Override
    public @Nullable String whyUnsupported(DatagramOption option) {
        return sockets.whyUnsupported(option);
    }

    @Override
    public DatagramPort bind(DatagramSpec spec, DatagramSink sink) throws IoException {
        RawDatagram socket = sockets.bind(spec);
        try {
            return new ReactorDatagram(driver, this, socket, sink);
        } catch (Throwable failure) {
            socket.close();
            throw failure;
        }
    }
}
