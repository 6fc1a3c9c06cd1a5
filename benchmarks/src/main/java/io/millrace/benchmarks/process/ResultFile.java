// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.process;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.millrace.benchmarks.report.Fact;
import io.millrace.benchmarks.report.Facts;
import io.millrace.benchmarks.report.MachineFacts;
import io.millrace.benchmarks.report.Report;
import io.millrace.benchmarks.report.ReportDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Leaves what was measured behind: as JSON, and as a section of the report beside it. */
final class ResultFile {
    private static final String FACTS_TITLE = "Processes";
    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

    private final ReportDirectory directory;
    private final List<Facts> facts = new ArrayList<>(MachineFacts.all());

    /**
     * The content. Windows hold what was read; what the tables show follows from it.
     *
     * @param complete false after Ctrl-C
     * @param facts of the machine and the run
     * @param shapes in their notation
     * @param servers all that were asked for, with what keeps one from running here
     * @param failures of servers that ran, by name
     * @param samples of servers that did not fail
     */
    private record Content(
            boolean complete,
            List<Facts> facts,
            List<String> shapes,
            List<Candidate> servers,
            Map<String, String> failures,
            List<Sample> samples) {}

    /** Made before the run, when the machine is as it was found. */
    ResultFile(ProcessOptions options, Pinning pinning) {
        directory = new ReportDirectory(options.output());
        facts.add(
                new Facts(
                        FACTS_TITLE,
                        List.of(
                                new Fact("pinning", pinning.toString()),
                                new Fact("options of the servers' JVMs", Jvm.serverOptionsText()),
                                new Fact("repetitions", options.repetitions() + ", there and back"),
                                new Fact("a run", options.seconds() + " s"),
                                new Fact("attempts if disturbed", "" + options.attempts()))));
    }

    Path page() {
        return directory.page();
    }

    void write(Results results, boolean complete) throws IOException {
        List<String> shapes = results.shapes().stream().map(Shape::toString).toList();
        Content content =
                new Content(
                        complete,
                        facts,
                        shapes,
                        results.candidates(),
                        results.failures(),
                        results.samples());
        directory.replace(ReportSection.source(results) + ".json", GSON.toJson(content) + "\n");
        Report report =
                directory
                        .read()
                        .replacing(
                                ReportSection.source(results), List.of(ReportSection.of(results)));
        for (Facts each : facts) {
            report = report.withFacts(each);
        }
        directory.write(report);
    }
}
