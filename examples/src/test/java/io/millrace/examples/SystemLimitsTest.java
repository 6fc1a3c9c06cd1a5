// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Limits as Linux writes them, in a file system of the test's own. */
class SystemLimitsTest {
    @TempDir private Path root;

    @Test
    void readsLimits() throws Exception {
        file(
                "proc/self/limits",
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max open files            1024                 524288               files
                Max locked memory         unlimited            unlimited            bytes
                """);
        file("proc/sys/net/core/somaxconn", "128\n");
        file("proc/sys/kernel/io_uring_disabled", "2\n");
        file("proc/self/status", "Name:\tjava\nSeccomp:\t2\nSeccomp_filters:\t1\n");

        Map<String, String> facts = facts();

        assertEquals("1024 of at most 524288", facts.get("open files"));
        assertEquals("unlimited of at most unlimited bytes", facts.get("locked memory"));
        assertEquals("128", facts.get("somaxconn"));
        assertEquals("2, allowed to nobody", facts.get("io_uring_disabled"));
        assertEquals("2, a filter, which may refuse io_uring", facts.get("seccomp"));
    }

    @Test
    void advisesOnlyWhereSomethingIsLow() throws Exception {
        assertEquals(0, advice());
        file("proc/self/limits", "Max open files            1024   1048576   files\n");
        file("proc/sys/net/core/somaxconn", "128\n");
        assertEquals(2, advice());
        file("proc/self/limits", "Max open files            unlimited   unlimited   files\n");
        file("proc/sys/net/core/somaxconn", "4096\n");
        assertEquals(0, advice());
    }

    @Test
    void saysUnknownWhereThereIsNothing() {
        Map<String, String> facts = facts();

        assertEquals("unknown", facts.get("open files"));
        assertEquals("unknown", facts.get("somaxconn"));
        assertEquals("unknown", facts.get("seccomp"));
        assertEquals("unknown", facts.get("cgroup memory"));
        assertEquals("unknown", facts.get("cgroup processors"));
    }

    @Test
    void readsVersionTwoOfControlGroups() throws Exception {
        file("proc/self/cgroup", "0::/a/b\n");
        file("sys/fs/cgroup/a/b/memory.max", "1048576\n");
        file("sys/fs/cgroup/a/b/cpu.max", "150000 100000\n");
        file("sys/fs/cgroup/a/b/pids.max", "max\n");

        Map<String, String> facts = facts();

        assertEquals("1048576 bytes", facts.get("cgroup memory"));
        assertEquals("1.5", facts.get("cgroup processors"));
        assertEquals("unlimited", facts.get("cgroup tasks"));
    }

    @Test
    void readsVersionTwoMountedAtTheTopAsInContainers() throws Exception {
        file("proc/self/cgroup", "0::/docker/0123\n");
        file("sys/fs/cgroup/memory.max", "max\n");
        file("sys/fs/cgroup/cpu.max", "max 100000\n");

        assertEquals("unlimited", facts().get("cgroup memory"));
        assertEquals("unlimited", facts().get("cgroup processors"));
    }

    @Test
    void readsVersionOneOfControlGroups() throws Exception {
        file("proc/self/cgroup", "4:memory:/a\n2:cpu,cpuacct:/b\n1:pids:/\n");
        file("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "9223372036854771712\n");
        file("sys/fs/cgroup/cpu/b/cpu.cfs_quota_us", "50000\n");
        file("sys/fs/cgroup/cpu/b/cpu.cfs_period_us", "100000\n");
        file("sys/fs/cgroup/pids/pids.max", "512\n");

        Map<String, String> facts = facts();

        assertEquals("unlimited", facts.get("cgroup memory"));
        assertEquals("0.5", facts.get("cgroup processors"));
        assertEquals("512", facts.get("cgroup tasks"));
    }

    /** Of such a file, whoever begins with one byte gets only that. */
    @Test
    @EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux has /proc")
    void readsFilesOfProcSysWhole() throws Exception {
        Path file = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

        String text = SystemLimits.textOf(file);

        assertTrue(text != null && text.matches("\\d+\\s+\\d+"), "read: " + text);
    }

    private void file(String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private Map<String, String> facts() {
        return new SystemLimits(root)
                .facts().stream()
                        .collect(
                                Collectors.toMap(
                                        SystemLimits.Fact::name, SystemLimits.Fact::value));
    }

    private long advice() {
        return new SystemLimits(root)
                .facts().stream().filter(fact -> !fact.advice().isEmpty()).count();
    }
}
