// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.load.ChurnLoad;
import io.millrace.benchmarks.load.ChurnLoad.Life;
import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Connections that the server closes as soon as it has accepted them, in each of the ways to spread
 * connections over loops. An operation is one connection.
 */
@Fork(value = 1, jvmArgsPrepend = "-Xmx1g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Accept extends ServerBenchmark {
    private static final int CONNECTIONS = 32;
    private static final int AT_ONCE = 64;

    /** See {@link Accepting}. */
    @Param({"one-loop", "acceptor", "listener-per-loop"})
    public String accepting = "";

    private ChurnLoad load;

    @Setup(Level.Trial)
    public void open() throws IOException {
        load =
                open(
                        Service.CLOSE,
                        Accepting.labelled(accepting),
                        AT_ONCE,
                        target -> new ChurnLoad(target, AT_ONCE, 1, Life.UNTIL_SERVER_CLOSES));
    }

    @Benchmark
    @OperationsPerInvocation(CONNECTIONS)
    public void connection() throws IOException {
        run(load, CONNECTIONS);
    }
}
