// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.cpu.ProcFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which CPU the servers run on, and which one the load.
 *
 * @param cpus the servers' and the load's, or none
 * @param reason why nothing is pinned, or null
 */
record Pinning(List<Integer> cpus, @Nullable String reason) {
    private static final Path OWN_STATUS = Path.of("/proc/self/status");
    private static final List<Path> PLACES = List.of(Path.of("/usr/bin"), Path.of("/bin"));
    private static final String PROGRAM = "taskset";

    /** The CPUs asked for, or the first two of those that this process may use. */
    static Pinning choose(List<Integer> asked) throws IOException, UsageException {
        List<Integer> allowed = ProcFiles.allowedCpus(Files.readString(OWN_STATUS));
        for (int cpu : asked) {
            if (!allowed.contains(cpu)) {
                throw new UsageException(
                        "--cpus: this process may use " + allowed + ", not " + cpu);
            }
        }
        if (PLACES.stream().noneMatch(place -> Files.isExecutable(place.resolve(PROGRAM)))) {
            return new Pinning(
                    List.of(), "there is no taskset; on Debian: apt-get install util-linux");
        }
        if (allowed.size() < 2) {
            return new Pinning(List.of(), "there is only one CPU for servers and load");
        }
        return new Pinning(asked.isEmpty() ? List.copyOf(allowed.subList(0, 2)) : asked, null);
    }

    List<String> server(List<String> command) {
        return pinned(0, command);
    }

    List<String> load(List<String> command) {
        return pinned(1, command);
    }

    /** In a session of its own, because Ctrl-C is for this process only, which ends the others. */
    private List<String> pinned(int index, List<String> command) {
        if (cpus.isEmpty()) {
            return command;
        }
        List<String> words =
                new ArrayList<>(List.of("setsid", PROGRAM, "-c", cpus.get(index).toString()));
        words.addAll(command);
        return words;
    }

    @Override
    public String toString() {
        return cpus.isEmpty()
                ? "not pinned: " + reason
                : "servers on CPU " + cpus.get(0) + ", load on CPU " + cpus.get(1);
    }
}
