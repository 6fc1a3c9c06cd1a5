// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Charts of a report as SVG files, for pages that show pictures only. Each says what the page's
 * chart says: ratios with their intervals, and groups that are told apart.
 */
public final class ChartImages {
    /** The top of the first row: title, conditions, unit, verdict and the axis are above. */
    private static final int HEAD = 116;

    private static final int ROW = 24;
    private static final int GROUP_GAP = 8;
    private static final int MARGIN = 12;

    /** What fits into a line below the chart. */
    private static final int LONGEST_NOTE = 105;

    private final Path directory;

    private ChartImages(Path directory) {
        this.directory = directory;
    }

    /** Images to be put into {@code directory}. */
    public static ChartImages into(Path directory) {
        return new ChartImages(directory);
    }

    /** Draws every chart of these sections that has a row, and returns the files. */
    public List<Path> draw(List<Section> sections) throws IOException {
        Files.createDirectories(directory);
        List<Path> images = new ArrayList<>();
        for (Section section : sections) {
            for (Map.Entry<Figure, List<Measurement>> chart : section.figures().entrySet()) {
                if (chart.getValue().stream().anyMatch(bar -> bar.score() != null)) {
                    Path image = directory.resolve(fileName(chart.getKey()));
                    images.add(Files.writeString(image, svg(section, chart.getKey())));
                }
            }
        }
        return images;
    }

    private static String svg(Section section, Figure figure) throws IOException {
        Map<String, Object> context = new LinkedHashMap<>(HtmlReport.figure(section, figure));
        List<Map<String, Object>> rows = new ArrayList<>();
        List<Integer> rules = new ArrayList<>();
        int y = HEAD;
        for (Map<String, Object> group : maps(context.get("groups"))) {
            rules.add(y + GROUP_GAP / 2);
            y += GROUP_GAP;
            boolean first = true;
            for (Map<String, Object> row : maps(group.get("rows"))) {
                Map<String, Object> placed = new LinkedHashMap<>(row);
                placed.put("y", y + ROW / 2);
                placed.put("place", group.get("place"));
                placed.put("placed", first && Boolean.TRUE.equals(group.get("placed")));
                rows.add(placed);
                y += ROW;
                first = false;
            }
        }
        context.put("rows", rows);
        context.put("rules", rules);
        context.put("top", HEAD);
        context.put("bottom", y);
        List<Map<String, Object>> notes = new ArrayList<>();
        for (Map<String, Object> note : maps(context.get("notes"))) {
            y += ROW;
            notes.add(Map.of("y", y, "text", cut(note.get("subject") + " " + note.get("note"))));
        }
        context.put("notes", notes);
        context.put("height", y + MARGIN);
        return HtmlReport.execute("chart.mustache", context);
    }

    @SuppressWarnings("unchecked") // What HtmlReport has put there.
    private static List<Map<String, Object>> maps(@Nullable Object contexts) {
        return contexts == null ? List.of() : (List<Map<String, Object>>) contexts;
    }

    private static String cut(String note) {
        return note.length() <= LONGEST_NOTE ? note : note.substring(0, LONGEST_NOTE - 1) + "…";
    }

    /** Its title in lower case, with dashes for all that is not a letter or digit. */
    static String fileName(Figure figure) {
        String words = figure.title().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        return words.replaceAll("^-|-$", "") + ".svg";
    }
}
