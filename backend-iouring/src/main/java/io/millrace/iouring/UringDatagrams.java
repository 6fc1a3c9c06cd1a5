// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.posix.ControlMessages;
import io.millrace.posix.LibcDatagram;
import io.millrace.posix.LibcSockets;
import io.millrace.posix.Platform;
import io.millrace.posix.SocketAddressCodec;
import io.millrace.posix.SocketConstants;
import io.millrace.spi.DatagramEngine;
import io.millrace.spi.DatagramInfo;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.DatagramSink;
import io.millrace.spi.DatagramSpec;
import io.millrace.spi.reactor.DatagramReceives;

/** Makes the ring's ports of datagram sockets that libc has opened, and has what they share. */
final class UringDatagrams implements DatagramEngine {
    final DatagramSends sends = new DatagramSends();
    final DatagramReceives receives = new DatagramReceives();
    final DatagramInfo info = new DatagramInfo();
    final SocketAddressCodec codec = new SocketAddressCodec(Platform.current().addresses());
    final ControlMessages control = new ControlMessages(Platform.current());
    final int truncatedFlag;

    /** Whether one request can receive many messages; no longer once the kernel has refused. */
    boolean isMultishot = true;

    private final UringDriver driver;
    private final LibcSockets sockets;

    UringDatagrams(UringDriver driver, LibcSockets sockets, SocketConstants constants) {
        this.driver = driver;
        this.sockets = sockets;
        truncatedFlag = constants.msgTrunc;
    }

    @Override
    public DatagramPort bind(DatagramSpec spec, DatagramSink sink) throws IoException {
        LibcDatagram socket = sockets.datagrams().bind(spec);
        try {
            UringDatagram port = new UringDatagram(driver, this, socket, sink);
            port.enter();
            return port;
        } catch (Throwable failure) {
            socket.close();
            throw failure;
        }
    }
}
