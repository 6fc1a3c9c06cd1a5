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
    Map<Figure, List<Measurement>> figures() {
        Map<Figure, List<Measurement>> figures = new LinkedHashMap<>();
        for (Measurement measurement : measurements) {
            figures.computeIfAbsent(measurement.figure(), figure -> new ArrayList<>())
                    .add(measurement);
        }
        return figures;
    }

    /** How many times as good as the baseline this is, or null if that cannot be said. */
    @Nullable Double ratio(Measurement measurement) {
        Double score = measurement.score();
        if (score == null || measurement.subject().equals(baseline)) {
            return null;
        }
        for (Measurement other : measurements) {
            Double base = other.score();
            if (other.figure().equals(measurement.figure())
                    && other.subject().equals(baseline)
                    && base != null) {
                double ratio = measurement.figure().direction().ratio(score, base);
                return Double.isFinite(ratio) ? ratio : null;
            }
        }
        return null;
    }
}
