// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.load.EchoLoad;
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
 * Messages that go to a server of one loop and come back. An operation is one message; with {@link
 * LatencyProfiler} also how long it was under way.
 */
@Fork(value = 1, jvmArgsPrepend = "-Xmx1g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Echo extends ServerBenchmark {
    /** So many that reading the clock of the harness costs nothing. */
    private static final int MESSAGES = 256;

    @Param({"1", "64", "512", "2000"})
    public int connections;

    @Param({"64", "4096", "65536"})
    public int bytes;

    /** Messages under way on each connection. */
    @Param({"1", "16"})
    public int inFlight;

    private EchoLoad load;

    @Setup(Level.Trial)
    public void open() throws IOException {
        load =
                open(
                        Service.ECHO,
                        Accepting.ONE_LOOP,
                        connections,
                        target -> new EchoLoad(target, connections, bytes, inFlight));
        LatencyProfiler.watch(load.latencies());
    }

    /** Messages that were under way while others had their turn are as late as that took. */
    @Setup(Level.Iteration)
    public void beginWindow() {
        load.beginWindow();
    }

    @Benchmark
    @OperationsPerInvocation(MESSAGES)
    public void roundTrip() throws IOException {
        run(load, MESSAGES);
    }
}
