// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.spi.DatagramFault;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramSends;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Non-blocking calls on one datagram socket. No policy; EINTR is retried inside. */
public abstract class RawDatagram extends RawSocket {
    protected RawDatagram() {}

    /** How many datagrams one call receives at most, at least 1. */
    public abstract int mostReceives();

    /**
     * Receives into the chunks that were added, the first ones first, and fills in what is known of
     * each: how many datagrams came, at least 1; {@code WOULD_BLOCK}; or why not.
     */
    public abstract int receive(DatagramReceives into);

    /**
     * Sends from the first on: how many were taken, at least 1; {@code WOULD_BLOCK}; or why the
     * first was not.
     */
    public abstract int send(DatagramSends from);

    /** See {@link io.millrace.spi.DatagramPort#connect}. */
    public abstract int connect(InetSocketAddress to);

    /** See {@link io.millrace.spi.DatagramPort#disconnect}. */
    public abstract int disconnect();

    /** See {@link io.millrace.spi.DatagramPort#join}. */
    public abstract int join(InetAddress group, int interfaceIndex, @Nullable InetAddress source);

    /** See {@link io.millrace.spi.DatagramPort#leave}. */
    public abstract int leave(InetAddress group, int interfaceIndex, @Nullable InetAddress source);

    /** See {@link io.millrace.spi.DatagramPort#takeFault}. */
    public @Nullable DatagramFault takeFault() {
        return null;
    }

    public abstract int setOption(DatagramOption option, int value);

    public abstract int getOption(DatagramOption option);
}
