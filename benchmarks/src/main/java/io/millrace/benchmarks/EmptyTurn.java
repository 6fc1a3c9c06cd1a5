// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.loop.TurnableLoop;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A turn of a loop that has nothing to do and does not wait: the price of looking. */
@Fork(value = 1, jvmArgsPrepend = "-Xmx1g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EmptyTurn extends LoopBenchmark {
    private TurnableLoop turnable;

    /** On the benchmark's own thread, to which the loop then belongs. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        turnable = kind().open();
    }

    @Benchmark
    public void turn() throws IOException {
        turnable.turn();
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        turnable.close();
    }
}
