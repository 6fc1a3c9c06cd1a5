// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import com.samskivert.mustache.Mustache;
import io.millrace.benchmarks.statistics.Interval;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The report as one HTML page that needs nothing else, not even a script: a chart is a table whose
 * rows have a dot and an interval drawn by style.
 */
final class HtmlReport {
    private static final String STYLE = "report.css";

    private final Report report;

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

    private String page(List<String> rawFiles) throws IOException {
        List<Map<String, Object>> sections = new ArrayList<>();
        for (Section section : report.sections()) {
            if (!section.measurements().isEmpty()) {
                sections.add(section(section, sections.size()));
            }
        }
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("style", resource(STYLE));
        context.put("status", status(report.status()));
        context.put("answered", !report.answers().isEmpty());
        context.put("answers", report.answers());
        context.put("sections", sections);
        context.put("subjects", legend());
        context.put("facts", report.facts());
        context.put("raw", rawFiles);
        return execute("report.mustache", context);
    }

    private static Map<String, Object> status(@Nullable Status status) {
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("told", status != null);
        context.put("sound", status != null && status.sound());
        context.put("disturbed", status != null && status.disturbed());
        context.put("headline", status == null ? "" : status.headline());
        context.put("remarks", status == null ? List.of() : status.remarks());
        return context;
    }

    private static Map<String, Object> section(Section section, int number) {
        List<Map<String, Object>> figures = new ArrayList<>();
        section.figures().keySet().forEach(figure -> figures.add(figure(section, figure)));
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("id", "section-" + number);
        context.put("title", section.title());
        context.put("text", section.text());
        context.put("figures", figures);
        return context;
    }

    /** What a template has to know of one chart. */
    static Map<String, Object> figure(Section section, Figure figure) {
        List<Measurement> bars = section.figures().getOrDefault(figure, List.of());
        Verdict verdict = section.verdict(figure);
        List<Interval> ratios =
                bars.stream()
                        .map(bar -> verdict.ratio(bar.subject()))
                        .filter(Objects::nonNull)
                        .toList();
        RatioAxis axis = new RatioAxis(ratios);
        List<Map<String, Object>> notes = new ArrayList<>();
        for (Measurement bar : bars) {
            if (bar.note() != null) {
                notes.add(Map.of("subject", bar.subject(), "note", String.valueOf(bar.note())));
            }
        }
        boolean compared = !ratios.isEmpty();
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("quantity", figure.quantity());
        context.put("parameters", figure.parameters());
        context.put("unit", figure.unit());
        context.put("direction", figure.direction().words());
        context.put("title", figure.title());
        context.put("compared", compared);
        context.put("baseline", compared ? String.valueOf(verdict.baseline()) : "");
        context.put("verdict", verdict.words());
        context.put("rounds", verdict.rounds());
        context.put("groups", groups(bars, verdict, axis));
        context.put("marks", compared ? axis.marks() : List.of());
        context.put("grid", compared ? axis.grid() : "none");
        context.put("notes", notes);
        return context;
    }

    /** In the order of groups where there is one, and as measured within them. */
    private static List<Map<String, Object>> groups(
            List<Measurement> bars, Verdict verdict, RatioAxis axis) {
        List<List<String>> groups = new ArrayList<>(verdict.groups());
        boolean ranked = groups.size() > 1;
        List<String> left = new ArrayList<>(bars.stream().map(Measurement::subject).toList());
        groups.forEach(left::removeAll);
        if (!left.isEmpty()) {
            groups.add(left);
        }
        List<Map<String, Object>> contexts = new ArrayList<>();
        for (List<String> group : groups) {
            List<Map<String, Object>> rows = new ArrayList<>();
            for (Measurement bar : bars) {
                if (group.contains(bar.subject()) && bar.score() != null) {
                    rows.add(row(bar, verdict, axis));
                }
            }
            if (!rows.isEmpty()) {
                boolean placed = ranked && group != left;
                contexts.add(
                        Map.of(
                                "rows", rows,
                                "place", placed ? Integer.toString(contexts.size() + 1) : "",
                                "placed", placed));
            }
        }
        return contexts;
    }

    private static Map<String, Object> row(Measurement bar, Verdict verdict, RatioAxis axis) {
        Double score = bar.score();
        Interval ratio = verdict.ratio(bar.subject());
        boolean isBaseline = bar.subject().equals(verdict.baseline());
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("subject", bar.subject());
        row.put("score", score == null ? "–" : Numbers.score(score));
        row.put("range", Numbers.range(bar.low(), bar.high()));
        row.put("hue", Palette.hue(bar.subject()));
        row.put("hatched", Palette.isHatched(bar.subject()));
        row.put("drawn", ratio != null || isBaseline);
        row.put("unknown", ratio != null && !ratio.isKnown());
        if (ratio == null) {
            row.put("ratio", isBaseline ? "1" : "");
            row.put("dot", axis.css(1));
            row.put("low", axis.css(1));
            row.put("high", axis.css(1));
        } else {
            row.put("ratio", Numbers.ratio(ratio));
            row.put("dot", axis.css(ratio.median()));
            row.put("low", axis.css(ratio.low()));
            row.put("high", axis.css(ratio.high()));
        }
        return row;
    }

    private List<Map<String, Object>> legend() {
        Set<String> names = new LinkedHashSet<>();
        for (Section section : report.sections()) {
            section.measurements().forEach(bar -> names.add(bar.subject()));
        }
        List<Map<String, Object>> legend = new ArrayList<>();
        for (String name : names) {
            legend.add(
                    Map.of(
                            "name", name,
                            "hue", Palette.hue(name),
                            "hatched", Palette.isHatched(name)));
        }
        return legend;
    }

    static String execute(String template, Map<String, Object> context) throws IOException {
        return Mustache.compiler()
                .emptyStringIsFalse(true)
                .compile(resource(template))
                .execute(context);
    }

    private static String resource(String name) throws IOException {
        try (InputStream input = HtmlReport.class.getResourceAsStream(name)) {
            if (input == null) {
                throw new IOException("the program is incomplete: it has no " + name);
            }
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
