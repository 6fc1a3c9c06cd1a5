// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What a soak concludes from its samples. */
class SoakTest {
    private static final int SAMPLES = 60;

    private final SplittableRandom random = new SplittableRandom(7);

    private double[] values(double start, double each, double noise) {
        double[] values = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            values[i] = start + each * i + noise * (random.nextDouble() - 0.5);
        }
        return values;
    }

    @Test
    void aDescriptorLeftInEachTenthIntervalIsSeenThroughNoise() {
        Trend leak = Trend.of(values(100, 0.1, 4));

        assertFalse(Measure.DESCRIPTORS.isFlat(leak), leak::toString);
        assertEquals(5.9, leak.change(), 2);
        assertTrue(leak.least() < leak.change() && leak.change() < leak.most());
    }

    @Test
    void noiseAloneIsFlat() {
        for (Measure each : Measure.values()) {
            Trend noise = Trend.of(values(1000, 0, 50));
            assertTrue(each.isFlat(noise), () -> each + " " + noise);
        }
    }

    @Test
    void whatIsSurelyThereAndTooSmallToMatterIsFlat() {
        assertTrue(Measure.RESIDENT.isFlat(Trend.of(values(200_000, 20, 1))));
        assertFalse(Measure.RESIDENT.isFlat(Trend.of(values(200_000, 200, 1))));
    }

    @Test
    void requestsAreWorseWhenTheyFallAndAllElseWhenItRises() {
        assertFalse(Measure.REQUESTS.isFlat(Trend.of(values(1000, -10, 1))));
        assertTrue(Measure.REQUESTS.isFlat(Trend.of(values(1000, 10, 1))));
        assertFalse(Measure.HIGH.isFlat(Trend.of(values(1000, 10, 1))));
        assertTrue(Measure.HIGH.isFlat(Trend.of(values(1000, -10, 1))));
    }

    @Test
    void oneOutlierIsNoTrend() {
        double[] values = values(1000, 0, 1);
        values[SAMPLES - 1] = 1e9;

        assertTrue(Measure.HEAP.isFlat(Trend.of(values)));
    }

    @Test
    void latenciesAreWithinASixteenth() {
        Latencies latencies = new Latencies();
        for (int i = 1; i <= 1000; i++) {
            latencies.add(i * 1000L);
        }

        assertEquals(1000, latencies.total());
        assertEquals(500, latencies.micros(0.5), 500 / 16.0);
        assertEquals(990, latencies.micros(0.99), 990 / 16.0);
        latencies.add(Long.MAX_VALUE);
        assertEquals(Long.MAX_VALUE / 1e3, latencies.micros(1), Long.MAX_VALUE / 1e3 / 16);
        latencies.clear();
        assertEquals(0, latencies.micros(1));
    }
}
