// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.stream.HappyEyeballs;
import io.millrace.internal.stream.TcpSocketStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * A TCP connection, outgoing or accepted: a {@link ByteStream} with an address to connect to, and
 * the options of its socket.
 */
public sealed interface TcpStream extends ByteStream permits TcpSocketStream {
    /** Makes a stream that is to {@link #connect}. */
    static TcpStream open(EventLoop loop) {
        return TcpSocketStream.open((Loop) loop);
    }

    /**
     * Opens a stream and connects it.
     *
     * @return the connected stream, or an {@link IoException}; then the stream is closed already
     */
    static CompletionStage<TcpStream> connect(EventLoop loop, SocketAddress address) {
        return TcpSocketStream.connect((Loop) loop, address);
    }

    /**
     * Connects to a host by name, as {@link ConnectOptions#DEFAULT} says.
     *
     * @param host a name, or an address as text; see {@link Resolver}
     * @return the connected stream, or an {@link IoException}; then all streams are closed already
     * @throws IllegalArgumentException if the port is not from 0 to 65535
     */
    static CompletionStage<TcpStream> connect(EventLoop loop, String host, int port) {
        return connect(loop, host, port, ConnectOptions.DEFAULT).stream();
    }

    /**
     * Connects to a host by name, in the manner of RFC 8305 (Happy Eyeballs): tries its addresses
     * one after the other, of both families in turn, beginning with the resolver's first. The next
     * one has its turn when the last has failed, or has gone unanswered for {@link
     * ConnectOptions#attemptDelay}. The first that answers is the stream, the others are closed.
     *
     * @return the handle to cancel it by; what comes of it is {@link HostConnect#stream}
     * @throws IllegalArgumentException if the port is not from 0 to 65535
     */
    static HostConnect connect(EventLoop loop, String host, int port, ConnectOptions options) {
        return HappyEyeballs.connect((Loop) loop, host, port, options);
    }

    /**
     * Takes over a connected stream socket by its descriptor, which is then the stream's.
     *
     * @throws IoException if it is not usable; then the descriptor is still the caller's
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    static TcpStream adopt(EventLoop loop, int descriptor) throws IoException {
        return TcpSocketStream.adopt((Loop) loop, descriptor);
    }

    /**
     * Binds a stream that is to {@link #connect} to a local address, at once. The socket has the
     * options that were set before; {@link #localAddress} is then known, the port as well if 0 was
     * asked for. It connects to addresses of the same family only; to others it fails with {@code
     * EAFNOSUPPORT}.
     *
     * @throws IoException such as {@code EADDRINUSE} or {@code EADDRNOTAVAIL}; then it may be bound
     *     to another
     * @throws IllegalStateException if it is bound, or was told to connect, already
     * @throws IllegalArgumentException if the address is of another kind, or not resolved
     */
    void bind(SocketAddress local) throws IoException;

    /** Connects without a deadline of its own; see {@link #connect(SocketAddress, Duration)}. */
    CompletionStage<TcpStream> connect(SocketAddress address);

    /**
     * Connects. Reads, writes and a shutdown may be asked for right away; they follow the connect.
     *
     * <p>A failure leaves the stream open, so that its owner decides, but its socket is closed, and
     * it cannot connect again.
     *
     * @param deadline after which it fails with {@code ETIMEDOUT}; zero for the system's own
     * @throws IllegalArgumentException if the address is unresolved or not an {@link
     *     InetSocketAddress}, or the deadline negative
     */
    CompletionStage<TcpStream> connect(SocketAddress address, Duration deadline);

    /** Socket options. */
    TcpOptions options();

    /**
     * Receives no more. A read that was asked for is told the end of the stream, and so is any
     * later one; bytes that have not been delivered never are. Writing goes on. TCP says nothing of
     * it to the peer, whose bytes wait in vain, so that a close is a reset then; the peer of a
     * Unix-domain stream fails with {@code EPIPE} at its next write. Once is enough, and more does
     * no harm.
     *
     * @throws IllegalStateException if it is not connected
     */
    void shutdownInput();
}
