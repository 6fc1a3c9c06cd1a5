// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.benchmarks.cpu.CpuTime;
import io.millrace.benchmarks.cpu.MachineTime;
import io.millrace.benchmarks.cpu.Usage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Ratios are those of each repetition, and whoever failed has none. */
class ResultsTest {
    private static final Shape SHAPE = new Shape(64, 64, 1);
    private static final int REQUESTS = 1000;

    private final Results results =
            new Results(
                    Protocol.ECHO,
                    List.of(
                            candidate("base", 1000),
                            candidate("other", 10),
                            Candidate.unusable("absent", "", "there is no such kernel")),
                    List.of(SHAPE));

    private static Candidate candidate(String name, int mostConnections) {
        return new Candidate(name, "", List.of(name), mostConnections, null);
    }

    @Test
    void ratiosPairTheMeansOfBothLegsOfARepetition() {
        add("base", 1, 4, 6);
        add("other", 1, 9, 11);
        add("base", 2, 10, 10);
        add("other", 2, 5, 5);
        add("other", 3, 7, 7);

        assertEquals(
                Map.of(1, 5.0, 2, 10.0),
                results.figures("base", SHAPE, sample -> sample.window().cpuMicrosPerRequest()));
        assertEquals(
                List.of(2.0, 0.5),
                results.ratios(
                        "other", "base", SHAPE, sample -> sample.window().cpuMicrosPerRequest()));
    }

    @Test
    void whoFailsLosesItsFigures() {
        add("base", 1, 4, 6);
        add("other", 1, 9, 11);

        results.fail("base", "it lost a byte");

        assertEquals(List.of("other"), results.measured(SHAPE));
        String table = ResultTable.of(results);
        assertTrue(table.contains("\nother "), table);
        assertTrue(table.contains("out: base: it lost a byte\n"), table);
        assertTrue(table.contains("not run: absent: there is no such kernel\n"), table);
        assertTrue(table.contains("not run with 64/64/1: other: it serves at most 10\n"), table);
    }

    @Test
    void nothingCountsAfterAnInterruption() {
        add("base", 1, 4, 6);
        results.freeze();

        results.fail("base", "it was ended");
        add("other", 1, 9, 11);

        assertEquals(2, results.samples().size());
        assertEquals(Map.of(), results.failures());
    }

    @Test
    void othersOnTheCpusDisturb() {
        long second = 1_000_000_000;
        CpuTime half = new CpuTime(second / 2, 0);
        assertFalse(window(half, new MachineTime(second, 0)).disturbed());
        assertTrue(window(half, new MachineTime(second * 12 / 10, 0)).disturbed());
        assertTrue(window(half, new MachineTime(second, second / 10)).disturbed());
        assertTrue(
                window(new CpuTime(second / 2, second / 10), new MachineTime(second, 0))
                        .disturbed());
    }

    private static Window window(CpuTime server, MachineTime machine) {
        CpuTime client = new CpuTime(500_000_000, 0);
        return new Window(
                new Usage(1_000_000_000, server, client, machine), REQUESTS, null, 1, 2, 3);
    }

    private void add(String server, int repetition, double... cpuMicrosOfLegs) {
        for (int leg = 0; leg < cpuMicrosOfLegs.length; leg++) {
            CpuTime time = new CpuTime((long) (cpuMicrosOfLegs[leg] * 1000 * REQUESTS), 0);
            Window window = window(time, new MachineTime(0, 0));
            results.add(new Sample(server, SHAPE, repetition, leg + 1, 1, window, 2048));
        }
    }
}
