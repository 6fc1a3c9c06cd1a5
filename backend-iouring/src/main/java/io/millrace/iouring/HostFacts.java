// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What this machine says about itself where io_uring depends on it, for explanations only: whether
 * a ring works is found out by making one.
 *
 * @param kernelRelease such as {@code 6.1.0-18-amd64}
 * @param disabled the sysctl kernel.io_uring_disabled: {@code 0} for everybody, {@code 1} for the
 *     privileged and io_uring_group, {@code 2} for nobody; {@code absent} on kernels without it
 * @param seccompFilter whether a seccomp filter watches this thread's system calls
 * @param unlimitedMemlock whether CAP_IPC_LOCK lifts the limit on locked memory
 * @param memlockSoft the limit on locked memory as the kernel prints it, in bytes or {@code
 *     unlimited}
 * @param memlockHard how far it may be raised
 */
record HostFacts(
        String kernelRelease,
        String disabled,
        boolean seccompFilter,
        boolean unlimitedMemlock,
        String memlockSoft,
        String memlockHard) {

    static final String ABSENT = "absent";

    private static final String UNKNOWN = "unknown";
    private static final int CAP_IPC_LOCK = 14;

    /** Reads them from the proc file system, see proc(5). What cannot be read is unknown. */
    static HostFacts read(Path proc) {
        List<String> status = lines(proc.resolve("thread-self/status"));
        String[] memlock = memlockColumns(lines(proc.resolve("self/limits")));
        return new HostFacts(
                line(proc.resolve("sys/kernel/osrelease")).orElse(UNKNOWN),
                line(proc.resolve("sys/kernel/io_uring_disabled")).orElse(ABSENT),
                field(status, "Seccomp:").equals("2"),
                hasCapability(field(status, "CapEff:"), CAP_IPC_LOCK),
                memlock[0],
                memlock[1]);
    }

    /** The limit on locked memory, for people. */
    String memlock() {
        return unlimitedMemlock
                ? "unlimited (CAP_IPC_LOCK)"
                : memlockSoft + " bytes (hard limit " + memlockHard + ")";
    }

    private static boolean hasCapability(String hexadecimalSet, int capability) {
        return !hexadecimalSet.equals(UNKNOWN)
                && (Long.parseUnsignedLong(hexadecimalSet, 16) >>> capability & 1) != 0;
    }

    private static String[] memlockColumns(List<String> limits) {
        String name = "Max locked memory";
        return limits.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip().split("\\s+", 0))
                .filter(columns -> columns.length >= 2)
                .findFirst()
                .orElse(new String[] {UNKNOWN, UNKNOWN});
    }

    private static String field(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()).strip())
                .findFirst()
                .orElse(UNKNOWN);
    }

    private static Optional<String> line(Path file) {
        return lines(file).stream().findFirst().map(String::strip);
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
