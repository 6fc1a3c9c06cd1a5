// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.util.concurrent.locks.LockSupport;

/**
 * What a thread does that has found no memory for what must not be left undone: it waits a little,
 * for others may let go of some, and tries again. Not for a loop's thread, on which others wait.
 */
public final class Scarcity {
    private static final long PAUSE_NANOS = 1_000_000;

    private Scarcity() {}

    /** Takes no memory. */
    public static void pause() {
        LockSupport.parkNanos(PAUSE_NANOS);
    }
}
