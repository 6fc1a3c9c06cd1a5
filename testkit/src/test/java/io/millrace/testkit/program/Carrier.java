// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.program;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.net.ByteStream;
import io.millrace.net.ConnectionHandler;
import io.millrace.net.ServerOptions;
import io.millrace.net.StreamServer;
import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;
import io.millrace.net.UnixServer;
import io.millrace.net.UnixStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;

/** What the connections of a program run over. */
enum Carrier {
    TCP {
        @Override
        StreamServer listen(
                EventLoop loop, SplittableRandom random, ConnectionHandler<ByteStream> handler)
                throws IoException {
            return TcpServer.listen(loop, anyPort(), handler::onConnection);
        }

        @Override
        ByteStream open(EventLoop loop) {
            return TcpStream.open(loop);
        }

        @Override
        void bind(ByteStream stream, SplittableRandom random) throws IoException {
            ((TcpStream) stream).bind(anyPort());
        }

        @Override
        CompletionStage<?> connect(ByteStream stream, SocketAddress server) {
            return ((TcpStream) stream).connect(server);
        }
    },

    UNIX {
        /** So little room that connects have to be tried again. */
        @Override
        StreamServer listen(
                EventLoop loop, SplittableRandom random, ConnectionHandler<ByteStream> handler)
                throws IoException {
            ServerOptions options = ServerOptions.builder().backlog(1 + random.nextInt(4)).build();
            return UnixServer.listen(loop, named("server"), options, handler::onConnection);
        }

        @Override
        ByteStream open(EventLoop loop) {
            return UnixStream.open(loop);
        }

        /** To one of so few names that some want the same. */
        @Override
        void bind(ByteStream stream, SplittableRandom random) throws IoException {
            ((UnixStream) stream).bind(named("client-" + random.nextInt(3)));
        }

        @Override
        CompletionStage<?> connect(ByteStream stream, SocketAddress server) {
            return ((UnixStream) stream).connect(server);
        }
    };

    abstract StreamServer listen(
            EventLoop loop, SplittableRandom random, ConnectionHandler<ByteStream> handler)
            throws IoException;

    abstract ByteStream open(EventLoop loop);

    /** Gives a stream that is to connect an address of its own. */
    abstract void bind(ByteStream stream, SplittableRandom random) throws IoException;

    abstract CompletionStage<?> connect(ByteStream stream, SocketAddress server);

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** Names of the simulation are no files. */
    private static UnixDomainSocketAddress named(String name) {
        return UnixDomainSocketAddress.of("simulated-" + name);
    }
}
