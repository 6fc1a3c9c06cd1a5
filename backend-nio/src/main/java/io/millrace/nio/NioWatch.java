// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.spi.reactor.RawWatch;
import java.nio.channels.SelectableChannel;

/** Somebody else's channel in the selector. */
final class NioWatch extends RawWatch implements NioSocket {
    private static final int NO_DESCRIPTOR = -1;

    private final SelectableChannel channel;
    private final Registration registration;

    NioWatch(SelectableChannel channel) {
        super(NO_DESCRIPTOR);
        this.channel = channel;
        registration = Registration.watching(channel);
    }

    @Override
    public Registration registration() {
        return registration;
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public String toString() {
        return channel.toString();
    }
}
