// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sends that were submitted to say nothing unless they fail, which spares a completion each.
 *
 * <p>Such a send must not wait for room in the socket, and must report it when it could not send
 * everything. Then it has ended when the submitting call returns; and whoever has no completion
 * among those that this call left behind has sent everything. It follows that nobody may be settled
 * while the kernel has not taken all submissions, or holds back completions.
 *
 * <p>A quiet send does not end a wait. If anybody waits for one, the loop must not. Loop thread
 * only.
 */
final class QuietSends {
    private static final int INITIAL_CAPACITY = 64;

    private @Nullable Sender[] senders = new Sender[INITIAL_CAPACITY];
    private int count;
    private boolean awaited;

    /**
     * @param isAwaited whether the end of this send must not be reported late
     */
    void add(Sender sender, boolean isAwaited) {
        if (count == senders.length) {
            senders = Arrays.copyOf(senders, 2 * count);
        }
        senders[count++] = sender;
        awaited |= isAwaited;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Whether somebody waits for one of them. */
    boolean areAwaited() {
        return awaited;
    }

    /** All those that were not heard of have sent everything. No more are added meanwhile. */
    void settle() {
        for (int i = 0; i < count; i++) {
            Sender sender = senders[i];
            senders[i] = null;
            if (sender != null) {
                sender.settle();
            }
        }
        count = 0;
        awaited = false;
    }
}
