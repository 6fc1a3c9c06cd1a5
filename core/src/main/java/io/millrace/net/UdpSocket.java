// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.Chunk;
import io.millrace.EventLoop;
import io.millrace.Handle;
import io.millrace.IoException;
import io.millrace.internal.datagram.LoopUdpSocket;
import io.millrace.internal.loop.Loop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A bound UDP socket: sends datagrams to anybody, or to the one it is connected to, and receives
 * them. See udp(7).
 *
 * <p><b>Receiving</b> is on loan, one datagram a call ({@link #receive}). <b>Sending</b> queues:
 * what one callback sends leaves together when it returns, up to 64 datagrams with one system call
 * where the kernel can. Each send ends by itself: one that fails, as with {@code EMSGSIZE}, is no
 * matter of those behind it. A full socket or network queue ({@code EAGAIN}, {@code ENOBUFS}) is no
 * failure: the datagrams wait, and {@code send} answers whether the queue is still below its high
 * watermark.
 *
 * <p>That a send has succeeded says that the kernel has the datagram. Whether it arrives, once or
 * twice and in which order, nobody says.
 *
 * <p>Loop thread only. Active while it receives; datagrams that wait keep the loop running in any
 * case. When it closes, sends end in their order, those that wait as cancelled; then comes the
 * close callback.
 */
public sealed interface UdpSocket extends Handle permits LoopUdpSocket {
    /** As {@link #bind(EventLoop, SocketAddress, UdpBindOptions)} with the defaults. */
    static UdpSocket bind(EventLoop loop, SocketAddress address) throws IoException {
        return LoopUdpSocket.bind((Loop) loop, address, UdpBindOptions.DEFAULT);
    }

    /**
     * Makes a socket that receives at {@code address}; port 0 lets the system choose. Its family is
     * the address's. One of IPv6 reaches IPv4 as well, and receives it at the wildcard address.
     *
     * @throws IoException if it cannot be bound, such as {@code EADDRINUSE}; {@code EOPNOTSUPP} if
     *     the loop's backend has no datagrams
     * @throws IllegalArgumentException if the address is unresolved or not an {@link
     *     InetSocketAddress}
     */
    static UdpSocket bind(EventLoop loop, SocketAddress address, UdpBindOptions options)
            throws IoException {
        return LoopUdpSocket.bind((Loop) loop, address, options);
    }

    /**
     * Makes a socket at a port of the system's choice and connects it, see {@link
     * #connect(SocketAddress)}.
     */
    static UdpSocket connect(EventLoop loop, SocketAddress peer) throws IoException {
        return LoopUdpSocket.connect((Loop) loop, peer);
    }

    /**
     * From now on datagrams go to one peer, come from it alone, and errors that the network
     * reports, such as {@code ECONNREFUSED}, are told: the send that finds one first fails with it,
     * and was not made; else {@link #onFailure} hears of it. Sends nothing. May be called again,
     * for another peer. What had come before from the new peer may be lost.
     *
     * @throws IoException such as {@code ENETUNREACH}
     * @throws IllegalStateException while datagrams wait that the kernel has no room for
     */
    void connect(SocketAddress peer) throws IoException;

    /**
     * Ends what {@link #connect(SocketAddress)} began; the local port stays the same. Idempotent.
     *
     * @throws IllegalStateException while datagrams wait that the kernel has no room for
     */
    void disconnect() throws IoException;

    /**
     * Hears from now on what is sent to a multicast group at the socket's port. The socket has to
     * be bound to the wildcard address, or to the group's where the system allows that. It hears of
     * its own groups alone, whatever others on this host have joined.
     *
     * @param group of the socket's own family
     * @param link the interface to hear it on; null for the system's choice
     * @throws IoException {@code EADDRINUSE} if it is a member already, {@code ENODEV} if there is
     *     no such interface, {@code EOPNOTSUPP} on OpenBSD and DragonFly
     * @throws IllegalArgumentException if it is not a group's address
     */
    void join(InetAddress group, @Nullable NetworkInterface link) throws IoException;

    /**
     * The same of one source alone, see RFC 4607; other sources may be joined as well.
     *
     * @throws IoException as {@link #join(InetAddress, NetworkInterface)}; {@code EINVAL} if it is
     *     a member for all sources
     */
    void join(InetAddress group, @Nullable NetworkInterface link, InetAddress source)
            throws IoException;

    /**
     * Ends what {@link #join(InetAddress, NetworkInterface)} began.
     *
     * @throws IoException {@code EADDRNOTAVAIL} if it is no member
     */
    void leave(InetAddress group, @Nullable NetworkInterface link) throws IoException;

    /** Ends what {@link #join(InetAddress, NetworkInterface, InetAddress)} began. */
    void leave(InetAddress group, @Nullable NetworkInterface link, InetAddress source)
            throws IoException;

    /** Hears of every datagram until {@link #pauseReceiving} or the close. Replaces a handler. */
    void receive(DatagramHandler handler);

    /**
     * The handler hears nothing from now on; what the kernel has no room for is lost. Idempotent.
     */
    void pauseReceiving();

    /** The handler hears again, first of what came meanwhile. Idempotent. */
    void resumeReceiving();

    /** As {@link #send(ByteBuffer, SocketAddress, DatagramCallback)} without a callback. */
    boolean send(ByteBuffer data, @Nullable SocketAddress to);

    /**
     * Sends what is left in a buffer as one datagram, and moves its position to its limit at once.
     * It may be empty.
     *
     * @param data a direct buffer is used in place: neither its bytes nor its position and limit
     *     may be touched until the callback. The bytes of any other are copied now.
     * @param to where to; null if the socket is connected, and only then
     * @param callback told when the kernel has it, or why not; null for {@link #onFailure}
     * @return whether the queue is below its high watermark
     * @throws IllegalStateException if the socket is closed, if the queue is at its limit, if it is
     *     not connected and there is no address, or connected and there is one
     */
    boolean send(ByteBuffer data, @Nullable SocketAddress to, @Nullable DatagramCallback callback);

    /** As {@link #send(ByteBuffer, SocketAddress, DatagramCallback)}, in a particular way. */
    boolean send(
            ByteBuffer data,
            @Nullable SocketAddress to,
            UdpSendOptions options,
            @Nullable DatagramCallback callback);

    /** As {@link #send(Chunk, SocketAddress, DatagramCallback)}, in a particular way. */
    boolean send(
            Chunk data,
            @Nullable SocketAddress to,
            UdpSendOptions options,
            @Nullable DatagramCallback callback);

    /** As {@link #send(Chunk, SocketAddress, DatagramCallback)} without a callback. */
    boolean send(Chunk data, @Nullable SocketAddress to);

    /**
     * Sends a received chunk as one datagram, without a copy unless chunks are scarce. The socket
     * sees to keeping it. Otherwise as {@link #send(ByteBuffer, SocketAddress, DatagramCallback)}.
     */
    boolean send(Chunk data, @Nullable SocketAddress to, @Nullable DatagramCallback callback);

    /** As {@link #send(Chunk, SocketAddress)} to the sender of a datagram; makes no address. */
    boolean reply(Datagram to, Chunk data);

    /**
     * As {@link #send(ByteBuffer, SocketAddress, DatagramCallback)} to the sender of a datagram;
     * makes no address. In the callback that got the datagram.
     */
    boolean reply(Datagram to, ByteBuffer data, @Nullable DatagramCallback callback);

    /**
     * Sends one datagram at once or not at all; nothing is queued. The buffer's position moves to
     * its limit if it was sent.
     *
     * @param data direct
     * @return whether it was sent: not if others wait before it, or the kernel has no room
     * @throws IoException why it cannot be sent
     */
    boolean trySend(ByteBuffer data, @Nullable SocketAddress to) throws IoException;

    /** Bytes of datagrams that are queued, and not yet taken by the kernel. */
    long sendQueueSize();

    /**
     * Sets where back-pressure begins and ends: above {@code high} bytes sends answer false, at
     * {@code low} {@link #onWritable} is called, and beyond {@code limit} sends throw. Nor may
     * there be more datagrams than one to each 512 bytes of the limit, but always 1024.
     */
    void watermarks(long low, long high, long limit);

    /**
     * Sets what to call when the queue has fallen to the low watermark after a send answered false,
     * or was refused for lack of room.
     */
    void onWritable(Runnable callback);

    /**
     * Sets who hears of what has failed and nobody else is told. At first nobody does: that a
     * datagram is lost is what its sender has to expect in any case.
     */
    void onFailure(DatagramFailureHandler handler);

    /** Socket options. */
    UdpOptions options();

    /**
     * Where it receives, with the port that the system chose. While it is connected the host is the
     * one that its datagrams come from. Any thread.
     */
    InetSocketAddress localAddress();

    /** The peer it is connected to, or null. */
    @Nullable InetSocketAddress remoteAddress();

    /**
     * The kernel's number for the socket; it stays the socket's.
     *
     * @throws IllegalStateException if it is closed
     * @throws UnsupportedOperationException if the loop's backend has no descriptors
     */
    int fileDescriptor();
}
