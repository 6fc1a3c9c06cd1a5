// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The threads of this process that make the load. What all others use is the server's. Any thread.
 */
public final class LoadThreads {
    static final Path TASKS = Path.of("/proc/self/task");
    private static final Path OWN = Path.of("/proc/thread-self");

    private static final Set<String> NATIVE = ConcurrentHashMap.newKeySet();
    private static final Set<Long> JAVA = ConcurrentHashMap.newKeySet();

    private LoadThreads() {}

    /** The calling thread is one of them. */
    public static void add() {
        if (JAVA.add(Thread.currentThread().getId()) && areTasks()) {
            try {
                NATIVE.add(OWN.toRealPath().getFileName().toString());
            } catch (IOException e) {
                throw new IllegalStateException("the kernel does not name the own thread", e);
            }
        }
    }

    /** From now on there are none. */
    public static void clear() {
        JAVA.clear();
        NATIVE.clear();
    }

    /** Whether the kernel accounts for threads as files. */
    static boolean areTasks() {
        return Files.exists(OWN);
    }

    static boolean areNoted(String task) {
        return NATIVE.contains(task);
    }

    static boolean areNoted(long thread) {
        return JAVA.contains(thread);
    }
}
