// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.Code;
import io.millrace.spi.Gather;
import io.millrace.spi.OpenFile;
import io.millrace.spi.Passed;
import io.millrace.spi.PoolChunk;
import io.millrace.spi.PortOption;
import io.millrace.spi.reactor.RawStream;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Non-blocking calls on a simulated socket, for the reactor. */
final class SimRawStream extends RawStream implements SimPollable {
    private final SimSockets sockets;
    private final SimSocket socket;
    private boolean registered;

    SimRawStream(SimSockets sockets, SimSocket socket) {
        this.sockets = sockets;
        this.socket = socket;
    }

    @Override
    public int bind(SocketAddress local) {
        return sockets.called(socket.bind(local));
    }

    @Override
    public int connect(SocketAddress to) {
        try {
            return sockets.called(socket.connect(SimNetwork.known(to, "connect")));
        } catch (IoException e) {
            return e.code();
        }
    }

    @Override
    public int finishConnect() {
        return sockets.called(socket.finishConnect());
    }

    @Override
    public int receive(PoolChunk into) {
        int result = sockets.called(socket.receive(into.memory().clear(), 0, into.capacity()));
        if (result > 0) {
            into.filled(0, result);
        }
        return result;
    }

    @Override
    public int receive(ByteBuffer into) {
        return sockets.called(socket.receive(into, into.position(), into.limit()));
    }

    @Override
    public int send(Gather from) {
        return sockets.called(socket.send(from));
    }

    @Override
    public int sendFile(OpenFile file, long position, long count) {
        return sockets.called(SimFile.send(file, socket, position, count));
    }

    @Override
    public boolean shortReceiveIsAll() {
        return !socket.isUnix();
    }

    @Override
    public int sendDescriptors(byte carrier, int[] descriptors) {
        return sockets.called(socket.sendDescriptors(carrier, descriptors));
    }

    @Override
    public void takeDescriptors() {
        socket.takeDescriptors();
    }

    @Override
    public @Nullable Passed passed() {
        return socket.passed();
    }

    @Override
    public int shutdownOutput() {
        sockets.called(Code.OK);
        return socket.shutdownOutput();
    }

    @Override
    public int shutdownInput() {
        return sockets.called(socket.shutdownInput());
    }

    @Override
    public @Nullable SocketAddress localAddress() {
        return socket.local();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return socket.remote();
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
    public int descriptor() {
        return -1;
    }

    @Override
    public Accepted release() {
        sockets.checkUnregistered(registered);
        return new SimAccepted(socket);
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
