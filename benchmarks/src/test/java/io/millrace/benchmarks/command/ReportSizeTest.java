// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.benchmarks.CpuProfiler;
import io.millrace.benchmarks.LatencyProfiler;
import io.millrace.benchmarks.paired.Turn;
import io.millrace.benchmarks.report.Measurement;
import io.millrace.benchmarks.report.Report;
import io.millrace.benchmarks.report.ReportDirectory;
import io.millrace.benchmarks.report.Section;
import io.millrace.benchmarks.server.ServerKinds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full run is small enough to be kept with the sources, page and figures alike. */
class ReportSizeTest {
    private static final long LIMIT = 1_000_000;
    private static final int SERIES = 2;
    private static final int ROUNDS = 18;

    @TempDir private Path directory;
    private final Random random = new Random(1);

    @Test
    void aFullReportIsBelowOneMegabyte() throws Exception {
        List<String> subjects = new ArrayList<>();
        ServerKinds.all().forEach(kind -> subjects.add(kind.name()));
        Map<String, List<Measurement>> chapters = new LinkedHashMap<>();
        for (Suite.Entry entry : Suite.full()) {
            chapters.computeIfAbsent(entry.chapter(), title -> new ArrayList<>())
                    .addAll(measured(entry, subjects));
        }
        List<Section> sections = new ArrayList<>();
        chapters.forEach(
                (title, bars) ->
                        sections.add(
                                new Section(
                                        Findings.SOURCE, title, Suite.text(title), "nio", bars)));

        new ReportDirectory(directory).write(Report.EMPTY.replacing(Findings.SOURCE, sections));

        for (String name : List.of("index.html", "report.json")) {
            long size = Files.size(directory.resolve(name));
            assertTrue(size < LIMIT, name + " has " + size + " B");
        }
    }

    private List<Measurement> measured(Suite.Entry entry, List<String> all) {
        boolean servers = entry.topic().subjects() == Subjects.SERVERS;
        List<String> subjects = new ArrayList<>(servers ? all : all.subList(0, 8));
        if (entry.checked()) {
            subjects.add("nio" + ServerKinds.AGAIN);
        }
        List<Piece> pieces = new ArrayList<>();
        Map<String, List<List<Turn>>> rounds = new LinkedHashMap<>();
        for (String subject : subjects) {
            pieces.add(new Piece(entry.chapter(), entry.topic(), entry.parameters(), subject));
            List<List<Turn>> series = new ArrayList<>();
            for (int i = 0; i < SERIES; i++) {
                List<Turn> turns = new ArrayList<>();
                for (int round = 0; round < ROUNDS; round++) {
                    turns.add(turn(entry.topic()));
                }
                series.add(turns);
            }
            rounds.put(subject, series);
        }
        List<Measurement> bars = new ArrayList<>();
        Scores.of(new Chart(pieces, entry.timing()), rounds).values().forEach(bars::addAll);
        return bars;
    }

    private Turn turn(Topic topic) {
        Map<String, Double> values = new LinkedHashMap<>();
        List<String> names =
                topic.latencies()
                        ? List.of(
                                Turn.PRIMARY,
                                CpuProfiler.SERVER,
                                LatencyProfiler.LABEL + Turn.MEDIAN,
                                LatencyProfiler.LABEL + Turn.TAIL)
                        : List.of(Turn.PRIMARY, CpuProfiler.SERVER, CpuProfiler.ALL);
        names.forEach(name -> values.put(name, 1e4 * (1 + random.nextDouble())));
        return new Turn(values);
    }
}
