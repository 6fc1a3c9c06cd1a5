// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.plain;

import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Blocking sockets, each on a virtual thread of its own. */
public final class SocketKind implements ServerKind {
    @Override
    public String name() {
        return "java-virtual";
    }

    @Override
    public String description() {
        return "java.net.Socket, a virtual thread for each connection on as many carriers as there"
                + " are processors, a buffer of 8 KiB that grows to 64 KiB when it was full";
    }

    @Override
    public @Nullable String refusal() {
        return VirtualThreads.refusal();
    }

    @Override
    public int mostConnections() {
        return Integer.MAX_VALUE;
    }

    @Override
    public RunningServer start(Service service, Accepting accepting) throws IOException {
        return SocketServer.start(service, accepting);
    }
}
