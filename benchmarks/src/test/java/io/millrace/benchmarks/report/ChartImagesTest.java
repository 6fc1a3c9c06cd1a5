// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.benchmarks.statistics.Rounds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

/** Charts as pictures, which say what the page says. */
class ChartImagesTest {
    private static final Figure FIGURE =
            new Figure(
                    "Messages echoed: latency, median",
                    "1,000 connections, 4 KiB",
                    "µs",
                    Direction.LOWER_IS_BETTER);

    @TempDir private Path directory;

    @Test
    void aFileIsNamedAfterItsTitle() {
        assertEquals(
                "messages-echoed-latency-median-1-000-connections-4-kib.svg",
                ChartImages.fileName(FIGURE));
    }

    @Test
    void drawsRatiosIntervalsAndGroupsOfEachChartThatHasARow() throws Exception {
        Figure empty = new Figure("Empty", "", "µs", Direction.LOWER_IS_BETTER);
        Section section =
                new Section(
                        "jmh",
                        "Title",
                        "",
                        "nio",
                        List.of(
                                bar("nio", 10),
                                bar("epoll", 8),
                                bar("netty-nio", 10),
                                Measurement.without(FIGURE, "select", "failed: <so> it is"),
                                Measurement.without(empty, "nio", "failed: so it is")));

        List<Path> drawn = ChartImages.into(directory.resolve("charts")).draw(List.of(section));

        assertEquals(1, drawn.size());
        String image = Files.readString(drawn.get(0));
        var root = parse(drawn.get(0)).getDocumentElement();
        assertEquals("svg", root.getTagName());
        assertTrue(image.contains(">0.80 (0.80–0.80)</text>"), image);
        assertTrue(image.contains(">2 of 3 pairs told apart</tspan>"), image);
        assertTrue(image.contains("ratios to nio, 20 rounds in 2 series"), image);
        assertTrue(image.contains(">select failed: &lt;so&gt; it is</text>"), image);
        assertTrue(image.indexOf(">epoll</text>") < image.indexOf(">nio</text>"), image);
        List<String> places = new ArrayList<>();
        Pattern.compile("text-anchor=\"middle\">(\\d)</text><text x=\"36\"")
                .matcher(image)
                .results()
                .forEach(place -> places.add(place.group(1)));
        assertEquals(List.of("1", "2"), places, image);
        assertFalse(image.contains("href"), "it needs nothing from elsewhere: " + image);
    }

    private static Document parse(Path file) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file.toFile());
    }

    private static Measurement bar(String subject, double value) {
        List<Double> series = Collections.nCopies(10, value);
        return Measurement.paired(FIGURE, subject, new Rounds(List.of(series, series)), null, null);
    }
}
