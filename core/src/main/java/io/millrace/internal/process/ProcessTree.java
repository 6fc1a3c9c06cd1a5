// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.spi.Code;
import io.millrace.spi.Spawner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** A process and all that it has started. Asks the system, so not on a loop's thread. */
final class ProcessTree {
    /** A tree that grows faster than it is stopped is not found whole. */
    private static final int MOST_ROUNDS = 32;

    private final Spawner spawner;
    private final int root;
    private final IntFunction<List<ProcessHandle>> lister;

    ProcessTree(Spawner spawner, int root) {
        this(spawner, root, ProcessTree::descendants);
    }

    /** With what lists all that a process has started. */
    ProcessTree(Spawner spawner, int root, IntFunction<List<ProcessHandle>> lister) {
        this.spawner = spawner;
        this.root = root;
        this.lister = lister;
    }

    /** Stops all, so that none starts others meanwhile, and signals them. Answers how many. */
    int kill(int signal) {
        Map<Long, ProcessHandle> found = new LinkedHashMap<>();
        boolean isRootSignalled = false;
        int count = 0;
        try {
            stopAll(found);
        } finally {
            // Even if no more can be found, for want of descriptors say: none may stay stopped.
            isRootSignalled = send(root, signal);
            for (ProcessHandle each : found.values()) {
                int pid = (int) each.pid();
                if (each.isAlive() && spawner.kill(pid, signal) == Code.OK) {
                    count++;
                }
                // The same want makes a live one look dead.
                spawner.kill(pid, spawner.numberOf("CONT"));
            }
        }
        return isRootSignalled ? count + 1 : count;
    }

    private void stopAll(Map<Long, ProcessHandle> found) {
        int stop = spawner.numberOf("STOP");
        spawner.kill(root, stop);
        boolean more = true;
        for (int round = 0; more && round < MOST_ROUNDS; round++) {
            more = false;
            for (ProcessHandle each : lister.apply(root)) {
                if (found.putIfAbsent(each.pid(), each) == null) {
                    spawner.kill((int) each.pid(), stop);
                    more = true;
                }
            }
        }
    }

    private static List<ProcessHandle> descendants(int root) {
        return ProcessHandle.of(root).map(each -> each.descendants().toList()).orElse(List.of());
    }

    private boolean send(int pid, int signal) {
        boolean sent = spawner.kill(pid, signal) == Code.OK;
        spawner.kill(pid, spawner.numberOf("CONT"));
        return sent;
    }
}
