// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.cpu.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What was measured in one window.
 *
 * @param usage of the CPUs, by the server's processes, the load's and others
 * @param requests that were answered whole
 * @param allocatedBytes on the server's heap, or null if it is none of a virtual machine's of this
 *     jar
 * @param p50Nanos latency: half of the requests took no longer
 * @param p99Nanos and 99 % of them
 * @param p999Nanos and 99.9 %
 */
record Window(
        Usage usage,
        long requests,
        @Nullable Long allocatedBytes,
        long p50Nanos,
        long p99Nanos,
        long p999Nanos) {
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;

    double cpuMicrosPerRequest() {
        return usage.server().runningNanos() / NANOS_PER_MICRO / requests;
    }

    /** NaN if it is not known. */
    double allocatedBytesPerRequest() {
        return allocatedBytes == null ? Double.NaN : (double) allocatedBytes / requests;
    }

    double requestsPerSecond() {
        return requests / (usage.nanos() / NANOS_PER_SECOND);
    }

    boolean disturbed() {
        return usage.disturbed();
    }

    double disturbance() {
        return usage.disturbance();
    }
}
