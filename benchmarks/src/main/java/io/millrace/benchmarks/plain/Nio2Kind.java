// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.plain;

import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The JDK's asynchronous channels. */
public final class Nio2Kind implements ServerKind {
    @Override
    public String name() {
        return "java-nio2";
    }

    @Override
    public String description() {
        return "asynchronous channels, a thread for each loop, a buffer of 64 KiB per connection";
    }

    @Override
    public @Nullable String refusal() {
        return null;
    }

    @Override
    public int mostConnections() {
        return Integer.MAX_VALUE;
    }

    @Override
    public RunningServer start(Service service, Accepting accepting) throws IOException {
        return Nio2Server.start(service, accepting, 1);
    }
}
