// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

/**
 * The driver's end of a handle: commands go in here, completions come out at the sink. What every
 * kind has; {@link SocketPort} has what only sockets have.
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

    /** The kernel's number for what the port drives, or -1 where the engine has none. */
    int descriptor();
}
