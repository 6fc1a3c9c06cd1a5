// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.smart;

import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Smart-socket with its usual threads, and buffers that hold whole messages. */
public final class SmartSocketKind implements ServerKind {
    @Override
    public String name() {
        return "smart-socket";
    }

    @Override
    public String description() {
        return "smart-socket 1.5.36, its usual threads of which there are more than one, pooled"
                + " direct buffers, up to 64 KiB read at once; it always has one listener";
    }

    @Override
    public @Nullable String refusal() {
        return null;
    }

    @Override
    public int mostConnections() {
        return Integer.MAX_VALUE;
    }

    /** Whoever accepts, it spreads connections over its own threads. */
    @Override
    public RunningServer start(Service service, Accepting accepting) throws IOException {
        return SmartSocketServer.start(service);
    }
}
