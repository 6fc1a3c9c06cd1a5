// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.DatagramReceives;
import io.millrace.spi.reactor.RawDatagram;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Non-blocking calls on a simulated datagram socket, for the reactor. */
final class SimRawDatagram extends RawDatagram implements SimPollable {
    private final SimSockets sockets;
    private final SimDatagramSocket socket;
    private boolean registered;

    SimRawDatagram(SimSockets sockets, SimDatagramSocket socket) {
        this.sockets = sockets;
        this.socket = socket;
    }

    @Override
    public int mostReceives() {
        return DatagramReceives.MOST;
    }

    @Override
    public int receive(DatagramReceives into) {
        int received = 0;
        while (received < into.count()) {
            int result = socket.receive(into.chunk(received), into.info(received));
            if (result < 0) {
                return sockets.called(received == 0 ? result : received);
            }
            received++;
        }
        return sockets.called(received);
    }

    @Override
    public int send(DatagramSends from) {
        return sockets.called(socket.send(from));
    }

    @Override
    public int connect(InetSocketAddress to) {
        return sockets.called(socket.connect(to));
    }

    @Override
    public int disconnect() {
        return sockets.called(socket.disconnect());
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return socket.local();
    }

    @Override
    public int setOption(PortOption option, int value) {
        return socket.setOption(option, value);
    }

    @Override
    public int getOption(PortOption option) {
        return socket.getOption(option);
    }

    @Override
    public int join(InetAddress group, int interfaceIndex, @Nullable InetAddress source) {
        return socket.join(group, interfaceIndex, source);
    }

    @Override
    public int leave(InetAddress group, int interfaceIndex, @Nullable InetAddress source) {
        return socket.leave(group, interfaceIndex, source);
    }

    @Override
    public int setOption(DatagramOption option, int value) {
        return socket.setOption(option, value);
    }

    @Override
    public int getOption(DatagramOption option) {
        return socket.getOption(option);
    }

    @Override
    public int descriptor() {
        return -1;
    }

    @Override
    public void close() {
        sockets.checkUnregistered(registered);
        socket.close();
    }

    @Override
    public SimDescriptor simDescriptor() {
        return socket;
    }

    @Override
    public void registered(boolean registered) {
        this.registered = registered;
    }
}
