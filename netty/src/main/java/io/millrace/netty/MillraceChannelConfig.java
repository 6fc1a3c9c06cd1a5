// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.RecvByteBufAllocator;

/** What the configurations of all channels share. Any thread. */
abstract class MillraceChannelConfig extends DefaultChannelConfig {
    private final MillraceChannel own;

    MillraceChannelConfig(MillraceChannel channel) {
        super(channel);
        own = channel;
    }

    MillraceChannelConfig(MillraceChannel channel, RecvByteBufAllocator allocator) {
        super(channel, allocator);
        own = channel;
    }

    @Override
    protected final void autoReadCleared() {
        own.autoReadCleared();
    }

    /** The last part of its name, which options of all transports share. */
    static String nameOf(ChannelOption<?> option) {
        String name = option.name();
        return name.substring(name.lastIndexOf('#') + 1);
    }
}
