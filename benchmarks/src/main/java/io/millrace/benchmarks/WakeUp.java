// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.loop.RunningLoop;
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

/**
 * From handing a task to a loop that sleeps until the task has run. The thread that waits spins, so
 * that only the loop's waking up counts.
 */
@Fork(value = 1, jvmArgsPrepend = "-Xmx1g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class WakeUp extends LoopBenchmark {
    /** Time enough for a loop to have nothing left to do, and to sleep. */
    private static final long SETTLE_NANOS = 100_000;

    private final Runnable task = this::run;
    private RunningLoop running;
    private volatile boolean ran;

    @Setup(Level.Trial)
    public void start() throws IOException {
        running = kind().start();
    }

    @Setup(Level.Invocation)
    public void letSleep() {
        ran = false;
        long end = System.nanoTime() + SETTLE_NANOS;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }

    @Benchmark
    public void sleepingLoop() {
        running.execute(task);
        Spin spin = new Spin("a task that has not run");
        while (!ran) {
            spin.once();
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        running.close();
    }

    private void run() {
        ran = true;
    }
}
