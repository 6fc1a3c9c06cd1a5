// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A bound datagram socket. At most one receive and one send are in flight. */
public interface DatagramPort extends SocketPort {
    /**
     * Reports datagrams until stopped, an error, or no chunks. No chunk is tied up while nothing
     * comes.
     */
    void startReceive();

    /** Hastens the end of {@code startReceive}; datagrams may still come until the terminal. */
    void stopReceive();

    /**
     * Sends what {@link DatagramSink#gather} offers, in that order: how many datagrams were taken,
     * at least 1; {@link Code#PENDING}; or a negative code, which concerns the first of them alone
     * and says that none was sent. While a send is pending the offered memory stays untouched. A
     * driver may call gather again for a pending send, and gets the same datagrams.
     */
    int send();

    /** As {@link #send}, but never pending: instead the code is {@link Code#WOULD_BLOCK}. */
    int trySend();

    /**
     * From now on datagrams go to this address and come from it alone, and the kernel tells of
     * errors. {@link Code#OK} or a negative code, at once.
     */
    int connect(InetSocketAddress to);

    /** Ends that; the local port stays the same. {@link Code#OK} or a negative code, at once. */
    int disconnect();

    /**
     * Joins a multicast group on an interface, of any sources or of one. {@link Code#OK} or a
     * negative code.
     *
     * @param interfaceIndex 0 for the system's choice
     */
    int join(InetAddress group, int interfaceIndex, @Nullable InetAddress source);

    /** Ends what {@link #join} with the same arguments began. */
    int leave(InetAddress group, int interfaceIndex, @Nullable InetAddress source);

    /**
     * The oldest report of the network's that nobody has taken, or null. To be asked when a receive
     * or a send has failed, with {@link DatagramOption#RECEIVE_ERRORS}: if there is one, that is
     * why, and a send that failed was not to blame.
     */
    default @Nullable DatagramFault takeFault() {
        return null;
    }

    /** Sets an option now: {@link Code#OK} or a negative code. */
    int setOption(DatagramOption option, int value);

    /** The option's value, or a negative code. */
    int getOption(DatagramOption option);
}
