// SPDX-License-Identifier: Apache-2.0
package io.millrace.nio;

import io.millrace.spi.Accepted;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/** A connection between its acceptance and its adoption. Immutable, so any loop may take it. */
record NioAccepted(SocketChannel channel) implements Accepted {
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nobody wanted the connection, so nobody wants to know.
        }
    }
}
