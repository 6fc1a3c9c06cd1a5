// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.spi.Code;
import io.millrace.spi.Spawner;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;

/** A system whose processes only have numbers, and end when a test says so. Any thread. */
final class RecordingSpawner implements Spawner {
    private static final Map<String, Integer> SIGNALS = Map.of("KILL", 9, "CONT", 18, "STOP", 19);

    /** What each process was sent last. */
    final Map<Integer, Integer> signals = new HashMap<>();

    final LinkedBlockingQueue<Integer> reaped = new LinkedBlockingQueue<>();
    private final Set<Integer> ended = new HashSet<>();

    /** How many looks lack memory. */
    private int scarce;

    synchronized void lackMemory(int looks) {
        scarce = looks;
    }

    synchronized void end(int pid) {
        ended.add(pid);
    }

    @Override
    public int spawn(Plan plan) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int open(Path path, char mode) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int endDescriptor(int pid) {
        return Code.NOT_SUPPORTED;
    }

    @Override
    public synchronized void awaitEnd(int pid) {
        ensureMemory();
        if (!ended.contains(pid)) {
            throw new IllegalStateException(pid + " has not ended, and nobody waits here");
        }
    }

    private void ensureMemory() {
        if (scarce > 0) {
            scarce--;
            throw new OutOfMemoryError("thrown on purpose");
        }
    }

    @Override
    public synchronized long reap(int pid) {
        ensureMemory();
        if (!ended.remove(pid)) {
            return RUNS;
        }
        reaped.add(pid);
        return 0;
    }

    @Override
    public synchronized int kill(int pid, int signal) {
        signals.put(pid, signal);
        return Code.OK;
    }

    @Override
    public int numberOf(String signal) {
        return SIGNALS.getOrDefault(signal, 0);
    }

    @Override
    public String nameOf(int signal) {
        return String.valueOf(signal);
    }
}
