// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.cpu;

/**
 * What the scheduler says of a thread, or of several.
 *
 * @param runningNanos on a CPU
 * @param waitingNanos ready to run, while something else had the CPU
 */
public record CpuTime(long runningNanos, long waitingNanos) {
    public static final CpuTime ZERO = new CpuTime(0, 0);

    public CpuTime plus(CpuTime other) {
        return new CpuTime(runningNanos + other.runningNanos, waitingNanos + other.waitingNanos);
    }

    public CpuTime minus(CpuTime other) {
        return new CpuTime(runningNanos - other.runningNanos, waitingNanos - other.waitingNanos);
    }
}
