// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;

/**
 * Packets that are to leave as several datagrams, as Netty's native transports have them. Their
 * class is of an artifact, {@code netty-transport-native-unix-common}, that need not be there.
 */
final class Segments {
    private static final boolean KNOWN =
            Present.isHere("io.netty.channel.unix.SegmentedDatagramPacket");

    private Segments() {}

    /** How long each datagram of the message is to be but the last, or 0 if it is to be one. */
    static int of(Object message) {
        return KNOWN ? Known.of(message) : 0;
    }

    static DatagramPacket packet(ByteBuf content, int segment, InetSocketAddress to) {
        return Known.packet(content, segment, to);
    }

    /** Loaded where there is the class. */
    private static final class Known {
        static int of(Object message) {
            return message instanceof SegmentedDatagramPacket packet ? packet.segmentSize() : 0;
        }

        static DatagramPacket packet(ByteBuf content, int segment, InetSocketAddress to) {
            return new Cut(content, segment, to);
        }
    }

    /** Of the same kind; that class is there to be extended. */
    private static final class Cut extends SegmentedDatagramPacket {
        Cut(ByteBuf content, int segment, InetSocketAddress to) {
            super(content, segment, to);
        }
    }
}
