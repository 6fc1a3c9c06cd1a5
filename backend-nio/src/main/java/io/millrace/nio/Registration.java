// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.spi.Code;
import io.millrace.spi.reactor.Pollable;
import io.millrace.spi.reactor.Poller;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
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

    /** Whether the channel is somebody else's, who connects it, and may want it back. */
    private final boolean isWatch;

    private @Nullable NioPoller poller;
    private @Nullable SelectionKey key;

    Registration(SelectableChannel channel, int readOperations, int writeOperations) {
        this(channel, readOperations, writeOperations, false);
    }

    private Registration(
            SelectableChannel channel, int readOperations, int writeOperations, boolean isWatch) {
        this.channel = channel;
        this.readOperations = readOperations;
        this.writeOperations = writeOperations;
        this.isWatch = isWatch;
    }

    /** Of a channel that stays somebody else's. */
    static Registration watching(SelectableChannel channel) {
        int valid = channel.validOps();
        return new Registration(
                channel,
                valid & (SelectionKey.OP_READ | SelectionKey.OP_ACCEPT),
                valid & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT),
                true);
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
        } catch (ClosedChannelException e) {
            return Code.BAD_DESCRIPTOR;
        } catch (CancelledKeyException e) {
            boolean wasHere = isWatch || key == null;
            return wasHere && channel.isOpen() ? Code.WOULD_BLOCK : Code.BAD_DESCRIPTOR;
        } catch (IllegalBlockingModeException e) {
            return Code.INVALID_ARGUMENT;
        }
    }

    /** Gives the channel back: until the next select the selector still has it. */
    void cancel() {
        if (key != null && poller != null) {
            key.cancel();
            key = null;
            poller.channelClosed();
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
                | ((interest & Poller.WRITE) != 0 ? writeOperations() : 0);
    }

    /** A channel that connects is ready when it can finish that, and never for writing before. */
    private int writeOperations() {
        if (!isWatch) {
            return writeOperations;
        }
        boolean connects = channel instanceof SocketChannel socket && socket.isConnectionPending();
        return writeOperations & (connects ? SelectionKey.OP_CONNECT : ~SelectionKey.OP_CONNECT);
    }
}
