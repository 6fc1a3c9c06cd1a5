// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.benchmarks.statistics.Rounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A report outlives its process, and sources of figures do not disturb each other. */
class ReportDirectoryTest {
    private static final Figure FIGURE =
            new Figure("Quantity", "", "µs", Direction.LOWER_IS_BETTER);

    @TempDir private Path directory;

    @Test
    void whatWasWrittenIsRead() throws Exception {
        Report report =
                new Report(
                        new Status(true, false, "Complete", List.of("It was quiet.")),
                        List.of(new Answer("this", "that", "")),
                        List.of(new Facts("Machine", List.of(new Fact("a", "b")))),
                        List.of(section("jmh", "One"), section("processes", "Two")));
        ReportDirectory reports = new ReportDirectory(directory.resolve("new/one"));

        reports.write(report);

        assertEquals(report, reports.read());
        assertTrue(Files.readString(reports.page()).startsWith("<!DOCTYPE html>"));
    }

    @Test
    void thereIsNothingBeforeTheFirst() throws Exception {
        assertEquals(Report.EMPTY, new ReportDirectory(directory).read());
    }

    @Test
    void aSourceReplacesOnlyItsOwnSections() {
        Report report =
                Report.EMPTY
                        .replacing("processes", List.of(section("processes", "Two")))
                        .replacing("jmh", List.of(section("jmh", "Old")))
                        .replacing("jmh", List.of(section("jmh", "New")));

        assertEquals(
                List.of("Two", "New"), report.sections().stream().map(Section::title).toList());
    }

    @Test
    void factsOfTheSameTitleAreReplaced() {
        Report report =
                Report.EMPTY
                        .withFacts(new Facts("Run", List.of(new Fact("a", "1"))))
                        .withFacts(new Facts("Run", List.of(new Fact("a", "2"))));

        assertEquals(List.of(new Facts("Run", List.of(new Fact("a", "2")))), report.facts());
    }

    @Test
    void thePageLeadsToTheRawResultsThatAreThere() throws Exception {
        ReportDirectory reports = new ReportDirectory(directory);
        reports.replace(ReportDirectory.JMH_RESULTS, "[]");
        reports.write(Report.EMPTY);

        String page = Files.readString(reports.page());
        assertTrue(page.contains("href=\"results.json\""));
        assertTrue(page.contains("href=\"report.json\""));
        assertFalse(page.contains("href=\"processes.json\""));
    }

    @Test
    void aBrokenReportIsNotTakenForAnEmptyOne() throws Exception {
        Files.writeString(directory.resolve("report.json"), "{ broken");

        IOException failure =
                assertThrows(IOException.class, () -> new ReportDirectory(directory).read());
        assertTrue(
                String.valueOf(failure.getMessage())
                        .contains("report.json is not a report that can be read"));
    }

    @Test
    void aReportOfAnOlderVersionSaysWhatItIs() throws Exception {
        Files.writeString(
                directory.resolve("report.json"),
                "{\"sections\":[{\"source\":\"jmh\",\"title\":\"One\",\"text\":\"Text.\","
                        + "\"measurements\":[]}]}");

        IOException failure =
                assertThrows(IOException.class, () -> new ReportDirectory(directory).read());
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains("of an older version"), message);
        assertTrue(message.contains("measured anew"), message);
    }

    private static Section section(String source, String title) {
        return new Section(
                source,
                title,
                "Text.",
                null,
                List.of(
                        Measurement.paired(
                                FIGURE, "nio", new Rounds(List.of(List.of(1.0, 2.0))), null, null),
                        Measurement.without(FIGURE, "poll", "failed: why")));
    }
}
