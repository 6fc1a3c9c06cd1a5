// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limits of the control group that this process is in, of either version; see cgroups(7).
 *
 * <p>In a container the group's path is often that of the host, while its files are mounted at the
 * top; so a file is looked for in both places.
 */
final class ControlGroup {
    private static final Path MOUNT = Path.of("sys/fs/cgroup");

    /** Version 1 says "no limit" with the largest number of whole pages. */
    private static final long NO_LIMIT = Long.MAX_VALUE >> 12 << 12;

    private final Path root;

    ControlGroup(Path root) {
        this.root = root;
    }

    List<SystemLimits.Fact> facts() {
        return List.of(
                new SystemLimits.Fact("cgroup memory", memory()),
                new SystemLimits.Fact("cgroup processors", processors()),
                new SystemLimits.Fact("cgroup tasks", limit("pids.max", "pids", "pids.max")));
    }

    private String memory() {
        String limit = limit("memory.max", "memory", "memory.limit_in_bytes");
        return Character.isDigit(limit.charAt(0)) ? limit + " bytes" : limit;
    }

    /** Both versions grant so many microseconds of time in every period. */
    private String processors() {
        String both = read("", "cpu.max");
        if (both == null) {
            String quota = read("cpu", "cpu.cfs_quota_us");
            String period = read("cpu", "cpu.cfs_period_us");
            both = quota == null || period == null ? SystemLimits.UNKNOWN : quota + " " + period;
        }
        int blank = both.indexOf(' ');
        if (blank < 0) {
            return both;
        }
        String quota = both.substring(0, blank);
        double period = Double.parseDouble(both.substring(blank));
        return isUnlimited(quota)
                ? SystemLimits.UNLIMITED
                : String.valueOf(Double.parseDouble(quota) / period);
    }

    private String limit(String fileOf2, String controllerOf1, String fileOf1) {
        String value = read("", fileOf2);
        if (value == null) {
            value = read(controllerOf1, fileOf1);
        }
        if (value == null) {
            return SystemLimits.UNKNOWN;
        }
        return isUnlimited(value) ? SystemLimits.UNLIMITED : value;
    }

    private static boolean isUnlimited(String value) {
        return value.equals("max") || value.equals("-1") || value.equals(String.valueOf(NO_LIMIT));
    }

    /** The file of this process's group; an empty controller means version 2. */
    private @Nullable String read(String controller, String file) {
        Path mount = root.resolve(MOUNT).resolve(controller);
        String value = SystemLimits.textOf(mount.resolve(path(controller)).resolve(file));
        return value == null ? SystemLimits.textOf(mount.resolve(file)) : value;
    }

    /** Where in the hierarchy of a controller this process is, without the leading slash. */
    private String path(String controller) {
        String groups = SystemLimits.textOf(root.resolve("proc/self/cgroup"));
        for (String line : groups == null ? List.<String>of() : groups.lines().toList()) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && List.of(fields[1].split(",")).contains(controller)) {
                return fields[2].substring(1);
            }
        }
        return "";
    }
}
