// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a report lives: {@code report.json}, which is the report itself, and {@code index.html},
 * which shows it. Raw results lie beside them, and the page leads to those it finds.
 *
 * <p>A file is either the old or the new one, whenever writing it is interrupted.
 */
public final class ReportDirectory {
    /** What JMH says of every run, in its own format. */
    public static final String JMH_RESULTS = "results.json";

    /** All that JMH and the measured processes have printed. */
    public static final String JMH_LOG = "jmh.log";

    private static final String REPORT = "report.json";
    private static final String PAGE = "index.html";
    private static final List<String> RAW = List.of(JMH_RESULTS, "processes.json", REPORT, JMH_LOG);

    /** More digits than a clock has, and few enough for a full report to be kept with sources. */
    private static final MathContext DIGITS = new MathContext(5);

    private final Gson gson =
            new GsonBuilder()
                    .registerTypeAdapter(Double.class, shortened())
                    .registerTypeAdapter(Section.class, new SectionFormat())
                    .create();
    private final Path directory;

    /** It is made when something is written. */
    public ReportDirectory(Path directory) {
        this.directory = directory;
    }

    /** {@code target/report} of the build that this class is from. */
    public static Path usual() {
        try {
            var source = ReportDirectory.class.getProtectionDomain().getCodeSource();
            return Path.of(source.getLocation().toURI()).resolveSibling("report");
        } catch (URISyntaxException e) {
            throw new IllegalStateException("no directory beside this program", e);
        }
    }

    public Path page() {
        return directory.resolve(PAGE);
    }

    public Path file(String name) {
        return directory.resolve(name);
    }

    /** Whether anything was ever written here. */
    public boolean exists() {
        return Files.exists(directory.resolve(REPORT));
    }

    /** What was last written here, or an empty report. */
    public Report read() throws IOException {
        Path file = directory.resolve(REPORT);
        if (!Files.exists(file)) {
            return Report.EMPTY;
        }
        try {
            Report report = gson.fromJson(Files.readString(file), Report.class);
            return report == null ? Report.EMPTY : report;
        } catch (JsonParseException e) {
            throw new IOException(file + " is not a report that can be read: " + e.getMessage(), e);
        }
    }

    public void write(Report report) throws IOException {
        replace(REPORT, gson.toJson(report));
        List<String> raw = new ArrayList<>(RAW);
        raw.removeIf(name -> !Files.exists(directory.resolve(name)));
        replace(PAGE, HtmlReport.render(report, raw));
    }

    private static JsonSerializer<Double> shortened() {
        return (figure, type, context) ->
                new JsonPrimitive(new BigDecimal(figure).round(DIGITS).stripTrailingZeros());
    }

    /** Writes a whole file of this directory. */
    public void replace(String name, String content) throws IOException {
        Files.createDirectories(directory);
        Path draft = directory.resolve(name + ".new");
        Files.writeString(draft, content, StandardCharsets.UTF_8);
        Files.move(
                draft,
                directory.resolve(name),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);
    }
}
