// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.plain;

import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a programmer writes who does without a library. */
public final class NioKind implements ServerKind {
    @Override
    public String name() {
        return "java-nio";
    }

    @Override
    public String description() {
        return "a selector loop written by hand, one direct buffer of 64 KiB";
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
        return NioServer.start(service, accepting);
    }
}
