// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.EventLoop;
import io.millrace.IoException;
import io.millrace.internal.loop.Loop;
import io.millrace.internal.stream.UnixSocketStream;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A connection between processes of one machine, see unix(7): a {@link ByteStream} to a {@link
 * UnixDomainSocketAddress} or, on Linux and backends with descriptors, an {@link
 * AbstractUnixAddress}.
 *
 * <p>Three things differ from TCP. There is no reset: {@link #closeReset} closes and discards what
 * is unsent, and the peer is told {@code ECONNRESET} only if it had sent something that was not
 * read, otherwise an end. A stream that connected has no address unless it was bound to one ({@link
 * #bind}), which {@link #localAddress} says by an empty path. And a connect to a server with a full
 * backlog waits until there is room.
 */
public sealed interface UnixStream extends ByteStream permits UnixSocketStream {
    /** Makes a stream that is to {@link #connect}. */
    static UnixStream open(EventLoop loop) {
        return UnixSocketStream.open((Loop) loop);
    }

    /**
     * Opens a stream and connects it.
     *
     * @return the connected stream, or an {@link IoException}; then the stream is closed already
     * @throws IllegalArgumentException if the address is of another kind, or has no path
     */
    static CompletionStage<UnixStream> connect(EventLoop loop, SocketAddress address) {
        return UnixSocketStream.connect((Loop) loop, address);
    }

    /**
     * Takes over a connected stream socket by its descriptor, which is then the stream's: an end of
     * socketpair(2), say.
     *
     * @throws IoException if it is not usable; then the descriptor is still the caller's
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    static UnixStream adopt(EventLoop loop, int descriptor) throws IoException {
        return UnixSocketStream.adopt((Loop) loop, descriptor);
    }

    /**
     * Binds a stream that is to {@link #connect} to a path, or to an abstract name, at once: who
     * accepts the connection sees it as the {@link #remoteAddress}. The file is made by that, with
     * the permissions that the process's umask leaves, and is removed as the socket closes: when
     * the stream does, or when its connect fails, unless somebody has put something else at the
     * path meanwhile.
     *
     * @throws IoException such as {@code EADDRINUSE} if there is anything at the path; then the
     *     stream may be bound to another
     * @throws IllegalStateException if it is bound, or was told to connect, already
     * @throws IllegalArgumentException if the address is of another kind, or has no path
     */
    void bind(SocketAddress local) throws IoException;

    /** Connects without a deadline of its own; see {@link #connect(SocketAddress, Duration)}. */
    CompletionStage<UnixStream> connect(SocketAddress address);

    /**
     * Connects. Reads, writes and a shutdown may be asked for right away; they follow the connect.
     * It fails with {@code ENOENT} if nothing has the path, {@code ECONNREFUSED} if nobody listens
     * there, {@code EACCES} without permission to write to it, and {@code ENAMETOOLONG} for a path
     * that has no room in a {@code sockaddr_un}: more than 107 bytes on Linux, 103 elsewhere.
     *
     * <p>A failure leaves the stream open, so that its owner decides, but its socket is closed, and
     * it cannot connect again.
     *
     * @param deadline after which it fails with {@code ETIMEDOUT}; zero for none
     * @throws IllegalArgumentException if the address is of another kind, or has no path, or the
     *     deadline is negative
     */
    CompletionStage<UnixStream> connect(SocketAddress address, Duration deadline);

    /** Socket options. */
    UnixOptions options();

    /**
     * Writes as {@link #write(ByteBuffer, WriteCallback)}, and passes descriptors along with the
     * first byte: SCM_RIGHTS, see unix(7). The peer gets duplicates, if it asks for them ({@link
     * #onDescriptors}); those of one that does not are closed by the kernel as it reads. They stay
     * the caller's, who keeps them open until the callback.
     *
     * @param buffer with at least one byte
     * @param descriptors 1 to 253
     * @throws UnsupportedOperationException if the loop's backend passes none
     */
    boolean write(ByteBuffer buffer, int[] descriptors, @Nullable WriteCallback callback);

    /**
     * Sets who takes descriptors that the peer passes. Unless set, they are closed by the kernel.
     * To be called before the first read.
     *
     * @throws UnsupportedOperationException if the loop's backend passes none
     * @throws IllegalStateException if there is no connection yet, or it was read from
     */
    void onDescriptors(DescriptorHandler handler);

    /**
     * Who is at the other end: SO_PEERCRED, LOCAL_PEERCRED.
     *
     * @throws IoException {@code EOPNOTSUPP} where the backend or system cannot tell
     * @throws IllegalStateException if there is no connection
     */
    PeerCredentials peerCredentials() throws IoException;

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
