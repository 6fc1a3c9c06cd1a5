// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/**
 * A benchmark that gives no figure while the virtual machine is still compiling it: a measured
 * iteration in which the compilers were busy fails.
 *
 * <p>What was compiled before does not count, so more or longer warm-up cures it.
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

    private static final double NANOS_PER_MILLI = 1e6;

    private final CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
    private long startNanos;
    private long startCompiledMillis;

    @Setup(Level.Iteration)
    public void noteCompilation() {
        startCompiledMillis = compilers.getTotalCompilationTime();
        startNanos = System.nanoTime();
    }

    @TearDown(Level.Iteration)
    public void requireWarmth(IterationParams iteration) {
        if (iteration.getType() != IterationType.MEASUREMENT || isSmokeRun()) {
            return;
        }
        long compiledMillis = compilers.getTotalCompilationTime() - startCompiledMillis;
        double elapsedMillis = (System.nanoTime() - startNanos) / NANOS_PER_MILLI;
        double compiling = compiledMillis / elapsedMillis;
        if (compiling > MOST_COMPILING) {
            throw Failure.of(
                    new IllegalStateException(
                            String.format(
                                    "not warmed up: the compilers worked for %.0f %% of a measured"
                                            + " iteration; use more or longer warm-up iterations",
                                    compiling * 100)));
        }
    }

    /** Whether nothing but the working of the benchmark is of interest. */
    static boolean isSmokeRun() {
        return Boolean.getBoolean(SMOKE);
    }
}
