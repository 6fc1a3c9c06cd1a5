// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.Chunk;
import io.millrace.internal.datagram.ReceivedDatagram;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A datagram that has come: its bytes, and where it comes from.
 *
 * <p>It is one and the same object for all datagrams of a socket, so it costs nothing, and means
 * something only until the callback returns; after that every method is an {@link
 * IllegalStateException}. What is to last is asked for meanwhile: {@link Chunk#keep} of {@link
 * #data}, and {@link #sender}. Loop thread only.
 */
public sealed interface Datagram permits ReceivedDatagram {
    /**
     * The bytes, on loan as those of a stream are. There may be none: a datagram can be empty, and
     * is one all the same.
     */
    Chunk data();

    /**
     * Where it comes from. The same object again for a sender that was asked for lately; else it is
     * made now.
     */
    InetSocketAddress sender();

    /** Whether it comes from this address; makes no object. A scope that is not said is any. */
    boolean isFrom(SocketAddress address);

    /**
     * Whether it was longer than a chunk of the loop, see {@link
     * io.millrace.LoopOptions.Builder#chunks}: then its end is lost. Chunks have room for the
     * longest datagram there is, unless they are set to less.
     */
    boolean isTruncated();

    /**
     * The address that it was sent to: one of this host's, a group's, or a broadcast address. Null
     * unless {@link UdpOptions#packetInfo} is on. An object is made for an address that was not
     * asked for lately.
     */
    @Nullable InetAddress localAddress();

    /** The index of the interface it came by; 0 unless {@link UdpOptions#packetInfo} is on. */
    int interfaceIndex();

    /**
     * The byte of DSCP and ECN that it came with, from 0 to 255; -1 unless {@link
     * UdpOptions#receiveTrafficClass} is on.
     */
    int trafficClass();

    /**
     * If {@link UdpOptions#coalesce} is on the data may be those of several datagrams in a row from
     * one sender: how long each is but the last, which may be shorter. Else, or if it is one alone,
     * the length of the data.
     */
    int segmentBytes();

    /** The two bits of ECN of {@link #trafficClass}, see RFC 3168; -1 if that is not known. */
    default int ecn() {
        int all = trafficClass();
        return all < 0 ? all : all & 0x3;
    }
}
