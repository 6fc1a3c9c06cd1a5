// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The kernel's files, as Linux 6 writes them. */
class ProcFilesTest {
    private static final String STAT =
            """
            cpu  100 20 30 4000 50 6 7 8 0 0
            cpu0 60 10 20 2000 25 3 4 5 0 0
            cpu1 40 10 10 2000 25 3 3 3 0 0
            cpu10 1 1 1 1 1 1 1 1 0 0
            intr 123456 0 9
            ctxt 1234
            """;

    private static final String STATUS =
            """
            Name:\tjava
            VmHWM:\t  204800 kB
            VmRSS:\t  102400 kB
            Cpus_allowed:\tff
            Cpus_allowed_list:\t0,2-4,7
            """;

    private static final long TICK = 10_000_000;

    @Test
    void aSchedstatIsTimeOnACpuAndTimeInTheQueue() {
        assertEquals(new CpuTime(123_456_789, 42), ProcFiles.schedstat("123456789 42 17\n"));
        assertThrows(IllegalArgumentException.class, () -> ProcFiles.schedstat("\n"));
    }

    @Test
    void busyIsAllButIdleAndWaiting() {
        assertEquals(new MachineTime(97 * TICK, 5 * TICK), ProcFiles.stat(STAT, List.of(0)));
        assertEquals(new MachineTime(163 * TICK, 8 * TICK), ProcFiles.stat(STAT, List.of(0, 1)));
    }

    @Test
    void withoutCpusTheSumOfAllCounts() {
        assertEquals(new MachineTime(163 * TICK, 8 * TICK), ProcFiles.stat(STAT, List.of()));
    }

    @Test
    void kernelsBeforeStolenTimeHaveNone() {
        assertEquals(new MachineTime(6 * TICK, 0), ProcFiles.stat("cpu0 1 2 3 4\n", List.of(0)));
    }

    @Test
    void theResidentSetIsInKibibytes() {
        assertEquals(102_400, ProcFiles.residentKibibytes(STATUS));
        assertEquals(0, ProcFiles.residentKibibytes("Name:\tzombie\nState:\tZ (zombie)\n"));
    }

    @Test
    void allowedCpusAreNumbersAndRanges() {
        assertEquals(List.of(0, 2, 3, 4, 7), ProcFiles.allowedCpus(STATUS));
    }
}
