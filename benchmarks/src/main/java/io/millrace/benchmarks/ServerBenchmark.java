// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.load.Load;
import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.RunningServer;
import io.millrace.benchmarks.server.ServerKind;
import io.millrace.benchmarks.server.ServerKinds;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A benchmark in which a server of one kind gets a load. The thread of the benchmark is the load's,
 * the server has its own.
 */
public abstract class ServerBenchmark extends WarmBenchmark {
    /** A kind of server; {@link Main} puts those in its place that can run here. */
    @Param("nio")
    public String server = "";

    private @Nullable RunningServer running;
    private @Nullable Load load;

    /** How a benchmark makes its load. */
    @FunctionalInterface
    interface LoadFactory<L extends Load> {
        L to(RunningServer server) throws IOException;
    }

    /** Starts the server, and opens a load of so many connections on it. */
    final <L extends Load> L open(
            Service service, Accepting accepting, int connections, LoadFactory<L> factory)
            throws IOException {
        ServerKind kind = ServerKinds.usable(server);
        if (connections > kind.mostConnections()) {
            throw new IllegalArgumentException(
                    server
                            + " can serve no more than "
                            + kind.mostConnections()
                            + " clients in its own process");
        }
        RunningServer started = kind.start(service, accepting);
        running = started;
        L opened = factory.to(started);
        load = opened;
        return opened;
    }

    @Override
    List<Long> serverProcesses() {
        RunningServer started = running;
        return started == null ? List.of() : started.processes();
    }

    /** One invocation; after a failure there is nothing to measure any more. */
    static void run(Load load, long operations) throws IOException {
        try {
            load.run(operations);
        } catch (IOException e) {
            throw Failure.of(e);
        }
    }

    /** Only now it is known whether every byte has come. */
    @TearDown(Level.Trial)
    public final void finish() throws IOException {
        try (RunningServer ended = running;
                Load finished = load) {
            if (ended != null && finished != null) {
                finished.finish();
                ended.check();
            }
        } catch (IOException e) {
            throw Failure.of(e);
        }
    }
}
