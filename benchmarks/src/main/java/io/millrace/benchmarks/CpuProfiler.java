// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import io.millrace.benchmarks.cpu.CpuMeter;
import io.millrace.benchmarks.cpu.Usage;
import io.millrace.benchmarks.server.Handicap;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;
import org.openjdk.jmh.runner.IterationType;

/**
 * Adds to a benchmark what an operation costs in CPU time, and how busy the CPUs were: {@code -prof
 * io.millrace.benchmarks.CpuProfiler}. Unlike a rate, the cost hardly depends on what else the
 * machine does.
 */
public final class CpuProfiler implements InternalProfiler {
    /** Nanoseconds of CPU time for an operation: all threads but the load's and the compilers. */
    public static final String SERVER = "cpu.server";

    /** The same with the load's. */
    public static final String ALL = "cpu.all";

    /** CPUs that the server kept busy. */
    public static final String SERVER_SHARE = "cpu.share.server";

    /** CPUs that the load kept busy. */
    public static final String LOAD_SHARE = "cpu.share.load";

    /** CPUs that others kept busy. */
    public static final String FOREIGN_SHARE = "cpu.share.foreign";

    /** CPUs that the hypervisor took. */
    public static final String STOLEN_SHARE = "cpu.share.stolen";

    private static final String COST_UNIT = "ns/op";
    private static final String SHARE_UNIT = "CPUs";

    /** JMH makes one in the measured process. */
    public CpuProfiler() {
        CpuMeter.want();
    }

    @Override
    public String getDescription() {
        return "CPU time per operation of the server's threads, and who used the CPUs";
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        if (iteration.getType() == IterationType.MEASUREMENT) {
            Handicap.settle();
        }
    }

    @Override
    public Collection<? extends Result<?>> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        Usage usage = CpuMeter.usage();
        long operations = result.getMetadata().getAllOps();
        if (usage == null || operations == 0) {
            return List.of();
        }
        double server = (double) usage.server().runningNanos() / operations;
        double load = (double) usage.load().runningNanos() / operations;
        return List.of(
                scalar(SERVER, server, COST_UNIT),
                scalar(ALL, server + load, COST_UNIT),
                scalar(SERVER_SHARE, usage.serverCpus(), SHARE_UNIT),
                scalar(LOAD_SHARE, usage.loadCpus(), SHARE_UNIT),
                scalar(FOREIGN_SHARE, usage.foreignCpus(), SHARE_UNIT),
                scalar(STOLEN_SHARE, usage.stolenCpus(), SHARE_UNIT));
    }

    private static ScalarResult scalar(String name, double value, String unit) {
        return new ScalarResult(name, value, unit, AggregationPolicy.AVG);
    }
}
