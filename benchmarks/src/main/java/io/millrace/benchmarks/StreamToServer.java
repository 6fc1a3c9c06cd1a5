// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.load.SendLoad;
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
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/** A server that reads as fast as its client sends. An operation is 1 MiB that left the client. */
@Fork(value = 1, jvmArgsPrepend = "-Xmx1g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class StreamToServer extends ServerBenchmark {
    private static final int MEBIBYTE = 1 << 20;

    @Param({"1", "64"})
    public int connections;

    private SendLoad load;

    @Setup(Level.Trial)
    public void open() throws IOException {
        load =
                open(
                        Service.SINK,
                        Accepting.ONE_LOOP,
                        connections,
                        target -> new SendLoad(target, connections));
    }

    @Benchmark
    public void mebibyte() throws IOException {
        run(load, MEBIBYTE);
    }
}
