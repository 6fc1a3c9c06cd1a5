// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.spi.Code;
import io.millrace.spi.reactor.Pollable;
import io.millrace.spi.reactor.Poller;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/**
 * A channel's place in the selector of one poller, kept from the first interest to the close.
 *
 * <p>A key is never cancelled to end interest: a channel cannot be registered again before another
 * select has forgotten the old key. An empty set of operations serves as well, for which the JDK
 * takes the descriptor out of the kernel's set.
 */
final class Registration {
    private final SelectableChannel channel;
    private final int readOperations;
    private final int writeOperations;
    private @Nullable NioPoller poller;
    private @Nullable SelectionKey key;

    Registration(SelectableChannel channel, int readOperations, int writeOperations) {
        this.channel = channel;
        this.readOperations = readOperations;
        this.writeOperations = writeOperations;
    }

    /** Asks for {@code interest}, for the first time or again. */
    int set(NioPoller in, Selector selector, Pollable socket, int interest) {
        try {
            if (key == null) {
                poller = in;
                key = channel.register(selector, operations(interest), socket);
            } else {
                key.interestOps(operations(interest));
            }
            return Code.OK;
        } catch (ClosedChannelException | CancelledKeyException e) {
            return Code.BAD_DESCRIPTOR;
        }
    }

    int clear() {
        if (key != null && key.isValid()) {
            key.interestOps(0);
        }
        return Code.OK;
    }

    /** Goes over to another selector with the same interest. */
    void moveTo(Selector fresh, SelectionKey old) throws ClosedChannelException {
        int operations = old.interestOps();
        old.cancel();
        key = channel.register(fresh, operations, old.attachment());
    }

    /** Closes the channel. The JDK keeps the descriptor until the selector has let go of it. */
    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The descriptor is gone whatever close(2) answers, and nobody waits for the answer.
        }
        if (poller != null) {
            poller.channelClosed();
        }
    }

    private int operations(int interest) {
        return ((interest & Poller.READ) != 0 ? readOperations : 0)
                | ((interest & Poller.WRITE) != 0 ? writeOperations : 0);
    }
}
