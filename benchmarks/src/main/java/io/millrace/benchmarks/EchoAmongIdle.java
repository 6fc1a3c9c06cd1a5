// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.load.EchoLoad;
import io.millrace.benchmarks.load.IdleConnections;
import io.millrace.benchmarks.server.Accepting;
import io.millrace.benchmarks.server.Service;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * {@link Echo} on a few connections while many others do nothing. Those are held by a process of
 * their own, and are the same at the end.
 */
@Fork(value = 1, jvmArgsPrepend = "-Xmx1g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class EchoAmongIdle extends ServerBenchmark {
    private static final int MESSAGES = 256;
    private static final int BYTES = 64;

    @Param("10000")
    public int idle;

    @Param("64")
    public int connections;

    private @Nullable IdleConnections idleConnections;
    private EchoLoad load;

    @Setup(Level.Trial)
    public void open() throws IOException {
        load =
                open(
                        Service.ECHO,
                        Accepting.ONE_LOOP,
                        connections + idle,
                        target -> {
                            idleConnections = IdleConnections.open(target, idle);
                            return new EchoLoad(target, connections, BYTES, 1);
                        });
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

    @TearDown(Level.Trial)
    public void closeIdle() throws IOException {
        try (IdleConnections finished = idleConnections) {
            if (finished != null) {
                finished.finish();
            }
        } catch (IOException e) {
            throw Failure.of(e);
        }
    }
}
