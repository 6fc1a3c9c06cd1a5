// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * Finds out whether a connection is lost, for half-closing it: shutdown(2) says so, but the JDK
 * takes that for success. Loop thread only.
 *
 * <p>A selector says of a socket with an error, or without a connection, that it is ready for
 * whatever was asked. So on a channel that is connected and not shut down, OP_CONNECT is ready for
 * that reason and for no other. It takes a selector of its own, because the loop's may be in the
 * middle of a select, and one that is there before descriptors become scarce.
 */
final class LossProbe {
    private final Selector selector;

    LossProbe(Selector selector) {
        this.selector = selector;
    }

    boolean isLost(SocketChannel channel) throws IOException {
        SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
        try {
            return selector.selectNow() > 0 && key.isConnectable();
        } finally {
            key.cancel();
            selector.selectNow();
        }
    }

    void close() throws IOException {
        selector.close();
    }
}
