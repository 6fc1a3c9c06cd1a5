// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.util.concurrent.TimeUnit;

/** Waits for what comes about by itself, and fails when it does not. */
final class Await {
    /** Never a measure of speed: so much that only a hang takes longer. */
    private static final long HANG_NANOS = TimeUnit.MINUTES.toNanos(2);

    /** Something that may be true by now. */
    interface Condition {
        boolean holds() throws Exception;
    }

    private Await() {}

    static void until(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + HANG_NANOS;
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within two minutes: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }
}
