// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import com.google.gson.Gson;
import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The report as one HTML page that needs nothing else: style, script and charting library are in
 * it. Numbers are in its tables, so it can be read without a script; charts are drawn from the JSON
 * in it.
 */
final class HtmlReport {
    /** The version is that of the parent's pom; the tests find out when they differ. */
    private static final String CHART_LIBRARY =
            "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

    private static final String STYLE = "report.css";
    private static final String SCRIPT = "report.js";

    private final Report report;
    private final List<Map<String, Object>> charts = new ArrayList<>();

    private HtmlReport(Report report) {
        this.report = report;
    }

    /**
     * The page.
     *
     * @param rawFiles names of files beside it that it leads to
     */
    static String render(Report report, List<String> rawFiles) throws IOException {
        return new HtmlReport(report).page(rawFiles);
    }

    /** A page with one chart and nothing else, to make a picture of. */
    static String renderChart(Section section, Figure figure) throws IOException {
        HtmlReport page = new HtmlReport(Report.EMPTY);
        List<Measurement> bars = section.figures().getOrDefault(figure, List.of());
        Map<String, Object> context = page.common();
        context.put("figure", page.figure(section, figure, bars));
        context.put("json", new Gson().toJson(page.charts));
        return execute("chart.mustache", context);
    }

    private String page(List<String> rawFiles) throws IOException {
        List<Map<String, Object>> sections = new ArrayList<>();
        for (Section section : report.sections()) {
            if (!section.measurements().isEmpty()) {
                sections.add(section(section, sections.size()));
            }
        }
        Map<String, Object> context = common();
        context.put("sections", sections);
        context.put("subjects", legend());
        context.put("facts", report.facts());
        context.put("raw", rawFiles);
        context.put("json", new Gson().toJson(charts));
        return execute("report.mustache", context);
    }

    private Map<String, Object> common() throws IOException {
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("style", resource(STYLE));
        context.put("script", resource(SCRIPT));
        context.put("library", resource(CHART_LIBRARY));
        return context;
    }

    private Map<String, Object> section(Section section, int number) {
        List<Map<String, Object>> figures = new ArrayList<>();
        section.figures().forEach((figure, bars) -> figures.add(figure(section, figure, bars)));
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("id", "section-" + number);
        context.put("title", section.title());
        context.put("text", section.text());
        context.put("figures", figures);
        return context;
    }

    private Map<String, Object> figure(Section section, Figure figure, List<Measurement> bars) {
        List<Map<String, Object>> rows = new ArrayList<>();
        List<Map<String, Object>> notes = new ArrayList<>();
        for (Measurement bar : bars) {
            Map<String, Object> row = row(section, bar);
            rows.add(row);
            if (bar.note() != null) {
                notes.add(row);
            }
        }
        boolean drawn = bars.stream().anyMatch(bar -> bar.score() != null);
        boolean compared = bars.stream().anyMatch(bar -> section.ratio(bar) != null);
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("id", "chart-" + charts.size());
        context.put("quantity", figure.quantity());
        context.put("parameters", figure.parameters());
        context.put("unit", figure.unit());
        context.put("direction", figure.direction().words());
        context.put("title", figure.title());
        context.put("drawn", drawn);
        context.put("compared", compared);
        context.put("baseline", compared ? section.baseline() : "");
        context.put("rows", rows);
        context.put("notes", notes);
        charts.add(chart(section, figure, bars));
        return context;
    }

    private static Map<String, Object> row(Section section, Measurement bar) {
        Double score = bar.score();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("subject", bar.subject());
        row.put("score", score == null ? "–" : Numbers.score(score));
        row.put("range", Numbers.range(bar.low(), bar.high()));
        row.put("ratio", ratioText(section, bar));
        row.put("note", bar.note() == null ? "" : bar.note());
        return row;
    }

    private static String ratioText(Section section, Measurement bar) {
        Double ratio = section.ratio(bar);
        if (ratio != null) {
            return Numbers.ratio(ratio);
        }
        return bar.subject().equals(section.baseline()) && bar.score() != null ? "1×" : "";
    }

    /** What the script draws; it computes nothing but positions. */
    private static Map<String, Object> chart(
            Section section, Figure figure, List<Measurement> bars) {
        List<Map<String, Object>> drawn = new ArrayList<>();
        for (Measurement bar : bars) {
            Double score = bar.score();
            if (score == null) {
                continue;
            }
            Map<String, Object> data = new LinkedHashMap<>();
            data.put("subject", bar.subject());
            data.put("score", score);
            data.put("low", bar.low());
            data.put("high", bar.high());
            data.put("text", Numbers.score(score));
            data.put("ratio", ratioText(section, bar));
            data.put("hue", Palette.hue(bar.subject()));
            data.put("hatched", Palette.isHatched(bar.subject()));
            drawn.add(data);
        }
        Map<String, Object> chart = new LinkedHashMap<>();
        chart.put("unit", figure.unit());
        chart.put("bars", drawn);
        return chart;
    }

    private List<Map<String, Object>> legend() {
        Set<String> names = new LinkedHashSet<>();
        for (Section section : report.sections()) {
            section.measurements().forEach(bar -> names.add(bar.subject()));
        }
        List<Map<String, Object>> legend = new ArrayList<>();
        for (String name : names) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", name);
            entry.put("hue", Palette.hue(name));
            entry.put("hatched", Palette.isHatched(name));
            legend.add(entry);
        }
        return legend;
    }

    private static String execute(String template, Map<String, Object> context) throws IOException {
        return Mustache.compiler()
                .emptyStringIsFalse(true)
                .compile(resource(template))
                .execute(context);
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = HtmlReport.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IOException("the program is incomplete: it has no " + name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
