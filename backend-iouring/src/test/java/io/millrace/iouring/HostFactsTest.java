// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads made-up proc files, as kernels print them. */
class HostFactsTest {
    @TempDir Path proc;

    @Test
    void readsWhatTheKernelPrints() throws IOException {
        write("sys/kernel/osrelease", "6.1.0-18-amd64\n");
        write("sys/kernel/io_uring_disabled", "1\n");
        write("thread-self/status", "Name:\tjava\nCapEff:\t0000000000004000\nSeccomp:\t2\n");
        write(
                "self/limits",
                """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             95974                95974                processes
                Max locked memory         65536                unlimited            bytes
                """);
        assertEquals(
                new HostFacts("6.1.0-18-amd64", "1", true, true, "65536", "unlimited"),
                HostFacts.read(proc));
    }

    @Test
    void aCapabilitySetWithoutTheOneLiftsNoLimit() throws IOException {
        write("thread-self/status", "CapEff:\tffffffffffffbfff\nSeccomp:\t0\n");
        HostFacts facts = HostFacts.read(proc);
        assertFalse(facts.unlimitedMemlock());
        assertFalse(facts.seccompFilter());
    }

    @Test
    void whatCannotBeReadIsUnknown() {
        assertEquals(
                new HostFacts("unknown", HostFacts.ABSENT, false, false, "unknown", "unknown"),
                HostFacts.read(proc.resolve("missing")));
    }

    private void write(String name, String text) throws IOException {
        Path file = proc.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
