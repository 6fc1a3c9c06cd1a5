// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Charts that belong together.
 *
 * @param source who measured it, and may replace it
 * @param title above them
 * @param text one or two sentences on what was done
 * @param baseline the subject that the others are compared with, or null
 * @param measurements in the order to show them; those of one figure need not stand together
 */
public record Section(
        String source,
        String title,
        String text,
        @Nullable String baseline,
        List<Measurement> measurements) {
    public Section {
        measurements = List.copyOf(measurements);
    }

    /** The measurements by the chart that shows them. */
    public Map<Figure, List<Measurement>> figures() {
        Map<Figure, List<Measurement>> figures = new LinkedHashMap<>();
        for (Measurement measurement : measurements) {
            figures.computeIfAbsent(measurement.figure(), figure -> new ArrayList<>())
                    .add(measurement);
        }
        return figures;
    }

    /** What the measurements of one of its figures say. */
    public Verdict verdict(Figure figure) {
        return Verdict.of(figure, figures().getOrDefault(figure, List.of()), baseline);
    }
}
