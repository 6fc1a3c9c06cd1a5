// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.millrace.benchmarks.report.Report;
import io.millrace.benchmarks.report.ReportDirectory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bench with virtual machines of JMH, on the smallest pieces there are. */
class BenchTest {
    private static final String IGNORE_LOCK = "jmh.ignoreLock";
    private static final long HANG_SECONDS = 60;

    /** The status of a process that SIGTERM has ended. */
    private static final int TERMINATED = 143;

    /** Figures mean nothing here, so cold ones are fine. */
    private static final List<String> COLD =
            List.of(
                    "-jvmArgsAppend",
                    "-Dmillrace.benchmarks.smoke=true",
                    "-wi",
                    "0",
                    "-i",
                    "2",
                    "-f",
                    "1");

    @TempDir private Path directory;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    @BeforeAll
    static void runBesideOthers() {
        System.setProperty(IGNORE_LOCK, "true");
    }

    @AfterAll
    static void restore() {
        System.clearProperty(IGNORE_LOCK);
    }

    @Test
    void measuresPrintsAndReports() throws Exception {
        int status = run("Echo.roundTrip connections=1 ", cold("-r", "100ms"));

        assertEquals(0, status, this::errors);
        String table = output.toString(StandardCharsets.UTF_8);
        assertTrue(table.startsWith("Complete: 1 of 1 subjects measured"), table);
        assertTrue(
                table.contains(
                        "Messages echoed: CPU time, 1 connection, 64 B, 1 in flight: µs per"
                                + " message, lower is better\n     nio "),
                table);
        assertTrue(
                table.contains(
                        "Messages echoed, 1 connection, 64 B, 1 in flight: messages/s, higher is"
                                + " better\n     nio "),
                table);
        assertTrue(table.contains("latency, 99th percentile"), table);
        assertTrue(table.contains("\n  few connections: "), table);
        assertTrue(errors().startsWith("[1/1] 0:0"), errors());
        assertTrue(Files.readString(directory.resolve("index.html")).contains("Messages echoed"));
        var results = JsonParser.parseString(Files.readString(directory.resolve("results.json")));
        assertEquals(1, results.getAsJsonArray().size());
        assertTrue(Files.size(directory.resolve("jmh.log")) > 0);
    }

    /** The measured processes do not even start. */
    @Test
    void aFailureHasItsReasonAndNoNumber() throws Exception {
        int status =
                run(
                        "(Echo.roundTrip connections=1 |File)",
                        cold("-r", "10ms", "-jvmArgsPrepend", "-XX:NoSuchOption=1"));

        assertEquals(1, status, this::errors);
        String table = output.toString(StandardCharsets.UTF_8);
        assertTrue(
                table.contains("nio                failed: its virtual machine ended with status"),
                table);
        assertTrue(table.startsWith("Complete: 2 of 2 subjects measured; 2 failed"), table);
        Report report = new ReportDirectory(directory).read();
        var echo = report.sections().get(0).measurements().get(0);
        assertEquals(null, echo.score());
        assertTrue(String.valueOf(echo.note()).startsWith("failed: "), echo.toString());
        assertTrue(errors().contains("[2/2]"), "the next one was run: " + errors());
    }

    @Test
    void wrongOptionsAreOneLineAndStatusTwo() {
        assertEquals(2, bench().run("--fast"));
        assertEquals(2, bench().run("--backends", "nonsense"));
        assertEquals(2, errors().lines().count(), errors());
        assertEquals(0, output.size());
    }

    @Test
    void aPlanIsShownAndNotRun() {
        assertEquals(
                0, bench().run("--dry-run", "--backends", "nio", "--output", directory.toString()));

        String plan = output.toString(StandardCharsets.UTF_8);
        assertTrue(plan.contains("Churn.connection ending=reset server=nio\n"), plan);
        assertTrue(plan.contains(" subjects in 6 charts, about "), plan);
        assertFalse(Files.exists(directory.resolve("index.html")));
    }

    @Test
    void whatWasMeasuredIsShownAgainWithoutMeasuring() throws Exception {
        run("File", cold("-r", "10ms"));
        String table = output.toString(StandardCharsets.UTF_8);
        Files.delete(directory.resolve("index.html"));
        output.reset();

        assertEquals(0, bench().run("--render", "--output", directory.toString()));

        assertEquals(table, output.toString(StandardCharsets.UTF_8));
        assertTrue(Files.exists(directory.resolve("index.html")));
    }

    /** Nothing to show is no success, and makes neither the report's directory nor the charts'. */
    @Test
    void whatWasNeverMeasuredIsNotShown() throws Exception {
        Path missing = directory.resolve("missing");
        Path charts = directory.resolve("charts");
        Path empty = Files.createDirectory(directory.resolve("empty"));
        for (Path output : List.of(missing, empty)) {
            String[] command = {
                "--render", "--output", output.toString(), "--charts", charts.toString()
            };
            assertEquals(2, bench().run(command));
        }

        assertEquals(2, errors().lines().count(), errors());
        assertTrue(
                errors().startsWith("millrace: --render: there is no report in " + missing),
                errors());
        assertEquals(0, output.size());
        assertFalse(Files.exists(missing));
        assertFalse(Files.exists(charts));
        try (var files = Files.list(empty)) {
            assertEquals(0, files.count());
        }
    }

    /** As after an interruption; the second run asks for more than the first has measured. */
    @Test
    void aRunThatIsResumedMeasuresOnlyWhatIsMissing() throws Exception {
        run("File", cold("-r", "10ms"));
        Report before = new ReportDirectory(directory).read();
        errors.reset();

        assertEquals(
                0, resume("File|Echo.roundTrip connections=1 ", cold("-r", "100ms")), this::errors);

        assertTrue(errors().contains("[1/1]"), errors());
        assertFalse(errors().contains("Blocks"), errors());
        Report after = new ReportDirectory(directory).read();
        assertTrue(after.sections().contains(before.sections().get(0)), after.toString());
        assertEquals(2, after.sections().size());
        assertTrue(after.facts().stream().anyMatch(facts -> facts.title().startsWith("Resumed: ")));
        var results = JsonParser.parseString(Files.readString(directory.resolve("results.json")));
        assertEquals(2, results.getAsJsonArray().size());
    }

    @Test
    void figuresThatAResumedRunDoesNotAskForStay() throws Exception {
        run("File", cold("-r", "10ms"));
        Report before = new ReportDirectory(directory).read();

        assertEquals(0, resume("Echo.roundTrip connections=1 ", cold("-r", "100ms")), this::errors);

        Report after = new ReportDirectory(directory).read();
        assertTrue(after.sections().contains(before.sections().get(0)), after.toString());
        assertEquals(2, after.sections().size());
    }

    /** Of a failure there is no figure to keep. */
    @Test
    void aPieceThatFailedIsMeasuredWhenTheRunIsResumed() throws Exception {
        assertEquals(1, run("File", cold("-jvmArgsPrepend", "-XX:NoSuchOption=1")));

        assertEquals(0, resume("File", cold("-r", "10ms")), this::errors);

        Report report = new ReportDirectory(directory).read();
        assertTrue(
                report.sections().get(0).measurements().stream()
                        .allMatch(measurement -> measurement.score() != null));
    }

    /** SIGTERM here, for a process in the background may be deaf to SIGINT; the way is the same. */
    @Test
    void anInterruptedRunLeavesAReportAndNoProcess() throws Exception {
        Path errorFile = directory.resolve("errors");
        Process bench = startLong(errorFile);
        try {
            awaitSecondPiece(errorFile, bench);
            List<ProcessHandle> measured = bench.descendants().toList();
            bench.destroy();
            assertTrue(bench.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it does not end");

            String said = Files.readString(errorFile);
            assertEquals(TERMINATED, bench.exitValue(), said);
            assertTrue(
                    said.contains("millrace: interrupted after 1 of 2 subjects measured; report: "),
                    said);
            for (ProcessHandle process : measured) {
                process.onExit().get(HANG_SECONDS, TimeUnit.SECONDS);
            }
        } finally {
            bench.descendants().forEach(ProcessHandle::destroyForcibly);
            bench.destroyForcibly();
        }
        Report report = new ReportDirectory(directory).read();
        assertEquals(1, report.sections().size());
        assertEquals(
                "Blocks of 4 KiB read: CPU time",
                report.sections().get(0).measurements().get(0).figure().quantity());
        assertTrue(
                Files.readString(directory.resolve("index.html"))
                        .contains("Interrupted after 1 of 2 subjects measured"));
    }

    /** By SIGKILL, so that nothing could be written at the end. */
    @Test
    void aRunThatWasKilledIsResumed() throws Exception {
        Path errorFile = directory.resolve("errors");
        Process bench = startLong(errorFile);
        List<ProcessHandle> measured = List.of();
        try {
            awaitSecondPiece(errorFile, bench);
            measured = bench.descendants().toList();
            bench.destroyForcibly();
            assertTrue(bench.waitFor(HANG_SECONDS, TimeUnit.SECONDS), "it does not end");
            for (ProcessHandle process : measured) {
                process.onExit().get(HANG_SECONDS, TimeUnit.SECONDS);
            }
        } finally {
            measured.forEach(ProcessHandle::destroyForcibly);
            bench.destroyForcibly();
        }

        assertEquals(0, resume("File|Churn", cold("-r", "10ms")), this::errors);

        assertTrue(errors().contains("[1/1]"), errors());
        assertTrue(errors().contains("Connections for one message"), errors());
        Report report = new ReportDirectory(directory).read();
        assertEquals(2, report.sections().size());
        assertTrue(
                report.sections().stream()
                        .flatMap(section -> section.measurements().stream())
                        .allMatch(measurement -> measurement.score() != null),
                report::toString);
    }

    /** A short piece is followed by one that would take a minute. */
    private Process startLong(Path errorFile) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Djmh.ignoreLock=true", "-cp"));
        command.add(System.getProperty("java.class.path"));
        command.add(Bench.class.getName());
        command.addAll(List.of("--backends", "nio", "--filter", "File|Churn"));
        command.addAll(List.of("--output", directory.toString(), "--jmh"));
        command.addAll(List.of("-jvmArgsAppend", "-Dmillrace.benchmarks.smoke=true"));
        command.addAll(List.of("-wi", "0", "-i", "300", "-r", "1ms", "-f", "1"));
        return new ProcessBuilder(command)
                .redirectError(errorFile.toFile())
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }

    /**
     * In its small form: that it runs, and ends as it says. Figures of this length tell nothing.
     */
    @Test
    void theBenchChecksItself() {
        int status =
                bench().run(
                                "--self-check",
                                "--backends",
                                "nio",
                                "--minutes",
                                "0.001",
                                "--disturb",
                                "--jmh",
                                "-jvmArgsAppend",
                                "-Dmillrace.benchmarks.smoke=true",
                                "-wi",
                                "1",
                                "-w",
                                "100ms",
                                "-i",
                                "7",
                                "-r",
                                "10ms",
                                "-f",
                                "1");

        String said = output.toString(StandardCharsets.UTF_8);
        assertTrue(said.startsWith("nio, Messages echoed: CPU time, 64 connections"), said);
        assertTrue(said.contains(": again "), said);
        assertTrue(said.contains("; slower "), said);
        assertTrue(said.contains("handicap found: in "), said);
        assertTrue(
                said.endsWith(status == 0 ? "the bench can tell\n" : "the bench cannot tell\n"),
                said);
        assertTrue(errors().contains("7 rounds: "), errors());
    }

    @Test
    void resultsThatWereCutOffAreNotResumed() throws IOException {
        Files.writeString(directory.resolve("results.json"), "[ {");

        assertEquals(1, resume("File", cold("-r", "10ms")), this::errors);

        assertTrue(errors().contains("results.json is not a whole list of results"), errors());
    }

    private static void awaitSecondPiece(Path errorFile, Process bench) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(HANG_SECONDS);
        while (!Files.readString(errorFile).contains("[2/2]") || bench.descendants().count() == 0) {
            assertTrue(bench.isAlive() && System.nanoTime() < end, Files.readString(errorFile));
            Thread.sleep(10);
        }
    }

    private int run(String filter, List<String> jmh) {
        return run(List.of(), filter, jmh);
    }

    private int resume(String filter, List<String> jmh) {
        return run(List.of("--resume"), filter, jmh);
    }

    private int run(List<String> options, String filter, List<String> jmh) {
        List<String> arguments = new ArrayList<>(options);
        arguments.addAll(List.of("--backends", "nio", "--filter", filter));
        arguments.addAll(List.of("--output", directory.toString(), "--jmh"));
        arguments.addAll(jmh);
        return bench().run(arguments.toArray(new String[0]));
    }

    private static List<String> cold(String... more) {
        List<String> options = new ArrayList<>(COLD);
        options.addAll(List.of(more));
        return options;
    }

    private Bench bench() {
        return new Bench(new PrintStream(output, true), new PrintStream(errors, true));
    }

    private String errors() {
        return errors.toString(StandardCharsets.UTF_8);
    }
}
