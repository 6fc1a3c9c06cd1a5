// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.cpu;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Reads the text of files in {@code /proc}, as proc(5) describes it. */
public final class ProcFiles {
    /** User, nice, system, then idle and I/O wait, then interrupt, soft interrupt, stolen. */
    private static final int USER = 1;

    private static final int SYSTEM = 3;
    private static final int INTERRUPT = 6;
    private static final int SOFT_INTERRUPT = 7;
    private static final int STOLEN = 8;

    /** Of {@code USER_HZ}, which is the same on every architecture that runs a JVM. */
    private static final long NANOS_PER_TICK = 10_000_000;

    private ProcFiles() {}

    /** {@code /proc/PID/task/TID/schedstat}. */
    static CpuTime schedstat(String text) {
        String[] fields = text.strip().split("\\s+", -1);
        if (fields.length < 2) {
            throw new IllegalArgumentException("not a schedstat: " + text);
        }
        return new CpuTime(Long.parseLong(fields[0]), Long.parseLong(fields[1]));
    }

    /** What some CPUs have been doing, from {@code /proc/stat}; all CPUs if none is named. */
    static MachineTime stat(String text, Collection<Integer> cpus) {
        long busy = 0;
        long stolen = 0;
        for (String line : text.lines().toList()) {
            String[] fields = line.strip().split("\\s+", -1);
            if (!isOneOf(cpus, fields[0])) {
                continue;
            }
            for (int i = USER; i < fields.length && i <= SOFT_INTERRUPT; i++) {
                if (i <= SYSTEM || i >= INTERRUPT) {
                    busy += Long.parseLong(fields[i]);
                }
            }
            if (fields.length > STOLEN) {
                stolen += Long.parseLong(fields[STOLEN]);
            }
        }
        return new MachineTime(busy * NANOS_PER_TICK, stolen * NANOS_PER_TICK);
    }

    private static boolean isOneOf(Collection<Integer> cpus, String name) {
        if (cpus.isEmpty()) {
            return name.equals("cpu");
        }
        return name.matches("cpu\\d+") && cpus.contains(Integer.parseInt(name.substring(3)));
    }

    /** The resident set from {@code /proc/PID/status}; zero for a process that has ended. */
    public static long residentKibibytes(String status) {
        String value = value(status, "VmRSS");
        return value.isEmpty() ? 0 : Long.parseLong(value.split("\\s+", 2)[0]);
    }

    /** The CPUs that a process may use, from {@code /proc/PID/status}, in order. */
    public static List<Integer> allowedCpus(String status) {
        List<Integer> cpus = new ArrayList<>();
        for (String range : value(status, "Cpus_allowed_list").split(",", -1)) {
            if (range.isBlank()) {
                continue;
            }
            String[] ends = range.strip().split("-", 2);
            int last = Integer.parseInt(ends[ends.length - 1]);
            for (int cpu = Integer.parseInt(ends[0]); cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }

    /** What follows {@code name:}, or nothing. */
    static String value(String text, String name) {
        return text.lines()
                .filter(line -> line.split(":", 2)[0].strip().equals(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }
}
