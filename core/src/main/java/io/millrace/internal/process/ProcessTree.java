// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.process;

import io.millrace.spi.Code;
import io.millrace.spi.Spawner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process and all that it has started. Asks the system, so not on a loop's thread.
 *
 * <p>SIGSTOP does not reach a process in the middle of fork(2), which ends first: kill(2) has long
 * returned then, and what was listed meanwhile lacks the new child. So a list counts only when all
 * that were known before it stand still.
 */
final class ProcessTree {
    /** A tree that grows faster than it is stopped is not found whole. */
    private static final int MOST_ROUNDS = 32;

    /**
     * How long to wait in all for those that do not stand: one that hangs in the kernel, or has
     * called vfork(2) and waits for a child that was stopped, never will.
     */
    private static final long MOST_WAITING_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final Spawner spawner;
    private final int root;
    private final Processes processes;

    /** What the system says of its processes. */
    interface Processes {
        /** All that a process has started, and those, as far as they have kept their parents. */
        List<ProcessHandle> descendants(int root);

        /** Whether it is stopped with all its threads, or has ended. */
        boolean isStill(int pid);
    }

    ProcessTree(Spawner spawner, int root) {
        this(spawner, root, new SystemProcesses());
    }

    ProcessTree(Spawner spawner, int root, Processes processes) {
        this.spawner = spawner;
        this.root = root;
        this.processes = processes;
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
        long start = System.nanoTime();
        spawner.kill(root, stop);
        List<Integer> fresh = List.of(root);
        for (int round = 0; !fresh.isEmpty() && round < MOST_ROUNDS; round++) {
            awaitStill(fresh, start);
            fresh = new ArrayList<>();
            for (ProcessHandle each : processes.descendants(root)) {
                if (found.putIfAbsent(each.pid(), each) == null) {
                    spawner.kill((int) each.pid(), stop);
                    fresh.add((int) each.pid());
                }
            }
        }
    }

    private void awaitStill(List<Integer> stopped, long start) {
        List<Integer> moving = new ArrayList<>(stopped);
        moving.removeIf(processes::isStill);
        while (!moving.isEmpty() && System.nanoTime() - start < MOST_WAITING_NANOS) {
            LockSupport.parkNanos(PAUSE_NANOS);
            moving.removeIf(processes::isStill);
        }
    }

    private boolean send(int pid, int signal) {
        boolean sent = spawner.kill(pid, signal) == Code.OK;
        spawner.kill(pid, spawner.numberOf("CONT"));
        return sent;
    }

    /** By /proc, and where there is none by the time that a fork(2) should take at most. */
    private static final class SystemProcesses implements Processes {
        private static final Path PROC = Path.of("/proc");
        private static final long LONGEST_FORK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

        /** When it was asked first of each, where there is no /proc. */
        private final Map<Integer, Long> asked = new HashMap<>();

        @Override
        public List<ProcessHandle> descendants(int root) {
            return ProcessHandle.of(root)
                    .map(each -> each.descendants().toList())
                    .orElse(List.of());
        }

        @Override
        public boolean isStill(int pid) {
            if (!Files.exists(PROC.resolve("self/stat"))) {
                long now = System.nanoTime();
                return now - asked.computeIfAbsent(pid, first -> now) >= LONGEST_FORK_NANOS;
            }
            Path threads = PROC.resolve(pid + "/task");
            try (DirectoryStream<Path> each = Files.newDirectoryStream(threads)) {
                for (Path thread : each) {
                    if (!isStill(thread.resolve("stat"))) {
                        return false;
                    }
                }
                return true;
            } catch (NoSuchFileException | NotDirectoryException ended) {
                return true;
            } catch (IOException | RuntimeException unknown) {
                // For want of descriptors, say, of which the list will speak.
                return false;
            }
        }

        private static boolean isStill(Path stat) throws IOException {
            String line;
            try {
                line = new String(Files.readAllBytes(stat), StandardCharsets.ISO_8859_1);
            } catch (NoSuchFileException ended) {
                return true;
            } catch (FileSystemException notOpened) {
                throw notOpened;
            } catch (IOException endedSinceItWasOpened) {
                return true;
            }
            // "number (name) state ...", where the name may hold anything.
            int state = line.lastIndexOf(')') + 2;
            return state >= line.length() || "TtZXx".indexOf(line.charAt(state)) >= 0;
        }
    }
}
