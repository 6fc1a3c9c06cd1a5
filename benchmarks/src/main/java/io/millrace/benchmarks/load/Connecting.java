// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.load;

import io.millrace.benchmarks.server.RunningServer;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;

/** How the loads connect: small messages leave at once, as is usual for requests. */
final class Connecting {
    private Connecting() {}

    /** A connected channel in non-blocking mode. */
    static SocketChannel toServer(RunningServer server) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.connect(server.address());
            channel.configureBlocking(false);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }
}
