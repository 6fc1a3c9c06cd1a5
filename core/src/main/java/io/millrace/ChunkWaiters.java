// SPDX-License-Identifier: Apache-2.0
package io.millrace;

import org.jspecify.annotations.Nullable;

/**
 * Streams that would receive but found every chunk on loan, in the order in which they did. They go
 * on when the driver has enough again; at once would be a spin. Loop thread only.
 */
final class ChunkWaiters {
    private @Nullable Inbound head;
    private @Nullable Inbound tail;

    void add(Inbound inbound) {
        if (tail == null) {
            head = inbound;
        } else {
            tail.nextWaiter = inbound;
        }
        tail = inbound;
    }

    void resumeAll() {
        Inbound inbound = head;
        head = null;
        tail = null;
        while (inbound != null) {
            Inbound next = inbound.nextWaiter;
            inbound.nextWaiter = null;
            inbound.chunksReturned();
            inbound = next;
        }
    }
}
