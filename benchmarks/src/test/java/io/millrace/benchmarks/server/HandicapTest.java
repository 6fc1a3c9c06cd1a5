// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.benchmarks.server.Handicap.Search;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The search for the work that makes an operation cost a tenth more, on a clock of its own. */
class HandicapTest {
    /** Of which some is saved, since more is ready in each turn of a server that does more. */
    private static final double NANOS_PER_STEP = 1.5;

    private static final int OPERATIONS = 1_500_000;

    private double now;

    @ParameterizedTest(name = "{0} ns an operation, {1} of the work saved")
    @CsvSource({"6000, 0", "6000, 0.5", "6000, 0.8", "60000, 0.5", "800, 0"})
    void addsATenthHoweverMuchOfItIsSavedElsewhere(double cost, double saved) {
        Search search = new Search(() -> (long) now);
        double perStep = NANOS_PER_STEP * (1 - saved);
        for (int i = 0; i < OPERATIONS; i++) {
            // Now and then something else has the caches.
            double disturbance = i % 7000 < 900 ? cost / 2 : 0;
            now += cost + disturbance + search.next() * perStep;
        }
        assertEquals(Handicap.PART * cost, search.steps * perStep, 0.02 * cost);
    }
}
