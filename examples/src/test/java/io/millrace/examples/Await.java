// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import java.util.concurrent.TimeUnit;

/** Waits for what comes about by itself, and fails when it does not. */
final class Await {
    private static final long HANG_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Something that may be true by now. */
    interface Condition {
        boolean holds() throws Exception;
    }

    private Await() {}

    static void until(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + HANG_NANOS;
        while (!condition.holds()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within half a minute: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }
}
