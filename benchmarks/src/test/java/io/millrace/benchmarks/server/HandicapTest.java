// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The handicap is a tenth of what an operation costs without it. */
class HandicapTest {
    private static final double COST = 10_000;
    private static final double TOLERANCE = COST * 0.005;

    @Test
    void itIsATenthOfTheCostWithoutIt() {
        Handicap.learn(COST);
        assertEquals(0, Handicap.nanos(), "nobody wants it");

        Handicap.want();
        Handicap.learn(COST);
        assertEquals(COST / 10, Handicap.nanos(), TOLERANCE);

        // From now on operations cost so much more, of which it must not take a tenth too.
        Handicap.learn(COST + Handicap.nanos());
        assertEquals(COST / 10, Handicap.nanos(), TOLERANCE);
        Handicap.work();
    }
}
