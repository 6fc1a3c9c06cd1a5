// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The CPU time of every thread of some processes at one moment. Kept apart by thread, because one
 * that ends takes its time along: of two sums the later could be the smaller.
 */
final class ThreadTimes {
    private final Map<Path, CpuTime> times = new HashMap<>();

    private ThreadTimes() {}

    static ThreadTimes of(Iterable<Long> processes) {
        ThreadTimes all = new ThreadTimes();
        for (long process : processes) {
            all.read(Path.of("/proc", Long.toString(process), "task"));
        }
        return all;
    }

    /** Of those that are still there; what one that has ended used since then is lost. */
    CpuTime since(ThreadTimes before) {
        CpuTime sum = CpuTime.ZERO;
        for (Map.Entry<Path, CpuTime> thread : times.entrySet()) {
            CpuTime then = before.times.getOrDefault(thread.getKey(), CpuTime.ZERO);
            sum = sum.plus(thread.getValue().minus(then));
        }
        return sum;
    }

    private void read(Path tasks) {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                times.put(thread, ProcFiles.schedstat(read(thread, "schedstat")));
            }
        } catch (IOException | DirectoryIteratorException e) {
            // The process has just ended, which shows on its connections.
        }
    }

    private static String read(Path thread, String file) {
        try {
            return Files.readString(thread.resolve(file));
        } catch (IOException e) {
            return "0 0"; // The thread has just ended.
        }
    }
}
