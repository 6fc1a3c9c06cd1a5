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

/** Connections that live for one message. An operation is one connection: connect, echo, close. */
@Fork(value = 1, jvmArgsPrepend = "-Xmx1g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Churn extends ServerBenchmark {
    private static final int CONNECTIONS = 32;
    private static final int AT_ONCE = 16;
    private static final int BYTES = 64;

    /** How the client closes: in good order, which leaves it a TIME-WAIT, or with a reset. */
    @Param({"finish", "reset"})
    public String ending = "";

    private ChurnLoad load;

    @Setup(Level.Trial)
    public void open() throws IOException {
        Life life = ending.equals("finish") ? Life.ECHO_THEN_FINISH : Life.ECHO_THEN_RESET;
        load =
                open(
                        Service.ECHO,
                        Accepting.ONE_LOOP,
                        AT_ONCE,
                        target -> new ChurnLoad(target, AT_ONCE, BYTES, life));
    }

    @Benchmark
    @OperationsPerInvocation(CONNECTIONS)
    public void connection() throws IOException {
        run(load, CONNECTIONS);
    }
}
