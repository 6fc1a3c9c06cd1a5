// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.loop;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes many sends one delivery, which sees what was done before each of them.
 *
 * <p>Both sides exchange the flag's value, and never just look at it. A sender that found the flag
 * up by a look would go away while the loop is taking it down, and what the sender had written
 * before could still be on its way: the loop would not see it, and nobody would call it again.
 */
final class PendingSend {
    private final AtomicBoolean pending = new AtomicBoolean();

    /** Any thread. Whether a delivery has to be brought about; the next ones need not. */
    boolean isFirst() {
        return !pending.getAndSet(true);
    }

    /** Loop thread, before the callback: later sends bring another. */
    void deliver() {
        pending.getAndSet(false);
    }
}
