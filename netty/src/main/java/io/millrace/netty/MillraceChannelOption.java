// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.netty.channel.ChannelOption;

/**
 * Options that Netty has no constants for in its transport-independent part. Those of the same
 * names of its own transports, such as {@code EpollChannelOption.TCP_KEEPIDLE}, mean the same here.
 */
public final class MillraceChannelOption {
    /** Of a server: the kernel balances connections over all that are bound to the address. */
    public static final ChannelOption<Boolean> SO_REUSEPORT =
            ChannelOption.valueOf(MillraceChannelOption.class, "SO_REUSEPORT");

    /** Seconds without traffic before a keep-alive probe is sent, see tcp(7). */
    public static final ChannelOption<Integer> TCP_KEEPIDLE =
            ChannelOption.valueOf(MillraceChannelOption.class, "TCP_KEEPIDLE");

    /** Seconds between keep-alive probes. */
    public static final ChannelOption<Integer> TCP_KEEPINTVL =
            ChannelOption.valueOf(MillraceChannelOption.class, "TCP_KEEPINTVL");

    /** How many probes may stay without an answer. */
    public static final ChannelOption<Integer> TCP_KEEPCNT =
            ChannelOption.valueOf(MillraceChannelOption.class, "TCP_KEEPCNT");

    private MillraceChannelOption() {}
}
