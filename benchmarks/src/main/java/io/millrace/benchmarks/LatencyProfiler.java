// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ResultRole;
import org.openjdk.jmh.results.SampleTimeResult;
import org.openjdk.jmh.util.SampleBuffer;

/**
 * Adds to a benchmark's throughput how long its operations took: {@code -prof
 * io.millrace.benchmarks.LatencyProfiler}. Only for benchmarks whose load measures that.
 *
 * <p>It runs in the measured process. JMH calls it while the load's thread rests between two
 * iterations.
 */
public final class LatencyProfiler implements InternalProfiler {
    /** The name of the result, and the beginning of its percentiles' names. */
    public static final String LABEL = "latency";

    private static volatile @Nullable Histogram watched;

    /** From here on the values of {@code latencies}, in nanoseconds, are the benchmark's. */
    static void watch(Histogram latencies) {
        watched = latencies;
    }

    @Override
    public String getDescription() {
        return "Latency of single operations, for benchmarks with a load of many connections";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        Histogram latencies = watched;
        if (latencies != null) {
            latencies.reset();
        }
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        Histogram latencies = watched;
        if (latencies == null || latencies.getTotalCount() == 0) {
            return List.of();
        }
        SampleBuffer samples = new SampleBuffer();
        for (HistogramIterationValue value : latencies.recordedValues()) {
            for (long i = value.getCountAddedInThisIterationStep(); i > 0; i--) {
                samples.add(value.getValueIteratedTo());
            }
        }
        return List.of(
                new SampleTimeResult(ResultRole.SECONDARY, LABEL, samples, TimeUnit.MICROSECONDS));
    }
}
