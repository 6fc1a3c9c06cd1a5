// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.IoException;
import io.millrace.internal.stream.SocketStreamOptions;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The socket options of one {@link TcpStream}, see tcp(7) and socket(7). Loop thread only.
 *
 * <p>They may be set before there is a socket: then they are remembered, and a value the system
 * refuses fails the connect. Afterwards they take effect at once, and such a value is an {@link
 * UncheckedIOException} with an {@link IoException} as its cause. When the socket is gone, because
 * the connect failed or the stream was closed, every method is an {@link IllegalStateException}.
 */
public sealed interface TcpOptions permits SocketStreamOptions {

    /** TCP_NODELAY: small writes leave at once. On unless turned off. */
    TcpOptions noDelay(boolean on);

    boolean noDelay();

    /** SO_KEEPALIVE with the system's times. */
    TcpOptions keepAlive(boolean on);

    boolean keepAlive();

    /**
     * Turns keep-alive on: after {@code idle} without traffic a probe every {@code interval}, and
     * after {@code probes} without answer the connection fails. The times are at least one second
     * and rounded up to whole ones. {@code EOPNOTSUPP} names what is missing: on {@code nio} that
     * may be the module jdk.net.
     */
    TcpOptions keepAlive(Duration idle, Duration interval, int probes);

    /**
     * What a close makes of bytes that the kernel has taken and not yet delivered. Zero discards
     * them and sends a reset. Any other time delivers them in the background, as null does, the
     * initial state: SO_LINGER would have close(2) wait, and the loop with it, and deliver no more
     * than that. To hear that everything was sent, {@link TcpStream#shutdown} before the close.
     *
     * <p>A socket that was adopted by its descriptor is kept from waiting in the same way.
     *
     * @param time at most 32766 seconds, rounded up to whole ones
     */
    TcpOptions linger(@Nullable Duration time);

    @Nullable Duration linger();

    /** SO_RCVBUF in bytes. Linux doubles what it is given; most backends answer with that. */
    TcpOptions receiveBufferSize(int bytes);

    int receiveBufferSize();

    /** SO_SNDBUF in bytes. Linux doubles what it is given; most backends answer with that. */
    TcpOptions sendBufferSize(int bytes);

    int sendBufferSize();

    /**
     * SO_REUSEADDR: {@link TcpStream#bind} to an address although connections that had it before
     * linger, or, on Linux, other streams that say so have it too. Before the bind.
     */
    TcpOptions reuseAddress(boolean on);

    boolean reuseAddress();

    /**
     * SO_REUSEPORT, whatever the system makes of it: on all of them {@link TcpStream#bind} to an
     * address that other sockets of the same user have, if they say so too. Before the bind.
     */
    TcpOptions reusePort(boolean on);

    boolean reusePort();

    /**
     * IP_TOS and IPV6_TCLASS: six bits of DSCP, and two of ECN, which the system keeps for itself.
     *
     * @param value 0 to 255
     */
    TcpOptions trafficClass(int value);

    int trafficClass();

    /**
     * TCP_USER_TIMEOUT: how long what was sent may go unacknowledged before the connection fails
     * with {@code ETIMEDOUT}; zero for the system's own patience. Linux only, and not on {@code
     * nio}; elsewhere {@code EOPNOTSUPP}.
     *
     * @param time rounded up to whole milliseconds
     */
    TcpOptions userTimeout(Duration time);

    Duration userTimeout();

    /**
     * TCP_QUICKACK: acknowledge at once and not with the next bytes that are sent. Linux goes back
     * to its own way by itself, so that it has to be asked again and again. Linux only; on {@code
     * nio} it takes the module jdk.net; elsewhere {@code EOPNOTSUPP}.
     */
    TcpOptions quickAcknowledgement(boolean on);

    boolean quickAcknowledgement();

    /**
     * TCP_FASTOPEN_CONNECT, before the connect: to a server that this host has been connected to
     * before, the first bytes go with the request for a connection (RFC 7413). The connect then
     * succeeds at once, and what it would have failed with is told to a read or write after the
     * first one; without a write nothing is sent. As such a request may be repeated by the network,
     * the first bytes must be harmless if they come twice. Linux only, and not on {@code nio};
     * elsewhere {@code EOPNOTSUPP}.
     */
    TcpOptions fastOpen(boolean on);

    boolean fastOpen();

    /**
     * MSG_ZEROCOPY, IORING_OP_SENDMSG_ZC: writes of which at least so many bytes go at once leave
     * from where they are, uncopied. They then end, with their callbacks, only when the kernel does
     * not need the memory any more, which is when the peer has acknowledged the bytes; the next
     * ones wait for that. So it is for few large writes on fast networks, of tens of kilobytes at
     * least. Where the kernel reports that it had to copy after all, as it does on loopback, it is
     * turned off by itself, and {@link #zeroCopyBytes()} is 0 from then on.
     *
     * <p>A close while such a write is going on is a reset: the memory has to come back. {@link
     * TcpStream#closeWhenWritten} waits instead.
     *
     * <p>Linux, on {@code epoll}, {@code epoll-et}, {@code poll} and {@code io_uring}; elsewhere,
     * and for a stream that was adopted by its descriptor, {@code EOPNOTSUPP}.
     *
     * @param bytes 0, the initial state, for never
     */
    TcpOptions zeroCopyBytes(int bytes);

    int zeroCopyBytes();

    /**
     * SO_INCOMING_CPU: which processor takes in what comes, as a number. Linux only, and not on
     * {@code nio}; elsewhere {@code EOPNOTSUPP}.
     */
    int incomingCpu();

    /**
     * Sets any other option whose value is a C {@code int}, by the system's own numbers. The loop
     * knows nothing of it: one that has calls wait, or the kernel close late, harms the loop. On
     * {@code nio}, which has no descriptors, it is {@code EOPNOTSUPP}.
     *
     * @param level such as SOL_SOCKET, see setsockopt(2)
     * @param name such as SO_PRIORITY
     */
    TcpOptions option(int level, int name, int value);

    /** The value of such an option; on {@code nio} {@code EOPNOTSUPP}. */
    int option(int level, int name);
}
