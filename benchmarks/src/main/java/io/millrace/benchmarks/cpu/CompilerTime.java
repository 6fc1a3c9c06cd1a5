// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.cpu;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * What the compilers of this virtual machine have done so far, in CPU time: on a busy machine they
 * take much longer for it. Where there is no {@code /proc}, it is what they took.
 */
public final class CompilerTime {
    private final ThreadTimes compilers = ThreadTimes.ofCompilers();
    private final long millis = ManagementFactory.getCompilationMXBean().getTotalCompilationTime();

    /** Until now. */
    public static CompilerTime now() {
        return new CompilerTime();
    }

    private CompilerTime() {}

    /** In nanoseconds. */
    public long since(CompilerTime before) {
        return LoadThreads.areTasks()
                ? compilers.since(before.compilers).runningNanos()
                : TimeUnit.MILLISECONDS.toNanos(millis - before.millis);
    }
}
