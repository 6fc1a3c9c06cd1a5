// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.benchmarks.file.FileKind;
import io.millrace.benchmarks.plain.VirtualThreads;
import io.millrace.benchmarks.statistics.Interval;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the bench of files and children says of its windows, and that its subjects work. */
class SystemBenchTest {
    private static final double MOMENT = 0.01;

    @TempDir Path directory;

    private Path file() throws IOException {
        return Files.write(directory.resolve("blocks"), new byte[64 * BlockReads.BYTES]);
    }

    @ParameterizedTest
    @EnumSource
    void everyOperationEnds(BlockReads.Kind kind) throws Exception {
        try (SystemWorker.Work work =
                SystemWorker.work("blocks", "nio", kind.name(), file().toString(), "cached")) {
            Window window = SystemWorker.window(work, MOMENT);
            assertTrue(window.operations() >= BlockReads.IN_FLIGHT, window.toLine());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"EPOLL", "CHANNEL", "CHANNELS"})
    void everyThreadReads(ThreadReads.Way way) throws Exception {
        assumeTrue(VirtualThreads.refusal() == null, VirtualThreads::refusal);
        assumeTrue(FileKind.usableNames().contains("epoll"), "no epoll here");
        try (SystemWorker.Work work =
                SystemWorker.work("threads", way.name(), file().toString(), "COLD")) {
            assertTrue(SystemWorker.window(work, MOMENT).operations() > 0);
        }
    }

    @Test
    void aReportOfFioIsUnderstood() throws IOException {
        Window window =
                Fio.window(
                        "fio: a warning\n{\"jobs\": [{\"read\": {\"total_ios\": 2000,"
                                + " \"runtime\": 500}, \"usr_cpu\": 10.5, \"sys_cpu\": 29.5}]}");
        assertEquals(new Window(2000, 500_000_000, 200_000_000, 0), window);
        assertEquals(4000, window.perSecond());
        assertEquals(100_000, window.cpuNanosEach());
    }

    @Test
    void whatIsNoReportIsRefused() {
        for (String said : new String[] {"", "{}", "{\"jobs\": []}", "no such engine"}) {
            assertThrows(IOException.class, () -> Fio.window(said), said);
        }
        assertThrows(IOException.class, () -> Window.parse("0 1 1 0"));
        assertThrows(IOException.class, () -> Window.parse("1 2"));
    }

    @Test
    void aLimitHoldsWhereTheWholeIntervalKeepsIt() {
        Limit most = Limit.most(1.2);
        assertEquals("at most 1.20: holds", most.verdict(new Interval(1, 1.1, 1.2)));
        assertEquals("at most 1.20: missed", most.verdict(new Interval(1.3, 1.4, 1.5)));
        assertEquals(
                "at most 1.20: holds by the median, not by the interval",
                most.verdict(new Interval(1, 1.1, 1.3)));
        assertEquals("at least 2.00: holds", Limit.least(2).verdict(new Interval(2, 3, 4)));
        assertEquals("at least 2.00: missed", Limit.least(2).verdict(new Interval(1, 1, 1.9)));
    }

    @Test
    void aRatioIsOfRepetitionsAndNotOfMeans() {
        Turns turns = new Turns();
        for (int i = 1; i <= 8; i++) {
            // The machine becomes slower, and a subject has twice the rate of the other all along.
            turns.add("a", new Window(2000, i * 100, 0, 0));
            turns.add("b", new Window(1000, i * 100, 0, 0));
            turns.add("b", new Window(1000, i * 100, 0, 0));
            turns.add("a", new Window(2000, i * 100, 0, 0));
        }
        Interval ratio = turns.ratio("a", "b", Window::perSecond);
        assertEquals(2, ratio.low(), 1e-9);
        assertEquals(2, ratio.high(), 1e-9);
    }
}
