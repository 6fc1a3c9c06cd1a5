// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * All that is read at either end of a measured window.
 *
 * <p>It takes a few milliseconds in which the load asks for nothing. By the end of it the server
 * has answered what was under way, so both ends find it in the same state.
 */
public final class Reading {
    private static final Path MACHINE = Path.of("/proc/stat");

    private final ThreadTimes server;
    private final ThreadTimes load;
    private final MachineTime machine;
    private final long nanos;

    private Reading(ThreadTimes server, ThreadTimes load, MachineTime machine) {
        this.server = server;
        this.load = load;
        this.machine = machine;
        nanos = System.nanoTime();
    }

    /** A server of other processes, and a load which is this one; both on {@code cpus}. */
    public static Reading ofProcesses(List<Long> serverProcesses, List<Integer> cpus)
            throws IOException {
        return new Reading(
                ThreadTimes.of(serverProcesses),
                ThreadTimes.of(List.of(ProcessHandle.current().pid())),
                machine(cpus));
    }

    /**
     * {@link LoadThreads} of this process; the server is its other threads.
     *
     * @param serverProcesses what else belongs to the server
     */
    public static Reading ofThreads(List<Long> serverProcesses) throws IOException {
        return new Reading(
                ThreadTimes.ofThisProcess(false).with(ThreadTimes.of(serverProcesses)),
                ThreadTimes.ofThisProcess(true),
                machine(List.of()));
    }

    private static MachineTime machine(List<Integer> cpus) throws IOException {
        return Files.exists(MACHINE)
                ? ProcFiles.stat(Files.readString(MACHINE), cpus)
                : new MachineTime(0, 0);
    }

    /** What was used from {@code before} until this. */
    public Usage since(Reading before) {
        return new Usage(
                nanos - before.nanos,
                server.since(before.server),
                load.since(before.load),
                machine.minus(before.machine));
    }
}
