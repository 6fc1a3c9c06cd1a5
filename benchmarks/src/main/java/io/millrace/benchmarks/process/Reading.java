// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * All that is read at either end of the measured window.
 *
 * <p>It takes about a millisecond in which the load asks for nothing. By the end of it the server
 * has answered what was under way, so both ends find it in the same state.
 */
final class Reading {
    private static final Path MACHINE = Path.of("/proc/stat");

    private final ThreadTimes server;
    private final ThreadTimes client;
    private final MachineTime machine;
    private final long nanos;

    Reading(List<Long> serverProcesses, List<Integer> cpus) throws IOException {
        server = ThreadTimes.of(serverProcesses);
        client = ThreadTimes.of(List.of(ProcessHandle.current().pid()));
        machine = ProcFiles.stat(Files.readString(MACHINE), cpus);
        nanos = System.nanoTime();
    }

    long nanosSince(Reading before) {
        return nanos - before.nanos;
    }

    CpuTime serverSince(Reading before) {
        return server.since(before.server);
    }

    CpuTime clientSince(Reading before) {
        return client.since(before.client);
    }

    MachineTime machineSince(Reading before) {
        return machine.minus(before.machine);
    }
}
