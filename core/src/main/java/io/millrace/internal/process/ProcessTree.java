// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.spi.Code;
import io.millrace.spi.Spawner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A process and all that it has started. Asks the system, so not on a loop's thread. */
final class ProcessTree {
    /** A tree that grows faster than it is stopped is not found whole. */
    private static final int MOST_ROUNDS = 32;

    private final Spawner spawner;
    private final int root;

    ProcessTree(Spawner spawner, int root) {
        this.spawner = spawner;
        this.root = root;
    }

    /** Stops all, so that none starts others meanwhile, and signals them. Answers how many. */
    int kill(int signal) {
        int stop = spawner.numberOf("STOP");
        spawner.kill(root, stop);
        Map<Long, ProcessHandle> found = new LinkedHashMap<>();
        boolean more = true;
        for (int round = 0; more && round < MOST_ROUNDS; round++) {
            more = false;
            for (ProcessHandle each : descendants()) {
                if (found.putIfAbsent(each.pid(), each) == null) {
                    spawner.kill((int) each.pid(), stop);
                    more = true;
                }
            }
        }
        int count = send(root, signal) ? 1 : 0;
        for (ProcessHandle each : found.values()) {
            if (each.isAlive() && send((int) each.pid(), signal)) {
                count++;
            }
        }
        return count;
    }

    private List<ProcessHandle> descendants() {
        return ProcessHandle.of(root).map(each -> each.descendants().toList()).orElse(List.of());
    }

    private boolean send(int pid, int signal) {
        boolean sent = spawner.kill(pid, signal) == Code.OK;
        spawner.kill(pid, spawner.numberOf("CONT"));
        return sent;
    }
}
