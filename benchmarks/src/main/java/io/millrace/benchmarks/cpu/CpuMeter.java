// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.cpu;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who uses the CPUs during an iteration of a benchmark of JMH. It costs nothing until somebody
 * wants it. JMH lets one thread of the load begin and end each iteration, and asks for the usage
 * after.
 */
public final class CpuMeter {
    private static volatile boolean wanted;
    private static volatile List<Long> processes = List.of();
    private static volatile @Nullable Reading begun;
    private static volatile @Nullable Usage usage;

    private CpuMeter() {}

    /** From now on it reads. */
    public static void want() {
        wanted = true;
    }

    /**
     * The window begins now, even if it has begun before.
     *
     * @param serverProcesses what belongs to the server beside threads of this process
     */
    public static void begin(List<Long> serverProcesses) throws IOException {
        if (wanted) {
            usage = null;
            processes = List.copyOf(serverProcesses);
            begun = Reading.ofThreads(processes);
        }
    }

    /** The window ends now, unless it has ended before. */
    public static void end() throws IOException {
        Reading before = begun;
        if (before != null) {
            usage = Reading.ofThreads(processes).since(before);
            begun = null;
        }
    }

    /** Of the last window; null if there was none. */
    public static @Nullable Usage usage() {
        return usage;
    }
}
