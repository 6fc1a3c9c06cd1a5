// SPDX-License-Identifier: Apache-2.0
package io.millrace.netty;

import io.millrace.spi.PortOption;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** What the configurations of all channels share. Any thread. */
abstract class MillraceChannelConfig extends DefaultChannelConfig {
    /** What is set on its socket. */
    final PortOptions options;

    private final MillraceChannel own;

    MillraceChannelConfig(MillraceChannel channel) {
        super(channel);
        own = channel;
        options = new PortOptions(channel);
    }

    MillraceChannelConfig(MillraceChannel channel, RecvByteBufAllocator allocator) {
        super(channel, allocator);
        own = channel;
        options = new PortOptions(channel);
    }

    public int getSendBufferSize() {
        return options.get(PortOption.SEND_BUFFER_BYTES, 0);
    }

    public int getReceiveBufferSize() {
        return options.get(PortOption.RECEIVE_BUFFER_BYTES, 0);
    }

    /** Whether its socket is one of datagrams. */
    boolean isOfDatagrams() {
        return false;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        SystemOption known = SystemOption.of(option, isOfDatagrams());
        return known == null ? super.getOption(option) : (T) known.toValue(options.get(known));
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        SystemOption known = SystemOption.of(option, isOfDatagrams());
        if (known == null) {
            return super.setOption(option, value);
        }
        validate(option, value);
        options.set(known, known.toInt(value));
        return true;
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
