// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.command;

import io.millrace.benchmarks.Interruption;
import io.millrace.benchmarks.UsageException;
import io.millrace.benchmarks.paired.PairedRun;
import io.millrace.benchmarks.report.ChartImages;
import io.millrace.benchmarks.report.Measurement;
import io.millrace.benchmarks.report.Report;
import io.millrace.benchmarks.report.ReportDirectory;
import io.millrace.benchmarks.report.Section;
import io.millrace.benchmarks.report.TextReport;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The program behind {@code ./millrace bench}. The table goes to standard output; progress, time
 * left and errors to standard error. It ends with 0, with 1 if something failed, with 2 for options
 * that make no sense.
 */
public final class Bench {
    private static final int FAILED = 1;
    private static final int USAGE = 2;
    private static final int INTERRUPTED = 130;

    private static final String PREFIX = "millrace: ";

    private final PrintStream output;
    private final PrintStream errors;

    Bench(PrintStream output, PrintStream errors) {
        this.output = output;
        this.errors = errors;
    }

    public static void main(String[] arguments) {
        System.exit(new Bench(System.out, System.err).run(arguments));
    }

    int run(String... arguments) {
        try {
            BenchOptions options = BenchOptions.parse(arguments);
            if (options.help()) {
                output.print(BenchOptions.USAGE);
                return 0;
            }
            if (!options.compared().isEmpty()) {
                return new RunComparison(options.compared(), output).run() ? 0 : FAILED;
            }
            if (options.selfCheck()) {
                return new SelfCheck(options, output, errors).run() ? 0 : FAILED;
            }
            if (options.calibrate()) {
                return new Calibration(options, output, errors).run() ? 0 : FAILED;
            }
            if (options.render()) {
                ensureMeasured(options);
            }
            if (options.render()) {
                return render(options);
            }
            Plan plan = Plan.of(options);
            if (options.dryRun()) {
                Plan left = options.resume() ? new Findings(options, plan).remaining() : plan;
                show(left.fitting(options.limitSeconds(), options.leastSeries()));
                return 0;
            }
            return measure(options, plan);
        } catch (UsageException e) {
            errors.println(PREFIX + e.getMessage());
            return USAGE;
        } catch (IOException e) {
            errors.println(PREFIX + e);
            return FAILED;
        }
    }

    private void show(Plan plan) {
        for (Chart chart : plan.charts()) {
            output.printf(
                    Locale.ROOT,
                    "%s: %s, %d series of %d rounds%s%n",
                    Progress.time(chart.seconds()),
                    chart.title(),
                    chart.timing().series(),
                    chart.timing().rounds(),
                    chart.canTell() ? "" : ", too few to tell all subjects apart");
            chart.pieces().forEach(piece -> output.println("    " + piece.id()));
        }
        plan.refusals()
                .forEach(
                        (piece, reason) ->
                                output.println("not run: " + piece.id() + ": " + reason));
        output.printf(
                Locale.ROOT,
                "%d subjects in %d charts, about %s%n",
                plan.pieces().size(),
                plan.charts().size(),
                Progress.time(plan.seconds()));
        int few = (int) plan.charts().stream().filter(chart -> !chart.canTell()).count();
        if (few > 0) {
            output.printf(
                    Locale.ROOT,
                    "of them with too few rounds to tell all subjects apart: %d charts%n",
                    few);
        }
    }

    /** Nothing is made where there is nothing to show. */
    private static void ensureMeasured(BenchOptions options) throws UsageException {
        if (!new ReportDirectory(options.output()).exists()) {
            throw new UsageException(
                    "--render: there is no report in "
                            + options.output()
                            + "; measure first, or say with --output where it is");
        }
    }

    private int render(BenchOptions options) throws IOException {
        ReportDirectory directory = new ReportDirectory(options.output());
        Report report = directory.read();
        directory.write(report);
        output.print(TextReport.of(report));
        draw(options.charts(), report.sections());
        errors.println(PREFIX + "report: " + directory.page());
        return 0;
    }

    private int measure(BenchOptions options, Plan plan) throws IOException {
        Findings findings = new Findings(options, plan);
        findings.open();
        Interruption interruption =
                new Interruption(findings::freeze, () -> showInterrupted(findings));
        Path log = findings.directory().file(ReportDirectory.JMH_LOG);
        try (OutputStream logged = open(log, options.resume())) {
            Measuring measuring = new Measuring(options, logged, interruption::hasBegun);
            if (!run(findings, interruption, measuring, options.limitSeconds())) {
                return INTERRUPTED;
            }
        }
        findings.close("Complete: " + findings.progress());
        interruption.disarm();
        output.print(TextReport.of(findings.report()));
        draw(options.charts(), findings.sections());
        errors.println(PREFIX + "report: " + findings.directory().page());
        return findings.isSound() ? 0 : FAILED;
    }

    private static OutputStream open(Path log, boolean append) throws IOException {
        return append
                ? Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)
                : Files.newOutputStream(log);
    }

    /** Returns false if this process is about to end. */
    private boolean run(
            Findings findings, Interruption interruption, Measuring measuring, double limitSeconds)
            throws IOException {
        Plan plan = findings.remaining();
        Progress progress = new Progress(errors, plan, limitSeconds);
        for (Chart planned : plan.inOrder()) {
            if (interruption.hasBegun()) {
                return false;
            }
            Chart chart = measuring.fit(planned, progress);
            if (chart == null) {
                progress.skip(planned);
                findings.leaveOut(planned, "the time of the set was over");
                continue;
            }
            progress.begin(chart, planned.seconds());
            PairedRun run = measuring.measure(chart, progress::update);
            if (run.isStopped()) {
                return false;
            }
            findings.add(chart, run);
            run.failures().forEach((subject, why) -> progress.update(subject + " failed: " + why));
            progress.end("done: " + Progress.decided(chart, run));
        }
        return true;
    }

    private void showInterrupted(Findings findings) {
        String state = "Interrupted after " + findings.progress();
        errors.println();
        try {
            findings.close(state);
            output.print(TextReport.of(findings.report()));
            output.flush();
            errors.println(
                    PREFIX
                            + "interrupted after "
                            + findings.progress()
                            + "; report: "
                            + findings.directory().page());
        } catch (IOException e) {
            errors.println(PREFIX + "interrupted, and no report could be written: " + e);
        }
    }

    private void draw(@Nullable Path charts, List<Section> sections) throws IOException {
        if (charts == null) {
            return;
        }
        List<Section> headlines = new ArrayList<>();
        for (Section section : sections) {
            boolean ours = section.source().equals(Findings.SOURCE);
            List<Measurement> chosen = new ArrayList<>(section.measurements());
            chosen.removeIf(score -> ours && !Suite.isHeadline(score.figure()));
            headlines.add(
                    new Section(
                            section.source(),
                            section.title(),
                            section.text(),
                            section.baseline(),
                            chosen));
        }
        for (Path image : ChartImages.into(charts).draw(headlines)) {
            errors.println(PREFIX + "chart: " + image);
        }
    }
}
