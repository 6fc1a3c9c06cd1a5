// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.cpu.CompilerTime;
import io.millrace.benchmarks.cpu.CpuMeter;
import io.millrace.benchmarks.cpu.LoadThreads;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * A benchmark that gives no figure while the virtual machine is still compiling it: it fails if the
 * compilers were busy for much of the measured time. A single late compilation is not much, though
 * it may fill a third of an iteration on a slow machine.
 *
 * <p>What was compiled before does not count, so more or longer warm-up cures it. Load and server
 * would keep both processors of a small machine from the compilers, so after every iteration of
 * warm-up they pause until those have nothing left to do.
 */
@State(Scope.Benchmark)
public abstract class WarmBenchmark {
    /** The system property that turns the check off, for runs of which nobody reads the figures. */
    public static final String SMOKE = "millrace.benchmarks.smoke";

    /**
     * Above what a warm program shows where the load and the server keep both of two cores busy,
     * far below a cold one: those reach more than 1.
     */
    private static final double MOST_COMPILING = 0.25;

    /** Longer than most compilations take, of which nothing is seen before they end. */
    private static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    private long iterationNanos;
    private CompilerTime startCompiled = CompilerTime.now();
    private long measuredNanos;
    private long compiledNanos;

    @Setup(Level.Iteration)
    public void noteCompilation() throws IOException {
        LoadThreads.add();
        beginMeasuring();
        startCompiled = CompilerTime.now();
        iterationNanos = System.nanoTime();
    }

    @TearDown(Level.Iteration)
    public void countCompilation(IterationParams iteration) throws IOException {
        endMeasuring();
        if (iteration.getType() == IterationType.MEASUREMENT) {
            compiledNanos += CompilerTime.now().since(startCompiled);
            measuredNanos += System.nanoTime() - iterationNanos;
        } else if (!isSmokeRun()) {
            awaitCompilers();
        }
    }

    @TearDown(Level.Trial)
    public void requireWarmth() {
        double compiling = (double) compiledNanos / measuredNanos;
        if (compiling > MOST_COMPILING && !isSmokeRun()) {
            throw Failure.of(
                    new IllegalStateException(
                            String.format(
                                    Locale.ROOT,
                                    "not warmed up: the compilers worked for %.0f %% of the"
                                            + " measured time; use more or longer warm-up"
                                            + " iterations",
                                    compiling * 100)));
        }
    }

    /** What was done in this iteration so far does not count as CPU time of its operations. */
    final void beginMeasuring() throws IOException {
        CpuMeter.begin(serverProcesses());
    }

    /** Nor does what is done from now on. */
    final void endMeasuring() throws IOException {
        CpuMeter.end();
    }

    /** Other processes whose CPU time is the subject's. */
    List<Long> serverProcesses() {
        return List.of();
    }

    private void awaitCompilers() {
        long startNanos = System.nanoTime();
        long quietNanos = startNanos;
        long compiled = compilers.getTotalCompilationTime();
        long nowNanos = startNanos;
        while (nowNanos - quietNanos < QUIET_NANOS && nowNanos - startNanos < LONGEST_PAUSE_NANOS) {
            LockSupport.parkNanos(LOOK_NANOS);
            nowNanos = System.nanoTime();
            if (compilers.getTotalCompilationTime() != compiled) {
                compiled = compilers.getTotalCompilationTime();
                quietNanos = nowNanos;
            }
        }
    }

    /** Whether nothing but the working of the benchmark is of interest. */
    static boolean isSmokeRun() {
        return Boolean.getBoolean(SMOKE);
    }
}
