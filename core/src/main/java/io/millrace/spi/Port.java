// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The driver's end of a handle: commands go in here, completions come out at the sink.
 *
 * <p>Loop thread only. No command calls a sink, except the data-only {@link StreamSink#gather}.
 */
public interface Port {
    /**
     * Ends everything in flight and closes the descriptor. Each started operation still reports its
     * one terminal; the sink's {@code onClosed} comes last. Idempotent; every other command on a
     * closed port is a programming error, and so is every question: the descriptor may be somebody
     * else's by then.
     */
    void close();

    /** The bound address, or null while there is none. */
    @Nullable SocketAddress localAddress();

    /** Sets an option now: {@link Code#OK} or a negative code. */
    int setOption(PortOption option, int value);

    /** The option's value, or a negative code. */
    int getOption(PortOption option);

    /** The kernel's number for the socket, or -1 where the engine has none. */
    int descriptor();
}
