// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.plain;

import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The JDK's asynchronous channels on a pool of threads, as servers have them. */
public final class Nio2PoolKind implements ServerKind {
    @Override
    public String name() {
        return "java-nio2-pool";
    }

    @Override
    public String description() {
        return "asynchronous channels on a fixed pool of as many threads as there are processors, a"
                + " buffer of 64 KiB per connection";
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
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        return Nio2Server.start(service, accepting, threads);
    }
}
