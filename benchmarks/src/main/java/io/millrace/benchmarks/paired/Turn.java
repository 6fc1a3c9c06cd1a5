// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.paired;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What one turn of a subject gave.
 *
 * @param values by name: {@link #PRIMARY}, percentiles, and JMH's secondary results
 */
public record Turn(Map<String, Double> values) {
    /** JMH's primary score. */
    public static final String PRIMARY = "primary";

    /** After the name of a distribution: half of its values are no greater. */
    public static final String MEDIAN = ".p50";

    /** After the name of a distribution: 99 % of its values are no greater. */
    public static final String TAIL = ".p99";

    public Turn {
        values = Map.copyOf(values);
    }

    /** A round's figures: the means of its turns there and back. */
    static Turn mean(Turn there, Turn back) {
        Map<String, Double> means = new LinkedHashMap<>();
        there.values()
                .forEach(
                        (name, value) -> {
                            Double other = back.values().get(name);
                            if (other != null) {
                                means.put(name, (value + other) / 2);
                            }
                        });
        return new Turn(means);
    }
}
