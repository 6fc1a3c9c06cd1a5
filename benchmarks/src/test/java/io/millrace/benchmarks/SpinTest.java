// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What counts as having waited in vain. */
class SpinTest {
    @Test
    void aMachineThatStoodStillHasNotWaited() {
        Spin spin = new Spin("a pause");
        for (int pause = 0; pause < 1000; pause++) {
            spin.countWait(TimeUnit.HOURS.toNanos(1));
        }
    }

    @Test
    void whoWaitsInVainIsToldForWhat() {
        Spin spin = new Spin("what never comes");
        IllegalStateException failure =
                assertThrows(
                        IllegalStateException.class,
                        () -> {
                            while (true) {
                                spin.countWait(TimeUnit.MILLISECONDS.toNanos(1));
                            }
                        });
        assertTrue(failure.getMessage().startsWith("what never comes"), failure.getMessage());
    }
}
