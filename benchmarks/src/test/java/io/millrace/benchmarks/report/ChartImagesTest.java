// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.millrace.benchmarks.statistics.Rounds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Charts as pictures, where there is a browser. */
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
                "messages-echoed-latency-median-1-000-connections-4-kib.png",
                ChartImages.fileName(FIGURE));
    }

    @Test
    void drawsEachChartThatHasABar() throws Exception {
        ChartImages images;
        try {
            images = ChartImages.into(directory.resolve("charts"));
        } catch (IOException noBrowser) {
            abort(String.valueOf(noBrowser.getMessage()));
            return;
        }
        Figure empty = new Figure("Empty", "", "µs", Direction.LOWER_IS_BETTER);
        Section section =
                new Section(
                        "jmh",
                        "Title",
                        "",
                        null,
                        List.of(
                                Measurement.paired(
                                        FIGURE,
                                        "nio",
                                        new Rounds(List.of(List.of(1.0, 3.0))),
                                        null,
                                        null),
                                Measurement.without(empty, "nio", "failed: so it is")));

        List<Path> drawn = images.draw(List.of(section));

        assertEquals(1, drawn.size());
        byte[] image = Files.readAllBytes(drawn.get(0));
        assertTrue(image.length > 1000 && image[1] == 'P' && image[2] == 'N' && image[3] == 'G');
    }
}
