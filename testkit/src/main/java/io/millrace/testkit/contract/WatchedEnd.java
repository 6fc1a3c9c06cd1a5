// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.DescriptorWatch;
import io.millrace.EventLoop;
import io.millrace.RunMode;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * Somebody else's end of a connection, for a loop to watch, and the peer at the other end: the
 * descriptor of a stream of another loop, or where there are no descriptors a channel of the JDK's.
 */
abstract class WatchedEnd implements AutoCloseable {
    final PlainPeer peer;

    private WatchedEnd(PlainPeer peer) {
        this.peer = peer;
    }

    /** Takes the one of the two that the backend of {@code owner} can do. */
    static WatchedEnd open(EventLoop owner) throws IOException {
        List<TcpStream> accepted = new ArrayList<>();
        TcpServer server = TcpServer.listen(owner, ContractTest.anyPort(), accepted::add);
        PlainPeer peer = new PlainPeer(server.localAddress());
        while (accepted.isEmpty()) {
            owner.run(RunMode.ONCE);
        }
        TcpStream stream = accepted.get(0);
        server.close();
        try {
            return new OfDescriptor(owner, stream, stream.fileDescriptor(), peer);
        } catch (UnsupportedOperationException noDescriptors) {
            stream.close();
            peer.close();
            return OfChannel.connected();
        }
    }

    abstract DescriptorWatch watch(EventLoop loop) throws IOException;

    /** Takes what has come. May be called in a callback of another loop. */
    abstract void consume() throws IOException;

    /** Lets go of the descriptor, whoever watches it. May be called in a callback. */
    abstract void closeUnderneath() throws IOException;

    abstract boolean isDescriptor();

    @Override
    public void close() throws IOException {
        peer.close();
        closeUnderneath();
    }

    /** Of a stream of another loop, which does not read unless told. */
    private static final class OfDescriptor extends WatchedEnd {
        private final EventLoop owner;
        private final TcpStream stream;
        private final int descriptor;

        OfDescriptor(EventLoop owner, TcpStream stream, int descriptor, PlainPeer peer) {
            super(peer);
            this.owner = owner;
            this.stream = stream;
            this.descriptor = descriptor;
        }

        @Override
        DescriptorWatch watch(EventLoop loop) throws IOException {
            return DescriptorWatch.open(loop, descriptor);
        }

        @Override
        void consume() throws IOException {
            boolean[] read = {false};
            stream.read(ByteBuffer.allocateDirect(1024), (from, buffer, count) -> read[0] = true);
            while (!read[0]) {
                owner.run(RunMode.ONCE);
            }
        }

        @Override
        void closeUnderneath() throws IOException {
            stream.close();
            while (!stream.isClosed()) {
                owner.run(RunMode.ONCE);
            }
        }

        @Override
        boolean isDescriptor() {
            return true;
        }
    }

    /** Of a channel. */
    private static final class OfChannel extends WatchedEnd {
        private final SocketChannel channel;

        private OfChannel(SocketChannel channel, PlainPeer peer) {
            super(peer);
            this.channel = channel;
        }

        static OfChannel connected() throws IOException {
            try (ServerSocketChannel server =
                    ServerSocketChannel.open().bind(ContractTest.anyPort())) {
                PlainPeer peer = new PlainPeer(server.getLocalAddress());
                SocketChannel channel = server.accept();
                channel.configureBlocking(false);
                return new OfChannel(channel, peer);
            }
        }

        @Override
        DescriptorWatch watch(EventLoop loop) throws IOException {
            return DescriptorWatch.open(loop, channel);
        }

        @Override
        void consume() throws IOException {
            channel.read(ByteBuffer.allocate(1024));
        }

        @Override
        void closeUnderneath() throws IOException {
            channel.close();
        }

        @Override
        boolean isDescriptor() {
            return false;
        }
    }
}
