// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.cpu;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The CPU time of every thread of some processes at one moment. Kept apart by thread, because one
 * that ends takes its time along: of two sums the later could be the smaller.
 *
 * <p>Threads of the kernel's that work for a process are among its own, as those of io_uring are.
 * Compilers of a virtual machine are left out: what they do belongs to no operation.
 */
final class ThreadTimes {
    private static final String COMPILER = "C[12] Compiler.*";

    /** Of threads seen before, for names do not change. */
    private static final Map<Path, Boolean> COMPILERS = new ConcurrentHashMap<>();

    private final Map<Object, CpuTime> times = new HashMap<>();

    private ThreadTimes() {}

    /** Of whole processes. */
    static ThreadTimes of(Iterable<Long> processes) {
        ThreadTimes all = new ThreadTimes();
        for (long process : processes) {
            all.read(
                    Path.of("/proc", Long.toString(process), "task"),
                    thread -> !isCompiler(thread));
        }
        return all;
    }

    /** Of those threads of this process that are, or are not, the load's. */
    static ThreadTimes ofThisProcess(boolean load) {
        ThreadTimes all = new ThreadTimes();
        if (LoadThreads.areTasks()) {
            all.read(
                    LoadThreads.TASKS,
                    thread ->
                            LoadThreads.areNoted(thread.getFileName().toString()) == load
                                    && !isCompiler(thread));
        } else {
            all.readBean(load);
        }
        return all;
    }

    /** Of the compilers of this process; of nothing where there is no /proc. */
    static ThreadTimes ofCompilers() {
        ThreadTimes all = new ThreadTimes();
        if (LoadThreads.areTasks()) {
            all.read(LoadThreads.TASKS, ThreadTimes::isCompiler);
        }
        return all;
    }

    /** These and those. */
    ThreadTimes with(ThreadTimes others) {
        times.putAll(others.times);
        return this;
    }

    /** Of those that are still there; what one that has ended used since then is lost. */
    CpuTime since(ThreadTimes before) {
        CpuTime sum = CpuTime.ZERO;
        for (Map.Entry<Object, CpuTime> thread : times.entrySet()) {
            CpuTime then = before.times.getOrDefault(thread.getKey(), CpuTime.ZERO);
            sum = sum.plus(thread.getValue().minus(then));
        }
        return sum;
    }

    private void read(Path tasks, Predicate<Path> wanted) {
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
            for (Path thread : threads) {
                if (wanted.test(thread)) {
                    times.put(thread, ProcFiles.schedstat(read(thread, "schedstat", "0 0")));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // The process has just ended, which shows on its connections.
        }
    }

    /** Where there is no /proc: Java's threads only, and not how long they waited for a CPU. */
    private void readBean(boolean load) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        if (!threads.isThreadCpuTimeSupported()) {
            return;
        }
        for (long thread : threads.getAllThreadIds()) {
            long nanos = threads.getThreadCpuTime(thread);
            if (nanos >= 0 && LoadThreads.areNoted(thread) == load) {
                times.put(thread, new CpuTime(nanos, 0));
            }
        }
    }

    private static boolean isCompiler(Path thread) {
        return COMPILERS.computeIfAbsent(
                thread, unseen -> read(unseen, "comm", "").strip().matches(COMPILER));
    }

    private static String read(Path thread, String file, String otherwise) {
        try {
            return Files.readString(thread.resolve(file));
        } catch (IOException e) {
            return otherwise; // The thread has just ended.
        }
    }
}
