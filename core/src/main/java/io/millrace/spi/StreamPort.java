// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A stream socket. At most one operation of each kind is in flight: one connect, one receive (of
 * either shape), one send (of either shape).
 */
public interface StreamPort extends SocketPort {
    /**
     * Binds a socket that is to connect to an address of its family: {@link Code#OK} or a negative
     * code. After that {@link #localAddress} is known.
     */
    default int bind(SocketAddress local) {
        return Code.NOT_SUPPORTED;
    }

    /**
     * {@link Code#OK}, {@link Code#PENDING}, or a negative code. After {@link Code#WOULD_BLOCK}, of
     * a Unix-domain server without room, it may be called again.
     */
    int connect(SocketAddress to);

    /**
     * Reports chunks until stopped, end of stream, an error, or no chunks. Nothing is allocated and
     * no chunk is tied up while the peer is silent.
     */
    void startReceive();

    /** Hastens the end of {@code startReceive}; chunks may still come until the terminal. */
    void stopReceive();

    /**
     * Receives once into the caller's direct buffer, from its position to its limit, both of which
     * stay as they are. Always answers {@link Code#PENDING}-style through {@link
     * StreamSink#onReceivedInto}. The memory belongs to the driver until then. Not together with
     * {@code startReceive}. Ended early only by {@code close}.
     */
    void receiveInto(ByteBuffer target);

    /**
     * Sends what {@link StreamSink#gather} offers: the bytes taken now (at least 1), {@link
     * Code#PENDING}, or a negative code. While a send is pending the offered memory stays
     * untouched. A driver may call gather again for a pending send, and gets the same bytes.
     */
    int send();

    /**
     * As {@link #send}, of memory that belongs to others as soon as a call of {@link
     * StreamSink#gather} and the system call after it are over. So while it is pending the kernel
     * must not be left with the memory: the driver waits for room, and gathers again.
     */
    int sendPassing();

    /**
     * As {@link #send}, of memory that its owner can have back at any time, by {@link #revokeSend}.
     * A driver may put it off to its next poll, so that it goes along with what others send; while
     * the kernel has no room for it, the kernel must not be left with the memory.
     */
    default int sendRevocable() {
        return sendPassing();
    }

    /**
     * Has the memory of a pending {@link #sendRevocable} back, before it goes or before the output
     * is shut down or closed. What was put off is sent now as far as there is room: the bytes taken
     * or a negative code, and the send is over and will not be reported. {@link Code#PENDING} if
     * there is no room; it then goes on, and will gather again.
     */
    default int revokeSend() {
        return Code.PENDING;
    }

    /**
     * Ends a pending send that waits for room: one of {@link #sendPassing}, {@link #sendFile} or
     * {@link #sendDescriptors}, or of {@link #sendRevocable} after {@link #revokeSend} has answered
     * that there is none. It has sent nothing, and never will: from now on it does not gather, nor
     * use the file or the descriptors. With one of the next polls it is reported as {@link
     * Code#CANCELLED}, and until then no other send begins.
     *
     * @throws UnsupportedOperationException where a connection stays with its driver
     */
    default void dropSend() {
        throw new UnsupportedOperationException("such connections stay with their driver");
    }

    /**
     * Sends what the kernel takes of a direct buffer at once, and advances its position by that.
     * Never pending: the bytes taken, {@link Code#WOULD_BLOCK}, or another negative code. Only
     * while no send is pending.
     */
    int trySend(ByteBuffer source);

    /**
     * As {@link #send}, with bytes of a file that this driver has opened: sendfile(2) where there
     * is one. 0 if the file ends at or before {@code position}.
     */
    int sendFile(OpenFile file, long position, long count);

    /**
     * Sends FIN after everything sent so far. {@link Code#OK} or a negative code, at once; of a
     * connection that is lost already, the reason that a receive would report.
     */
    int shutdownOutput();

    /**
     * Receives no more: a receive that is in flight ends soon, with whatever it got before, or as
     * at the end of the stream. {@link Code#OK} or a negative code, at once.
     */
    default int shutdownInput() {
        return Code.NOT_SUPPORTED;
    }

    /**
     * As {@link #send}, of one byte and with descriptors, which stay the caller's. 1, {@link
     * Code#PENDING}, or a negative code. Only where {@link Capabilities#descriptorPassing}.
     *
     * @param descriptors untouched while it is pending
     */
    default int sendDescriptors(byte carrier, int[] descriptors) {
        return Code.NOT_SUPPORTED;
    }

    /**
     * From now on descriptors that come are the sink's. Before the first receive, and only where
     * {@link Capabilities#descriptorPassing}.
     */
    default void takeDescriptors() {
        throw new UnsupportedOperationException("this engine passes no descriptors");
    }

    /**
     * Who is at the other end of a Unix-domain connection.
     *
     * @param into gets process, user and group
     * @return {@link Code#OK}, or {@link Code#NOT_SUPPORTED} where that cannot be told
     */
    default int peerCredentials(int[] into) {
        return Code.NOT_SUPPORTED;
    }

    /**
     * Gives the connection up without closing it: from now on it is the caller's, for a driver of
     * the same engine to {@link StreamEngine#adopt}, perhaps on another loop. The port is closed by
     * that, and its terminals come as after {@link #close}. What is in the kernel stays there, and
     * so do the socket's options; those that are the engine's own do not.
     *
     * <p>Only of a connection, and not while a receive is in flight, or a send that {@link
     * #dropSend} cannot end. One that it could, or has, sends nothing any more.
     *
     * <p>Whatever else is thrown, the connection is closed: the port has given it up by then.
     *
     * @throws UnsupportedOperationException where a connection stays with its driver
     */
    default Accepted release() {
        throw new UnsupportedOperationException("such connections stay with their driver");
    }

    /**
     * The peer's address, or null while there is none. It is asked for again and again, and the
     * port is to know it from when the connection came about or was adopted.
     */
    @Nullable SocketAddress remoteAddress();
}
