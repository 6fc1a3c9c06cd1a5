// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

import io.millrace.internal.datagram.SendOptions;
import java.net.InetAddress;
import java.net.NetworkInterface;

/**
 * What is to hold of single datagrams, and not of all that a socket sends. Immutable; any thread.
 * Make one, and use it again: each method answers a new one.
 *
 * <p>Where the system cannot be told so, the send ends with {@code EOPNOTSUPP}: on {@code nio}, of
 * IPv4 {@link #from} and {@link #via} on FreeBSD, OpenBSD and DragonFly, and of IPv4 {@link
 * #trafficClass} everywhere but on Linux.
 */
public sealed interface UdpSendOptions permits SendOptions {
    /** Nothing in particular. */
    static UdpSendOptions plain() {
        return SendOptions.PLAIN;
    }

    /**
     * The byte of DSCP and ECN, instead of the socket's.
     *
     * @param value from 0 to 255
     */
    UdpSendOptions trafficClass(int value);

    /**
     * Which of this host's addresses a datagram is to come from, of the family it goes to; else the
     * system chooses. A reply has to come from where the question went, which {@link
     * Datagram#localAddress} says. An address that is not this host's ends the send, most often
     * with {@code EINVAL} or {@code EADDRNOTAVAIL}.
     */
    UdpSendOptions from(InetAddress address);

    /**
     * The bytes go in several datagrams, each of so many but the last, which may have fewer. It is
     * one send all the same, with one end. Where the kernel cuts (UDP_SEGMENT of Linux), that is
     * many times cheaper than as many sends; elsewhere it is done here. If a segment fails, those
     * behind it are not sent, and {@link io.millrace.IoException#bytesTransferred} says how many
     * were before.
     *
     * @param bytes from 1 to 65507
     */
    UdpSendOptions segmentBytes(int bytes);

    /** The interface that it is to leave by, whatever the routes say. */
    UdpSendOptions via(NetworkInterface link);
}
